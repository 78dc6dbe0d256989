/**
 * How long a frame is: 10 or 20 ms, for all endpoints, chosen by `open`. What is counted in frames but means a time is
 * written in frames of 20 ms and read through `frames`.
 */
import { MAX_FRAME_SAMPLES } from "./layout.ts";

/** Samples of a frame at 8 kHz: 80 or 160. */
export let frameSamples: i32 = MAX_FRAME_SAMPLES;
/** The same at 16 kHz. */
export let wideSamples: i32 = 2 * MAX_FRAME_SAMPLES;
/** Frames in 20 ms, as a shift: 1 or 0. */
export let frameShift: i32 = 0;

/** False when no frame has so many samples. */
export function setFrame(samples: i32): bool {
  if (samples != MAX_FRAME_SAMPLES && samples != MAX_FRAME_SAMPLES / 2) return false;
  frameSamples = samples;
  wideSamples = 2 * samples;
  frameShift = i32(samples < MAX_FRAME_SAMPLES);
  return true;
}

/** Frames in so many times 20 ms. */
export function frames(twenties: i32): i32 {
  return twenties << frameShift;
}
