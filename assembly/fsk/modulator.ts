/**
 * The caller-ID modem: 1200 baud binary FSK with continuous phase (ETSI EN 300 659-1, Telcordia GR-30).
 *
 *   channel seizure 0101…  |  mark 111…  |  octets: start 0, 8 bits from the lowest, stop 1  |  mark, so that the last
 *                                                                                              stop bit is heard whole
 */

import {
  DATA_ACTIVE,
  DATA_AMPLITUDE,
  DATA_BAUD_INCREMENT,
  DATA_BIT,
  DATA_BIT_PHASE,
  DATA_LENGTH,
  DATA_MARK_BITS,
  DATA_MARK_INCREMENT,
  DATA_PHASE,
  DATA_SEEN,
  DATA_SEIZURE_BITS,
  DATA_SERIAL,
  DATA_SPACE_INCREMENT,
  FRAME_MESSAGE,
} from "../endpoint-words.ts";
import { tell } from "../events.ts";
import { frameSamples } from "../frame-time.ts";
import { EVENT_DATA_SENT, SCRATCH_LINEAR } from "../layout.ts";
import { sineAt } from "../tone/sine.ts";

const TRAILING_BITS: i32 = 10;

/** The next frame of the endpoint's message, into the scratch; false when it has none. */
export function dataFrame(index: i32, endpoint: usize): bool {
  if (load<i32>(endpoint, DATA_SEEN) != load<i32>(endpoint, DATA_SERIAL)) startData(endpoint);
  if (!load<i32>(endpoint, DATA_ACTIVE)) return false;
  const last = lastBit(endpoint);
  for (let i = 0; i < frameSamples; i++) {
    const sample = load<i32>(endpoint, DATA_BIT) < last ? nextSample(endpoint) : 0;
    store<i16>(usize(SCRATCH_LINEAR) + (usize(i) << 1), i16(sample));
  }
  if (load<i32>(endpoint, DATA_BIT) >= last) {
    store<i32>(endpoint, 0, DATA_ACTIVE);
    tell(EVENT_DATA_SENT, index, 0, 0);
  }
  return true;
}

function startData(endpoint: usize): void {
  store<i32>(endpoint, load<i32>(endpoint, DATA_SERIAL), DATA_SEEN);
  store<i32>(endpoint, 1, DATA_ACTIVE);
  store<i32>(endpoint, 0, DATA_BIT);
  store<u32>(endpoint, 0, DATA_BIT_PHASE);
  store<u32>(endpoint, 0, DATA_PHASE);
}

function lastBit(endpoint: usize): i32 {
  const preamble = load<i32>(endpoint, DATA_SEIZURE_BITS) + load<i32>(endpoint, DATA_MARK_BITS);
  return preamble + load<i32>(endpoint, DATA_LENGTH) * 10 + TRAILING_BITS;
}

/** A bit lasts 6 2/3 samples: in the sample where it changes, the phase turns partly at the old rate, partly at the new. */
function nextSample(endpoint: usize): i32 {
  const phase = load<u32>(endpoint, DATA_PHASE);
  const baud = load<u32>(endpoint, DATA_BAUD_INCREMENT);
  const bit = load<i32>(endpoint, DATA_BIT);
  const bitPhase = load<u32>(endpoint, DATA_BIT_PHASE) + baud;
  store<u32>(endpoint, bitPhase, DATA_BIT_PHASE);
  let increment = incrementOf(endpoint, bit);
  if (bitPhase < baud) {
    store<i32>(endpoint, bit + 1, DATA_BIT);
    const next = incrementOf(endpoint, bit + 1);
    const share = f64(bitPhase) / f64(baud);
    increment = u32(f64(increment) * (1 - share) + f64(next) * share);
  }
  store<u32>(endpoint, phase + increment, DATA_PHASE);
  return sineAt(phase, load<i32>(endpoint, DATA_AMPLITUDE));
}

function incrementOf(endpoint: usize, bit: i32): u32 {
  return isMark(endpoint, bit) ? load<u32>(endpoint, DATA_MARK_INCREMENT) : load<u32>(endpoint, DATA_SPACE_INCREMENT);
}

function isMark(endpoint: usize, bit: i32): bool {
  const seizure = load<i32>(endpoint, DATA_SEIZURE_BITS);
  if (bit < seizure) return (bit & 1) != 0;
  const inMessage = bit - seizure - load<i32>(endpoint, DATA_MARK_BITS);
  if (inMessage < 0) return true;
  const octet = inMessage / 10;
  if (octet >= load<i32>(endpoint, DATA_LENGTH)) return true;
  const place = inMessage % 10;
  if (place == 0) return false;
  if (place == 9) return true;
  return ((load<u8>(endpoint + usize(octet), FRAME_MESSAGE) >> u8(place - 1)) & 1) != 0;
}
