import * as words from "../../assembly/endpoint-words.ts";
import type { Digit } from "../message/name.ts";
import { endpointAddress, type VoiceMap } from "./map.ts";

/** RFC 4733 events 0-15, in order. */
export const digits = "0123456789*#ABCD";
/** A key shorter than 40 ms is heard by nobody (ITU-T Q.24); one of more than 8 s does not fit a telephone event. */
const SHORTEST_DIGIT_MS = 40;
const LONGEST_DIGIT_MS = 8000;

/** The endpoint's far end is to hear a key, after those that wait already; one too many is not heard. */
export function queueDigit(map: VoiceMap, index: number, digit: Digit, durationMs: number): void {
  const at = endpointAddress(index);
  const written = map.word(at + words.DIGITS_WRITTEN);
  if (written - map.word(at + words.DIGITS_READ) >= words.MAX_DIGITS) return;
  const duration = Math.max(SHORTEST_DIGIT_MS, Math.min(LONGEST_DIGIT_MS, durationMs)) * 8;
  const place = at + words.DIGITS_QUEUE + 4 * (written % words.MAX_DIGITS);
  map.setWord(place, (Math.round(duration) << 8) | digits.indexOf(digit));
  map.setWord(at + words.DIGITS_WRITTEN, written + 1);
}
