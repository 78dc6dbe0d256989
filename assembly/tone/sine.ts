/** Sines by table: the same bits on every processor. */
import { SCRATCH_LINEAR, SINE_OFFSET, SINE_STEPS } from "../layout.ts";
import { writeTone } from "./pair.ts";

// Sine and cosine of 2 pi / 1024: the table turns a vector by this angle, so that no maths library is needed.
const STEP_SINE: f64 = 0.006135884649154475;
const STEP_COSINE: f64 = 0.9999811752826011;

/** Fills the table; the value after the last step is the first one again. */
export function openSine(): void {
  let sine: f64 = 0;
  let cosine: f64 = 1;
  for (let i = 0; i <= SINE_STEPS; i++) {
    store<i16>(usize(SINE_OFFSET) + (usize(i) << 1), i16(nearest<f64>(sine * 32767)));
    const next = sine * STEP_COSINE + cosine * STEP_SINE;
    cosine = cosine * STEP_COSINE - sine * STEP_SINE;
    sine = next;
  }
}

/** Sine of a phase of 2^32 a period, times an amplitude of 32768. */
export function sineAt(phase: u32, amplitude: i32): i32 {
  const at = usize(SINE_OFFSET) + (usize(phase >>> 22) << 1);
  const part = i32((phase >>> 7) & 0x7fff);
  const low = i32(load<i16>(at));
  const sine = low + (((i32(load<i16>(at, 2)) - low) * part) >> 15);
  return (sine * amplitude + 0x4000) >> 15;
}

/** Adds `count` samples of a sine to the scratch frame from sample `from` on; returns the phase after them. */
export function addSine(from: i32, count: i32, start: u32, increment: u32, amplitude: i32): u32 {
  return writeTone(usize(SCRATCH_LINEAR) + (usize(from) << 1), count, start, increment, amplitude, true);
}
