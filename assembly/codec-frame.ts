/**
 * Frames of the host's codecs that are shorter or longer than the tick's: two in a tick, or one in two or three ticks. The
 * latter begin in the same ticks for all streams, so that what comes in one tick can pass in the same tick.
 */
import { FRAME_OCTETS, FRAME_SECOND, INPUT_LENGTH, INPUT_SECOND } from "./endpoint-words.ts";
import { codecTime, isPlugin } from "./format.ts";
import { frameSamples } from "./frame-time.ts";
import { HEADER_CLOCK } from "./layout.ts";

/** Frame times of the tick since the gateway began, and how many of them have passed since the tick before. */
let turn: u32 = 0;
let passed: u32 = 1;

/** A tick begins, so many frame times after the one before. */
export function beginTurn(periods: i32): void {
  passed = u32(periods);
  turn = load<u32>(HEADER_CLOCK) / u32(frameSamples) + passed - 1;
}

/** Ticks in which a frame is heard: 1 unless it is longer than a tick's. */
export function ticksOf(format: i32): u32 {
  return isPlugin(format) ? max<u32>(1, u32(codecTime(format)) / u32(frameSamples)) : 1;
}

/** Which part of its frame a codec has in this tick. */
export function partOf(format: i32): i32 {
  return i32(turn % ticksOf(format));
}

/** Two frames in a tick. */
export function isHalf(format: i32): bool {
  return isPlugin(format) && codecTime(format) < frameSamples;
}

/** Frames of a codec that began in ticks which could not be held. */
export function framesMissed(format: i32): i32 {
  if (isHalf(format)) return 2 * i32(passed - 1);
  const ticks = ticksOf(format);
  const before = turn - passed;
  return i32((turn + ticks - 1) / ticks - (before + ticks) / ticks);
}

/** Octets of an endpoint's newest frame, or of both. */
export function arrivedOctets(endpoint: usize, format: i32): i32 {
  const first = load<i32>(endpoint, INPUT_LENGTH);
  return isHalf(format) ? first + load<i32>(endpoint, INPUT_SECOND) : first;
}

/** Copies them, one behind the other. */
export function copyArrived(endpoint: usize, format: i32, to: usize): void {
  const first = load<i32>(endpoint, INPUT_LENGTH);
  memory.copy(to, endpoint + FRAME_OCTETS, usize(first));
  if (isHalf(format)) memory.copy(to + usize(first), endpoint + FRAME_SECOND, usize(load<i32>(endpoint, INPUT_SECOND)));
}
