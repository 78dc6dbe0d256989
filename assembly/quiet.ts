/**
 * Comfort noise instead of a silent background, RFC 3389: while nobody speaks, a stream sends what the background is
 * like, at once and then five times a second, and otherwise nothing.
 */
import { kernelAt } from "./endpoint.ts";
import { CONTROL_QUIET, QUIET_OPEN, QUIET_TICKS, SEND_MARKER } from "./endpoint-words.ts";
import { frames } from "./frame-time.ts";
import { KERNEL_BACKGROUND, KERNEL_BACKGROUND_SIZE, KERNEL_VAD, KERNEL_VAD_SIZE, SCRATCH_OCTETS } from "./layout.ts";
import { noiseHear, noiseMake } from "./noise/hear.ts";
import { noiseOpen } from "./noise/noise.ts";
import { vadFrame, vadOpen } from "./noise/vad.ts";
import { beginPacket } from "./rtp/send.ts";

/** RFC 3551 table 4. */
const TYPE_CN: i32 = 13;
/** 200 ms, in frames of 20 ms: a lost packet is made up for soon. */
const TOLD_EVERY: i32 = 10;

/** Whether a stream keeps quiet while nobody speaks. */
export function keepsQuiet(endpoint: usize): bool {
  const quiet = load<i32>(endpoint, CONTROL_QUIET) != 0;
  if (!quiet) store<i32>(endpoint, 0, QUIET_OPEN);
  return quiet;
}

/** Whether somebody speaks in the frame to be sent; if not, its comfort noise is sent when it is due. */
export function speaks(index: i32, endpoint: usize, samples: usize, count: i32, timestamp: i32): bool {
  if (!load<i32>(endpoint, QUIET_OPEN)) openQuiet(index, endpoint);
  if (vadFrame(kernelAt(index, KERNEL_VAD), samples, count) != 0) {
    store<i32>(endpoint, 0, QUIET_TICKS);
    return true;
  }
  const background = kernelAt(index, KERNEL_BACKGROUND);
  noiseHear(background, samples, count);
  const ticks = load<i32>(endpoint, QUIET_TICKS);
  if (ticks % frames(TOLD_EVERY) == 0) tellBackground(index, background, timestamp);
  store<i32>(endpoint, ticks + 1, QUIET_TICKS);
  // RFC 3551 §4.1: the first packet of a talkspurt is marked.
  store<i32>(endpoint, 1, SEND_MARKER);
  return false;
}

function openQuiet(index: i32, endpoint: usize): void {
  store<i32>(endpoint, 1, QUIET_OPEN);
  store<i32>(endpoint, 0, QUIET_TICKS);
  memory.fill(kernelAt(index, KERNEL_VAD), 0, KERNEL_VAD_SIZE);
  vadOpen(kernelAt(index, KERNEL_VAD), 8000);
  memory.fill(kernelAt(index, KERNEL_BACKGROUND), 0, KERNEL_BACKGROUND_SIZE);
  noiseOpen(kernelAt(index, KERNEL_BACKGROUND), index);
}

function tellBackground(index: i32, background: usize, timestamp: i32): void {
  const length = noiseMake(background, SCRATCH_OCTETS);
  const payload = beginPacket(index, TYPE_CN, false, timestamp, length);
  if (payload != 0) memory.copy(payload, SCRATCH_OCTETS, usize(length));
}
