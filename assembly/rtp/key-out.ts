/**
 * Keys sent as telephone events, RFC 4733: an update every frame, the end three times, all with the timestamp of the
 * key's beginning. No voice is sent meanwhile.
 */
import { digitState, IDLE, PAUSE } from "../dtmf/queue.ts";
import {
  CONTROL_EVENT_TYPE,
  DIGIT_DURATION,
  DIGIT_ELAPSED,
  DIGIT_ENDS,
  DIGIT_EVENT,
  DIGIT_STATE,
  DIGIT_TIMESTAMP,
  SEND_TIMESTAMP,
} from "../endpoint-words.ts";
import { frameSamples } from "../frame-time.ts";
import { beginPacket } from "./send.ts";

const END_PACKETS: i32 = 3;
/** 40 ms of voice or silence between two keys. */
const PAUSE_SAMPLES: i32 = 320;
/** -10 dBm0 */
const VOLUME: u8 = 10;

/** Sends the tick's packet of the key being sent; false when voice may be sent. */
export function sendKey(index: i32, endpoint: usize): bool {
  const state = digitState(endpoint);
  if (state == IDLE) return false;
  if (state == PAUSE) {
    pause(endpoint);
    return false;
  }
  const before = load<i32>(endpoint, DIGIT_ELAPSED);
  if (before == 0) store<i32>(endpoint, load<i32>(endpoint, SEND_TIMESTAMP), DIGIT_TIMESTAMP);
  const duration = load<i32>(endpoint, DIGIT_DURATION);
  const ends = load<i32>(endpoint, DIGIT_ENDS);
  const elapsed = ends > 0 ? before : before + frameSamples;
  store<i32>(endpoint, elapsed, DIGIT_ELAPSED);
  const isEnd = elapsed >= duration;
  writeKey(index, endpoint, before == 0, isEnd, elapsed);
  if (!isEnd) return true;
  store<i32>(endpoint, ends + 1, DIGIT_ENDS);
  if (ends + 1 < END_PACKETS) return true;
  store<i32>(endpoint, PAUSE, DIGIT_STATE);
  store<i32>(endpoint, 0, DIGIT_ELAPSED);
  return true;
}

function writeKey(index: i32, endpoint: usize, first: bool, isEnd: bool, elapsed: i32): void {
  const type = load<i32>(endpoint, CONTROL_EVENT_TYPE);
  const payload = beginPacket(index, type, first, load<i32>(endpoint, DIGIT_TIMESTAMP), 4);
  if (payload == 0) return;
  store<u8>(payload, u8(load<i32>(endpoint, DIGIT_EVENT)));
  store<u8>(payload, isEnd ? VOLUME | 0x80 : VOLUME, 1);
  store<u16>(payload, bswap<u16>(u16(min<i32>(elapsed, 0xffff))), 2);
}

function pause(endpoint: usize): void {
  const elapsed = load<i32>(endpoint, DIGIT_ELAPSED) + frameSamples;
  store<i32>(endpoint, elapsed, DIGIT_ELAPSED);
  if (elapsed >= PAUSE_SAMPLES) store<i32>(endpoint, IDLE, DIGIT_STATE);
}
