/**
 * A block of 80 samples at the eight frequencies of DTMF: discrete Fourier transform by dot products of 16-bit samples,
 * folded about the block's middle first, which halves them; the lanes are the frequencies.
 */
import {
  BLOCK,
  ENERGIES,
  FOLDED,
  KEPT_BLOCKS,
  KEPT_ROWS,
  PLACE,
  POWERS,
  POWERS_STRIDE,
  ROW,
  SAMPLES,
  SEEN,
} from "./detect-state.ts";
import { BLOCK_SCALE, BLOCK_TURNS } from "./detect-tables.ts";

/** Takes the block in: its samples, its energy (sum of squares), and the power at each frequency. */
export function takeBlock(state: usize, samples: usize): void {
  const row = (load<i32>(state, ROW) + 1) & (KEPT_ROWS - 1);
  const next = load<i32>(state, PLACE) + 1;
  const place = next == KEPT_BLOCKS ? 0 : next;
  store<i32>(state, row, ROW);
  store<i32>(state, place, PLACE);
  store<i32>(state, min<i32>(load<i32>(state, SEEN) + 1, KEPT_BLOCKS), SEEN);
  const kept = state + SAMPLES + usize(place * 2 * BLOCK);
  store<f32>(state + (usize(row) << 2), fold(samples, kept, state + FOLDED), ENERGIES);
  transform(state + FOLDED, state + POWERS + usize(row * POWERS_STRIDE));
}

/** Keeps the block and folds it: x(n) + x(79 - n), then x(79 - n) - x(n), both halved; returns its energy. */
function fold(from: usize, kept: usize, folded: usize): f32 {
  let energy = i32x4.splat(0);
  for (let at: usize = 0; at < usize(BLOCK); at += 16) {
    const early = v128.load(from + at);
    const late = v128.load(from + (2 * BLOCK - 16) - at);
    v128.store(kept + at, early);
    v128.store(kept + (2 * BLOCK - 16) - at, late);
    // The sums of two squares reach 2^31: as unsigned numbers they fit, and 1/64 of twenty of them does again.
    energy = i32x4.add(energy, i32x4.shr_u(i32x4.dot_i16x8_s(early, early), 6));
    energy = i32x4.add(energy, i32x4.shr_u(i32x4.dot_i16x8_s(late, late), 6));
    const a = i16x8.shr_s(early, 1);
    const b = i16x8.shr_s(reversed(late), 1);
    v128.store(folded + at, i16x8.add(b, a));
    v128.store(folded + BLOCK + at, i16x8.sub(b, a));
  }
  const sums = f32x4.convert_i32x4_s(energy);
  const pairs = f32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  return (f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)) * 64;
}

/** Eight samples from the last to the first, in the two steps for which V8 has instructions. */
export function reversed(samples: v128): v128 {
  const halves = v128.shuffle<i16>(samples, samples, 3, 2, 1, 0, 7, 6, 5, 4);
  return v128.shuffle<i64>(halves, halves, 1, 0);
}

function transform(folded: usize, powers: usize): void {
  let realLow = i32x4.splat(0);
  let realHigh = i32x4.splat(0);
  let imaginaryLow = i32x4.splat(0);
  let imaginaryHigh = i32x4.splat(0);
  let turns = BLOCK_TURNS;
  const end = folded + BLOCK;
  for (let at = folded; at < end; at += 8) {
    const sum = v128.load32_splat(at);
    const difference = v128.load32_splat(at, BLOCK);
    realLow = i32x4.add(realLow, i32x4.dot_i16x8_s(sum, v128.load(turns)));
    realHigh = i32x4.add(realHigh, i32x4.dot_i16x8_s(sum, v128.load(turns, 16)));
    imaginaryLow = i32x4.add(imaginaryLow, i32x4.dot_i16x8_s(difference, v128.load(turns, 32)));
    imaginaryHigh = i32x4.add(imaginaryHigh, i32x4.dot_i16x8_s(difference, v128.load(turns, 48)));
    const sum2 = v128.load32_splat(at, 4);
    const difference2 = v128.load32_splat(at, BLOCK + 4);
    realLow = i32x4.add(realLow, i32x4.dot_i16x8_s(sum2, v128.load(turns, 64)));
    realHigh = i32x4.add(realHigh, i32x4.dot_i16x8_s(sum2, v128.load(turns, 80)));
    imaginaryLow = i32x4.add(imaginaryLow, i32x4.dot_i16x8_s(difference2, v128.load(turns, 96)));
    imaginaryHigh = i32x4.add(imaginaryHigh, i32x4.dot_i16x8_s(difference2, v128.load(turns, 112)));
    turns += 128;
  }
  v128.store(powers, power(realLow, imaginaryLow));
  v128.store(powers, power(realHigh, imaginaryHigh), 16);
}

function power(real: v128, imaginary: v128): v128 {
  const re = f32x4.convert_i32x4_s(real);
  const im = f32x4.convert_i32x4_s(imaginary);
  return f32x4.mul(f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im)), f32x4.splat(BLOCK_SCALE));
}
