/** What an RTP source sent and what of it arrived: RFC 3550 A.1, A.3 and A.8. */
import { count } from "../endpoint.ts";
import {
  METER_BAD_SEQUENCE,
  METER_BAD_SSRC,
  METER_BASE_SEQUENCE,
  METER_CYCLES,
  METER_JITTER,
  METER_LOST_BEFORE,
  METER_MAX_SEQUENCE,
  METER_RECEIVED,
  METER_SSRC,
  METER_STARTED,
  METER_TOTAL,
  METER_TRANSIT,
} from "../endpoint-words.ts";
import { HEADER_MALFORMED } from "../layout.ts";

/** The packet does not continue the sequence: wait for a second one before believing it. */
export const REFUSED: i32 = 0;
export const CONTINUES: i32 = 1;
/** A new source, or one that began anew: timestamps before are void. */
export const BEGINS: i32 = 2;

const MAX_DROPOUT: i32 = 3000;
const MAX_MISORDER: i32 = 100;
/** A transit that jumps by more than 10 s is a new clock, not jitter. */
const MAX_TRANSIT_STEP: i32 = 80000;

/**
 * Takes note of a packet; REFUSED, CONTINUES or BEGINS. Another source, or other numbers, are believed with the second
 * packet of theirs in order, if the source that is heard sent nothing between them: as long as it sends, it is heard.
 */
export function meterSequence(endpoint: usize, ssrc: i32, sequence: i32): i32 {
  if (!load<i32>(endpoint, METER_STARTED)) {
    begin(endpoint, ssrc, sequence);
    return BEGINS;
  }
  if (load<i32>(endpoint, METER_SSRC) != ssrc) return doubt(endpoint, ssrc, sequence);
  const highest = load<i32>(endpoint, METER_MAX_SEQUENCE);
  const delta = (sequence - highest) & 0xffff;
  if (delta < MAX_DROPOUT) {
    if (sequence < highest) count(endpoint, METER_CYCLES, 65536);
    store<i32>(endpoint, sequence, METER_MAX_SEQUENCE);
  } else if (delta <= 65536 - MAX_MISORDER) return doubt(endpoint, ssrc, sequence);
  forgetStray(endpoint);
  count(endpoint, METER_RECEIVED, 1);
  count(endpoint, METER_TOTAL, 1);
  return CONTINUES;
}

/** A packet that is not of the source, or not of its numbers. */
function doubt(endpoint: usize, ssrc: i32, sequence: i32): i32 {
  if (load<i32>(endpoint, METER_BAD_SEQUENCE) == sequence && load<i32>(endpoint, METER_BAD_SSRC) == ssrc) {
    begin(endpoint, ssrc, sequence);
    return BEGINS;
  }
  forgetStray(endpoint);
  store<i32>(endpoint, ssrc, METER_BAD_SSRC);
  store<i32>(endpoint, (sequence + 1) & 0xffff, METER_BAD_SEQUENCE);
  return REFUSED;
}

/** The packet that was not believed was a stray one, and is counted. */
function forgetStray(endpoint: usize): void {
  if (load<i32>(endpoint, METER_BAD_SEQUENCE) < 0) return;
  store<i32>(endpoint, -1, METER_BAD_SEQUENCE);
  store<i32>(HEADER_MALFORMED, load<i32>(HEADER_MALFORMED) + 1);
}

/** Interarrival jitter, RFC 3550 A.8; both times in RTP units. */
export function meterTransit(endpoint: usize, arrival: i32, timestamp: i32, first: bool): void {
  const transit = arrival - timestamp;
  const step = transit - load<i32>(endpoint, METER_TRANSIT);
  store<i32>(endpoint, transit, METER_TRANSIT);
  const distance = step < 0 ? -step : step;
  if (first || distance < 0 || distance > MAX_TRANSIT_STEP) return;
  const jitter = load<i32>(endpoint, METER_JITTER);
  store<i32>(endpoint, jitter + distance - ((jitter + 8) >> 4), METER_JITTER);
}

function begin(endpoint: usize, ssrc: i32, sequence: i32): void {
  if (load<i32>(endpoint, METER_STARTED)) {
    const expected =
      load<i32>(endpoint, METER_CYCLES) +
      load<i32>(endpoint, METER_MAX_SEQUENCE) -
      load<i32>(endpoint, METER_BASE_SEQUENCE) +
      1;
    const lost = expected - load<i32>(endpoint, METER_RECEIVED);
    if (lost > 0) count(endpoint, METER_LOST_BEFORE, lost);
  }
  store<i32>(endpoint, 1, METER_STARTED);
  store<i32>(endpoint, ssrc, METER_SSRC);
  store<i32>(endpoint, sequence, METER_BASE_SEQUENCE);
  store<i32>(endpoint, sequence, METER_MAX_SEQUENCE);
  store<i32>(endpoint, 0, METER_CYCLES);
  store<i32>(endpoint, -1, METER_BAD_SEQUENCE);
  store<i32>(endpoint, 1, METER_RECEIVED);
  count(endpoint, METER_TOTAL, 1);
}
