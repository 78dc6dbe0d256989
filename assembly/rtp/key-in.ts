/**
 * Keys received as telephone events, RFC 4733: told exactly once, at the key's end, or when the end was lost.
 * All packets of one key press carry the timestamp of its beginning; that is how repeats are known.
 */

import {
  KEY_ACTIVE,
  KEY_BEFORE,
  KEY_DURATION,
  KEY_EVENT,
  KEY_KNOWN,
  KEY_QUIET_TICKS,
  KEY_TIMESTAMP,
} from "../endpoint-words.ts";
import { tell } from "../events.ts";
import { frames } from "../frame-time.ts";
import { EVENT_DIGIT } from "../layout.ts";

/** Only the keys of a telephone; flash and fax events are not ours. */
const LAST_KEY: i32 = 15;
/** No update for so many times 20 ms: the end was lost. Senders update every 20 to 50 ms. */
const QUIET: i32 = 6;
/** A packet of a key before this one, on its way for up to 5 s. */
const STALE_SAMPLES: i32 = 40000;
/** §2.5.1.3: a key held longer goes on in a new segment. */
const SEGMENT_SAMPLES: i32 = 0xffff;
/** A key is told as no longer than a day and a half, however many segments somebody sends. */
const MOST_BEFORE: i32 = 0x3fffffff;

/** `payload` has at least four octets. */
export function receiveKey(index: i32, endpoint: usize, timestamp: i32, marker: bool, payload: usize): void {
  const event = i32(load<u8>(payload));
  if (event > LAST_KEY) return;
  const duration = i32(bswap<u16>(load<u16>(payload, 2)));
  const known = load<i32>(endpoint, KEY_KNOWN) != 0;
  const ahead = timestamp - load<i32>(endpoint, KEY_TIMESTAMP);
  if (known && ahead == 0) {
    if (!load<i32>(endpoint, KEY_ACTIVE)) return;
    if (duration > load<i32>(endpoint, KEY_DURATION)) store<i32>(endpoint, duration, KEY_DURATION);
  } else {
    if (known && ahead < 0 && ahead > -STALE_SAMPLES) return;
    beginKey(index, endpoint, event, timestamp, duration, !marker && ahead == SEGMENT_SAMPLES);
  }
  store<i32>(endpoint, 0, KEY_QUIET_TICKS);
  if ((load<u8>(payload, 1) & 0x80) != 0) endKey(index, endpoint);
}

/** Once a tick. True while a key is down: nothing is missing then, though no voice comes. */
export function keyTick(index: i32, endpoint: usize): bool {
  if (!load<i32>(endpoint, KEY_ACTIVE)) return false;
  const quiet = load<i32>(endpoint, KEY_QUIET_TICKS) + 1;
  store<i32>(endpoint, quiet, KEY_QUIET_TICKS);
  if (quiet > frames(QUIET)) endKey(index, endpoint);
  return true;
}

/** A new source: its timestamps have nothing to do with the old ones. */
export function forgetKey(index: i32, endpoint: usize): void {
  endKey(index, endpoint);
  store<i32>(endpoint, 0, KEY_KNOWN);
}

function beginKey(index: i32, endpoint: usize, event: i32, timestamp: i32, duration: i32, segment: bool): void {
  const active = load<i32>(endpoint, KEY_ACTIVE) != 0;
  const goesOn = active && segment && load<i32>(endpoint, KEY_EVENT) == event;
  const before = goesOn ? min<i32>(load<i32>(endpoint, KEY_BEFORE) + SEGMENT_SAMPLES, MOST_BEFORE) : 0;
  if (!goesOn) endKey(index, endpoint);
  store<i32>(endpoint, 1, KEY_ACTIVE);
  store<i32>(endpoint, 1, KEY_KNOWN);
  store<i32>(endpoint, event, KEY_EVENT);
  store<i32>(endpoint, timestamp, KEY_TIMESTAMP);
  store<i32>(endpoint, duration, KEY_DURATION);
  store<i32>(endpoint, before, KEY_BEFORE);
}

function endKey(index: i32, endpoint: usize): void {
  if (!load<i32>(endpoint, KEY_ACTIVE)) return;
  store<i32>(endpoint, 0, KEY_ACTIVE);
  const samples = load<i32>(endpoint, KEY_BEFORE) + load<i32>(endpoint, KEY_DURATION);
  tell(EVENT_DIGIT, index, load<i32>(endpoint, KEY_EVENT), samples / 8);
}
