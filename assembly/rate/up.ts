/**
 * 8 to 16 kHz: a polyphase FIR filter of 2 x 38 taps (assembly/rate/design.mjs). Flat within 0.07 dB to 3.3 kHz; images
 * of what lies below 3.9 kHz are 82 dB down. Delay 2.3 ms. Sums are exact in 32 bits for any input; the output saturates.
 *
 * A vector holds the outputs of every other input: its samples are then one plain load, and no sum across lanes is needed.
 */
import { UP_STARTS, UP_TAPS } from "./coefficients.ts";
import { UP_STATE } from "./state.ts";
import { add, narrow } from "./sum.ts";

/** Samples a block; the history before it. */
const BLOCK: i32 = 80;
const HISTORY: i32 = 40;

export function upOpen(state: usize): void {
  memory.fill(state, 0, UP_STATE);
}

/** `count`: samples at 8 kHz, a multiple of 80; twice as many are written to `to`. The two must not overlap. */
export function up(state: usize, from: usize, to: usize, count: i32): void {
  for (let done = 0; done < count; done += BLOCK) {
    memory.copy(state + 2 * HISTORY, from + usize(2 * done), 2 * BLOCK);
    // The oldest of the 38 samples that make the first output.
    for (let n = 0; n < BLOCK; n += 16) sixteen(state + usize(2 * n) + 6, to + usize(4 * (done + n)));
    memory.copy(state, state + 2 * BLOCK, 2 * HISTORY);
  }
}

/** 16 samples in, 32 out. `at`: the oldest sample of the first. */
function sixteen(at: usize, to: usize): void {
  let evenA: v128 = i32x4.splat(0);
  let evenB: v128 = evenA;
  let oddA: v128 = evenA;
  let oddB: v128 = evenA;
  let evenC: v128 = evenA;
  let evenD: v128 = evenA;
  let oddC: v128 = evenA;
  let oddD: v128 = evenA;
  let taps = UP_TAPS;
  for (let position = 0; position < 5; position++) {
    let samples = at + usize(load<u8>(UP_STARTS + usize(position)));
    for (const end = taps + (position == 4 ? 24 : 32); taps < end; samples += 4, taps += 8) {
      const even = v128.load32_splat(taps);
      const odd = v128.load32_splat(taps, 4);
      const a = v128.load(samples);
      evenA = add(evenA, a, even);
      oddA = add(oddA, a, odd);
      const b = v128.load(samples, 2);
      evenB = add(evenB, b, even);
      oddB = add(oddB, b, odd);
      const c = v128.load(samples, 16);
      evenC = add(evenC, c, even);
      oddC = add(oddC, c, odd);
      const d = v128.load(samples, 18);
      evenD = add(evenD, d, even);
      oddD = add(oddD, d, odd);
    }
    if ((position & 1) == 0) continue;
    evenA = i32x4.shr_s(evenA, 2);
    evenB = i32x4.shr_s(evenB, 2);
    oddA = i32x4.shr_s(oddA, 2);
    oddB = i32x4.shr_s(oddB, 2);
    evenC = i32x4.shr_s(evenC, 2);
    evenD = i32x4.shr_s(evenD, 2);
    oddC = i32x4.shr_s(oddC, 2);
    oddD = i32x4.shr_s(oddD, 2);
  }
  write(to, narrow(evenA, evenB), narrow(oddA, oddB));
  write(to + 32, narrow(evenC, evenD), narrow(oddC, oddD));
}

/** `even`, `odd`: the even and the odd outputs of inputs 0, 2, 4, 6 and then 1, 3, 5, 7. */
function write(to: usize, even: v128, odd: v128): void {
  const first = v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11);
  const second = v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15);
  v128.store(to, v128.shuffle<i32>(first, second, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<i32>(first, second, 2, 6, 3, 7), 16);
}
