/**
 * Where a sound is like itself a pitch period later or earlier: what time-scaling joins it at (WSOLA: Verhelst and Roelands,
 * ICASSP 1993). 10 ms are compared, at lags of 2.5 to 15 ms: by normalised cross-correlation at 4 kHz, and around the best
 * at the full rate. Addresses and numbers only; all sums are of integers, or of f32 in one order.
 */
import { fours, pairs } from "../rate/means.ts";
import { STRETCH_ALIKE } from "./room.ts";

/** At 4 kHz: 2.5 ms, 15 ms, and the 10 ms that are compared. */
const SHORTEST: i32 = 10;
const LONGEST: i32 = 60;
const SPAN: i32 = 40;
/** 40 products of 12 bits squared stay below 2^31. */
const COARSE_BITS: i32 = 12;

/**
 * The lag, in samples, at which the 10 ms at `at` are most like the 10 ms so much later (`towards` 1) or earlier (-1); 0
 * when there is none; in the room (room.ts), how alike. `tenMs`: samples in 10 ms, 80 or 160; `most`: no lag is longer, so
 * many samples and 10 ms are there.
 */
export function stretchLag(at: usize, towards: i32, most: i32, tenMs: i32, room: usize): i32 {
  const factor = tenMs / SPAN;
  const longest = min<i32>(LONGEST, most / factor);
  store<f32>(room, 0, STRETCH_ALIKE);
  if (longest < SHORTEST) return 0;
  const back = towards < 0 ? longest : 0;
  lowerRate(at - usize((back * factor) << 1), longest + SPAN, factor, room);
  const coarse = coarseLag(room + usize(back << 1), towards, longest);
  if (coarse == 0) return 0;
  const first = max<i32>(SHORTEST * factor, (coarse - 1) * factor + 1);
  const last = min<i32>(longest * factor, (coarse + 1) * factor - 1);
  return fineLag(at, towards, first, last, tenMs, room);
}

/** `count` means of two or four samples to `room`, made small enough to be summed. */
function lowerRate(from: usize, count: i32, factor: i32, room: usize): void {
  for (let n = 0; n < count; n += 8) {
    const means = factor == 2 ? i16x8.narrow_i32x4_s(pairs(from), pairs(from + 16)) : fours(from);
    v128.store(room + usize(n << 1), means);
    from += usize(factor * 16);
  }
  // What lies behind the sound is to count for nothing.
  memory.fill(room + usize(count << 1), 0, usize(((count + 7) & ~7) - count) << 1);
  let bits = i16x8.splat(0);
  for (let n = 0; n < count; n += 8) bits = v128.or(bits, i16x8.abs(v128.load(room + usize(n << 1))));
  const high = i64x2.extract_lane(bits, 0) | i64x2.extract_lane(bits, 1);
  const folded = u32(high) | u32(high >>> 32);
  const shift = 32 - clz<u32>((folded | (folded >>> 16)) & 0xffff) - COARSE_BITS;
  if (shift <= 0) return;
  for (let n = 0; n < count; n += 8) {
    const place = room + usize(n << 1);
    v128.store(place, i16x8.shr_s(v128.load(place), shift));
  }
}

/** Of the highest correlation squared over energy among those above 0. */
function coarseLag(at: usize, towards: i32, longest: i32): i32 {
  let best: f32 = 0;
  let found = 0;
  for (let lag = SHORTEST; lag <= longest; lag++) {
    const other = towards < 0 ? at - usize(lag << 1) : at + usize(lag << 1);
    const products = sumOfProducts(at, other);
    if (products <= 0) continue;
    const score = (f32(products) * f32(products)) / f32(max<i32>(1, sumOfProducts(other, other)));
    if (score <= best) continue;
    best = score;
    found = lag;
  }
  return found;
}

function sumOfProducts(one: usize, other: usize): i32 {
  let sum = i32x4.splat(0);
  for (let n: usize = 0; n < usize(SPAN << 1); n += 16)
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(one + n), v128.load(other + n)));
  const two = i32x4.add(sum, v128.shuffle<i64>(sum, sum, 1, 0));
  return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
}

/** Of the highest normalised correlation at the full rate; that goes to STRETCH_ALIKE. */
function fineLag(at: usize, towards: i32, first: i32, last: i32, count: i32, room: usize): i32 {
  const energy = longSum(at, at, count);
  let best: f32 = 0;
  let found = 0;
  for (let lag = first; lag <= last; lag++) {
    const other = towards < 0 ? at - usize(lag << 1) : at + usize(lag << 1);
    const both = energy * longSum(other, other, count);
    if (!(both > 0)) continue;
    const alike = longSum(at, other, count) / sqrt<f32>(both);
    if (alike <= best) continue;
    best = alike;
    found = lag;
  }
  store<f32>(room, best, STRETCH_ALIKE);
  return found;
}

/** In f32: a sum of `count` full-scale squares is too long for i32. */
function longSum(one: usize, other: usize, count: i32): f32 {
  let sum = f32x4.splat(0);
  for (let n: usize = 0; n < usize(count << 1); n += 16)
    sum = f32x4.add(sum, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(v128.load(one + n), v128.load(other + n))));
  const two = f32x4.add(sum, v128.shuffle<i64>(sum, sum, 1, 0));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}
