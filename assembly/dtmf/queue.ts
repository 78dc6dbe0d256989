/**
 * Keys to send, in order, with a pause between them. A word of the queue: bits 0-3 the event (RFC 4733), 4-7 how many dB
 * softer than usual the key sounds, from 8 on its length in samples.
 */
import {
  DIGIT_DURATION,
  DIGIT_ELAPSED,
  DIGIT_ENDS,
  DIGIT_EVENT,
  DIGIT_STATE,
  DIGITS_QUEUE,
  DIGITS_READ,
  DIGITS_WRITTEN,
  MAX_DIGITS,
} from "../endpoint-words.ts";

export const IDLE: i32 = 0;
export const SENDING: i32 = 1;
export const PAUSE: i32 = 2;

/** State of the key being sent; takes the next one from the queue when there is none. */
export function digitState(endpoint: usize): i32 {
  const state = load<i32>(endpoint, DIGIT_STATE);
  if (state != IDLE) return state;
  const read = load<i32>(endpoint, DIGITS_READ);
  if (read == load<i32>(endpoint, DIGITS_WRITTEN)) return IDLE;
  const word = load<u32>(endpoint + (usize(read & (MAX_DIGITS - 1)) << 2), DIGITS_QUEUE);
  store<i32>(endpoint, read + 1, DIGITS_READ);
  store<i32>(endpoint, i32((word & 15) | ((word & 0xf0) << 4)), DIGIT_EVENT);
  store<i32>(endpoint, i32(word >>> 8), DIGIT_DURATION);
  store<i32>(endpoint, 0, DIGIT_ELAPSED);
  store<i32>(endpoint, 0, DIGIT_ENDS);
  store<i32>(endpoint, SENDING, DIGIT_STATE);
  return SENDING;
}

/** Forgets all keys: there is nowhere to send them. */
export function dropDigits(endpoint: usize): void {
  store<i32>(endpoint, load<i32>(endpoint, DIGITS_WRITTEN), DIGITS_READ);
  store<i32>(endpoint, IDLE, DIGIT_STATE);
}
