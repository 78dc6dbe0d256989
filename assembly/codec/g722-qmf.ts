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
const SUMS: usize = memory.data(64, 16);
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
  for (let n: usize = 0; n < usize(QMF_TICKS) << 2; n += 32) {
    filter(SCRATCH + OLDEST + n, TAPS, SUMS);
    filter(SCRATCH + OLDEST + PAIRS + n, TAPS + SECOND_TAPS, SUMS + 32);
    const a = v128.load(SUMS);
    const b = v128.load(SUMS + 32);
    const c = v128.load(SUMS + 16);
    const d = v128.load(SUMS + 48);
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
  for (let n: usize = 0; n < usize(QMF_TICKS) << 2; n += 32) {
    filter(SCRATCH + OLDEST + n, TAPS + SECOND_TAPS, SUMS);
    filter(SCRATCH + OLDEST + PAIRS + n, TAPS, SUMS + 32);
    v128.store(samples + n, interleaved(v128.load(SUMS), v128.load(SUMS + 32)));
    v128.store(samples + n, interleaved(v128.load(SUMS + 16), v128.load(SUMS + 48)), 16);
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

/** Eight results, 32 bits each, from pairs, the oldest at `oldest`; in memory, for there are few registers. */
// @ts-ignore: decorator
@inline
function filter(oldest: usize, taps: usize, to: usize): void {
  let tap = v128.load(taps, 80);
  let first = i32x4.dot_i16x8_s(v128.load(oldest), tap);
  let second = i32x4.dot_i16x8_s(v128.load(oldest, 16), tap);
  tap = v128.load(taps, 64);
  first = i32x4.add(first, i32x4.dot_i16x8_s(v128.load(oldest, 8), tap));
  second = i32x4.add(second, i32x4.dot_i16x8_s(v128.load(oldest, 24), tap));
  tap = v128.load(taps, 48);
  first = i32x4.add(first, i32x4.dot_i16x8_s(v128.load(oldest, 16), tap));
  second = i32x4.add(second, i32x4.dot_i16x8_s(v128.load(oldest, 32), tap));
  tap = v128.load(taps, 32);
  first = i32x4.add(first, i32x4.dot_i16x8_s(v128.load(oldest, 24), tap));
  second = i32x4.add(second, i32x4.dot_i16x8_s(v128.load(oldest, 40), tap));
  tap = v128.load(taps, 16);
  first = i32x4.add(first, i32x4.dot_i16x8_s(v128.load(oldest, 32), tap));
  second = i32x4.add(second, i32x4.dot_i16x8_s(v128.load(oldest, 48), tap));
  tap = v128.load(taps);
  v128.store(to, i32x4.add(first, i32x4.dot_i16x8_s(v128.load(oldest, 40), tap)));
  v128.store(to, i32x4.add(second, i32x4.dot_i16x8_s(v128.load(oldest, 56), tap)), 16);
}

/** Four samples of each stream in turn. */
// @ts-ignore: decorator
@inline
function interleaved(first: v128, second: v128): v128 {
  const even = i32x4.shr_s(first, 11);
  const odd = i32x4.shr_s(second, 11);
  return i16x8.narrow_i32x4_s(v128.shuffle<u32>(even, odd, 0, 4, 1, 5), v128.shuffle<u32>(even, odd, 2, 6, 3, 7));
}

// @ts-ignore: decorator
@inline
function limited(first: v128, second: v128): v128 {
  const both = i16x8.narrow_i32x4_s(i32x4.shr_s(first, 14), i32x4.shr_s(second, 14));
  return i16x8.max_s(i16x8.min_s(both, i16x8.splat(16383)), i16x8.splat(-16384));
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
