/**
 * The quadrature mirror filters of ITU-T G.722 (§3.1, §4.4) for one channel, four ticks at a time. Both directions are
 * two 12-tap filters: over the even and the odd samples, or over the difference and the sum of the bands.
 *
 * A filter reads pairs: word n is sample n (lower half) beside sample n-1. Of each stream the state keeps the last
 * twelve pairs.
 */
import { high16, low16 } from "./lanes.ts";

export const QMF_STATE: usize = 96;
const STREAM: usize = 48;
/** Ticks done at once. */
export const QMF_TICKS: i32 = 80;
/** The oldest pair of the first tick, octets from the beginning of the stream. */
const OLDEST: usize = STREAM - 40;
const PAIRS: usize = STREAM + (usize(QMF_TICKS) << 2);
/** Working room, not state. */
const SCRATCH: usize = memory.data(736, 16);
/** Results of both filters, 32 bits each. */
const SUMS: usize = memory.data(640, 16);
const SECOND_SUMS: usize = SUMS + 320;
/** Taps of the first stream by age, two a word, four times; then those of the second. */
const TAPS: usize = memory.data<i16>([
  -11, 53, -11, 53, -11, 53, -11, 53, -156, 362, -156, 362, -156, 362, -156, 362, -805, 3876, -805, 3876, -805, 3876,
  -805, 3876, 951, -210, 951, -210, 951, -210, 951, -210, 32, 12, 32, 12, 32, 12, 32, 12, -11, 3, -11, 3, -11, 3, -11, 3,
  3, -11, 3, -11, 3, -11, 3, -11, 12, 32, 12, 32, 12, 32, 12, 32, -210, 951, -210, 951, -210, 951, -210, 951, 3876, -805,
  3876, -805, 3876, -805, 3876, -805, 362, -156, 362, -156, 362, -156, 362, -156, 53, -11, 53, -11, 53, -11, 53, -11,
], 16);
const SECOND_TAPS: usize = 96;

/** 80 ticks of two samples at 16 kHz become 80 samples of each band, within ±16384. */
export function qmfSplit(state: usize, samples: usize, low: usize, high: usize): void {
  restore(state);
  // The pair of samples before: the newer halves of the last pairs.
  let last = i32x4.splat(i32(load<u16>(SCRATCH + 44)) | (i32(load<u16>(SCRATCH + PAIRS + 44)) << 16));
  for (let n: usize = 0; n < usize(QMF_TICKS) << 2; n += 16) {
    const now = v128.load(samples + n);
    const before = v128.shuffle<u32>(last, now, 3, 4, 5, 6);
    v128.store(SCRATCH + STREAM + n, v128.shuffle<u16>(now, i32x4.shl(before, 16), 0, 9, 2, 11, 4, 13, 6, 15));
    v128.store(SCRATCH + PAIRS + STREAM + n, v128.shuffle<u16>(i32x4.shr_u(now, 16), before, 0, 9, 2, 11, 4, 13, 6, 15));
    last = now;
  }
  filter(SCRATCH + OLDEST, TAPS, SUMS);
  filter(SCRATCH + OLDEST + PAIRS, TAPS + SECOND_TAPS, SECOND_SUMS);
  for (let n: usize = 0; n < usize(QMF_TICKS) << 2; n += 32) {
    const a = v128.load(SUMS + n);
    const b = v128.load(SECOND_SUMS + n);
    const c = v128.load(SUMS + n, 16);
    const d = v128.load(SECOND_SUMS + n, 16);
    v128.store(low + (n >> 1), limited(i32x4.add(a, b), i32x4.add(c, d)));
    v128.store(high + (n >> 1), limited(i32x4.sub(b, a), i32x4.sub(d, c)));
  }
  save(state);
}

/** 80 samples of each band become 160 samples at 16 kHz. */
export function qmfJoin(state: usize, low: usize, high: usize, samples: usize): void {
  restore(state);
  let lastDifference = i16x8.splat(load<i16>(SCRATCH + 44));
  let lastSum = i16x8.splat(load<i16>(SCRATCH + PAIRS + 44));
  for (let n: usize = 0; n < usize(QMF_TICKS) << 1; n += 16) {
    const l = v128.load(low + n);
    const h = v128.load(high + n);
    const difference = i16x8.sub(l, h);
    const sum = i16x8.add(l, h);
    storePairs(SCRATCH + STREAM + (n << 1), difference, lastDifference);
    storePairs(SCRATCH + PAIRS + STREAM + (n << 1), sum, lastSum);
    lastDifference = difference;
    lastSum = sum;
  }
  filter(SCRATCH + OLDEST, TAPS + SECOND_TAPS, SUMS);
  filter(SCRATCH + OLDEST + PAIRS, TAPS, SECOND_SUMS);
  for (let n: usize = 0; n < usize(QMF_TICKS) << 2; n += 32) {
    const even = rounded(v128.load(SUMS + n), v128.load(SUMS + n, 16));
    const odd = rounded(v128.load(SECOND_SUMS + n), v128.load(SECOND_SUMS + n, 16));
    v128.store(samples + n, low16(even, odd));
    v128.store(samples + n, high16(even, odd), 16);
  }
  save(state);
}

// @ts-ignore: decorator
@inline
function storePairs(to: usize, now: v128, last: v128): void {
  const before = v128.shuffle<u16>(last, now, 7, 8, 9, 10, 11, 12, 13, 14);
  v128.store(to, low16(now, before));
  v128.store(to, high16(now, before), 16);
}

/** 80 results, 32 bits each, from pairs, the oldest at `from`: 16 a turn, the taps in registers. */
function filter(from: usize, taps: usize, to: usize): void {
  const tap0 = v128.load(taps, 80);
  const tap1 = v128.load(taps, 64);
  const tap2 = v128.load(taps, 48);
  const tap3 = v128.load(taps, 32);
  const tap4 = v128.load(taps, 16);
  const tap5 = v128.load(taps);
  let x: v128 = tap0;
  let a: v128 = tap0;
  let b: v128 = tap0;
  let c: v128 = tap0;
  let d: v128 = tap0;
  const end = from + (usize(QMF_TICKS) << 2);
  do {
    x = v128.load(from);
    a = i32x4.dot_i16x8_s(x, tap0);
    x = v128.load(from, 8);
    a = i32x4.add(a, i32x4.dot_i16x8_s(x, tap1));
    x = v128.load(from, 16);
    a = i32x4.add(a, i32x4.dot_i16x8_s(x, tap2));
    b = i32x4.dot_i16x8_s(x, tap0);
    x = v128.load(from, 24);
    a = i32x4.add(a, i32x4.dot_i16x8_s(x, tap3));
    b = i32x4.add(b, i32x4.dot_i16x8_s(x, tap1));
    x = v128.load(from, 32);
    a = i32x4.add(a, i32x4.dot_i16x8_s(x, tap4));
    b = i32x4.add(b, i32x4.dot_i16x8_s(x, tap2));
    c = i32x4.dot_i16x8_s(x, tap0);
    x = v128.load(from, 40);
    v128.store(to, i32x4.add(a, i32x4.dot_i16x8_s(x, tap5)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(x, tap3));
    c = i32x4.add(c, i32x4.dot_i16x8_s(x, tap1));
    x = v128.load(from, 48);
    b = i32x4.add(b, i32x4.dot_i16x8_s(x, tap4));
    c = i32x4.add(c, i32x4.dot_i16x8_s(x, tap2));
    d = i32x4.dot_i16x8_s(x, tap0);
    x = v128.load(from, 56);
    v128.store(to, i32x4.add(b, i32x4.dot_i16x8_s(x, tap5)), 16);
    c = i32x4.add(c, i32x4.dot_i16x8_s(x, tap3));
    d = i32x4.add(d, i32x4.dot_i16x8_s(x, tap1));
    x = v128.load(from, 64);
    c = i32x4.add(c, i32x4.dot_i16x8_s(x, tap4));
    d = i32x4.add(d, i32x4.dot_i16x8_s(x, tap2));
    x = v128.load(from, 72);
    v128.store(to, i32x4.add(c, i32x4.dot_i16x8_s(x, tap5)), 32);
    d = i32x4.add(d, i32x4.dot_i16x8_s(x, tap3));
    x = v128.load(from, 80);
    d = i32x4.add(d, i32x4.dot_i16x8_s(x, tap4));
    x = v128.load(from, 88);
    v128.store(to, i32x4.add(d, i32x4.dot_i16x8_s(x, tap5)), 48);
    from += 64;
    to += 64;
  } while (from < end);
}

/** Eight samples of Q11. */
// @ts-ignore: decorator
@inline
function rounded(first: v128, second: v128): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(first, 11), i32x4.shr_s(second, 11));
}

/** Eight samples of Q14, within 15 bits: saturated with one bit more. */
// @ts-ignore: decorator
@inline
function limited(first: v128, second: v128): v128 {
  return i16x8.shr_s(i16x8.narrow_i32x4_s(i32x4.shr_s(first, 13), i32x4.shr_s(second, 13)), 1);
}

function restore(state: usize): void {
  for (let n: usize = 0; n < STREAM; n += 16) {
    v128.store(SCRATCH + n, v128.load(state + n));
    v128.store(SCRATCH + PAIRS + n, v128.load(state + STREAM + n));
  }
}

function save(state: usize): void {
  const end = SCRATCH + PAIRS - STREAM;
  for (let n: usize = 0; n < STREAM; n += 16) {
    v128.store(state + n, v128.load(end + n));
    v128.store(state + STREAM + n, v128.load(end + PAIRS + n));
  }
}
