/**
 * 16 to 8 kHz: an FIR filter of 80 taps (assembly/rate/design.mjs). Flat within 0.07 dB to 3.2 kHz; what would fold back
 * is 75 dB down from 4 kHz, 83 dB from 4.05 kHz on. Delay 2.5 ms. Sums are exact in 32 bits; the output saturates.
 *
 * A vector holds four outputs that follow each other: their samples are then one plain load, and outputs four apart
 * share them.
 */
import { DOWN_STARTS, DOWN_TAPS } from "./coefficients.ts";
import { DOWN_STATE } from "./state.ts";
import { add, narrow } from "./sum.ts";

/** Outputs a block; the history before it at 16 kHz. */
const BLOCK: i32 = 80;
const HISTORY: i32 = 80;

export function downOpen(state: usize): void {
  memory.fill(state, 0, DOWN_STATE);
}

/** `count`: samples to write at 8 kHz, a multiple of 80; twice as many are read. The two must not overlap. */
export function down(state: usize, from: usize, to: usize, count: i32): void {
  for (let done = 0; done < count; done += BLOCK) {
    memory.copy(state + 2 * HISTORY, from + usize(4 * done), 4 * BLOCK);
    // The oldest of the 80 samples that make the first output.
    for (let n = 0; n < BLOCK; n += 20) twenty(state + usize(4 * n) + 2, to + usize(2 * (done + n)));
    memory.copy(state, state + 4 * BLOCK, 2 * HISTORY);
  }
}

/** 20 outputs. `at`: the oldest sample of the first. */
function twenty(at: usize, to: usize): void {
  let a: v128 = i32x4.splat(0);
  let b: v128 = a;
  let c: v128 = a;
  let d: v128 = a;
  let e: v128 = a;
  let taps = DOWN_TAPS;
  for (let position = 0; position < 5; position++) {
    let samples = at + usize(load<u8>(DOWN_STARTS + usize(position)));
    for (const end = samples + 16; samples < end; samples += 4, taps += 4) {
      const first = v128.load32_splat(taps);
      const second = v128.load32_splat(taps, 16);
      a = add(a, v128.load(samples), first);
      const one = v128.load(samples, 16);
      a = add(a, one, second);
      b = add(b, one, first);
      const two = v128.load(samples, 32);
      b = add(b, two, second);
      c = add(c, two, first);
      const three = v128.load(samples, 48);
      c = add(c, three, second);
      d = add(d, three, first);
      const four = v128.load(samples, 64);
      d = add(d, four, second);
      e = add(e, four, first);
      e = add(e, v128.load(samples, 80), second);
    }
    taps += 16;
    if ((position & 1) == 0) continue;
    a = i32x4.shr_s(a, 2);
    b = i32x4.shr_s(b, 2);
    c = i32x4.shr_s(c, 2);
    d = i32x4.shr_s(d, 2);
    e = i32x4.shr_s(e, 2);
  }
  v128.store(to, narrow(a, b));
  v128.store(to, narrow(c, d), 16);
  v128.store64_lane(to, narrow(e, e), 0, 32);
}
