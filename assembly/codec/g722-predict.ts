/**
 * The predictor and the step size of one band of ITU-T G.722, for one channel: the six zero coefficients lie side by
 * side in one vector. The same results as g722-predict-lanes.ts.
 */
import { clampTo, mult, saturate } from "./fixed.ts";
import {
  COEFFICIENTS,
  DIFFERENCES,
  POLE_1,
  POLE_2,
  PREDICTION,
  RECONSTRUCTED_1,
  SIGN_1,
  SIGN_2,
  ZERO_PREDICTION,
} from "./g722-state.ts";
import { MANTISSAS } from "./g722-tables.ts";

/** Six products that are no larger than this cannot overflow together. */
const SAFE: i16 = 5461;

/** Adapts the band to a difference signal; the prediction of the next sample (blocks PARREC to PREDIC of §6.2.1). */
// @ts-ignore: decorator
@inline
export function adapt(band: usize, difference: i32): i32 {
  const sign = saturate(difference + i32(load<i16>(band + ZERO_PREDICTION))) >> 31;
  const sign1 = i32(load<i16>(band + SIGN_1));
  // 0 where the signs differ, else -1.
  const same1 = ~sign ^ sign1;
  const same2 = ~sign ^ i32(load<i16>(band + SIGN_2));
  const pole1 = i32(load<i16>(band + POLE_1));
  const second = secondPole(pole1, i32(load<i16>(band + POLE_2)), same1, same2);
  const first = firstPole(pole1, same1, 15360 - second);
  const newest = saturate(saturate(i32(load<i16>(band + PREDICTION)) + difference) << 1);
  const older = i32(load<i16>(band + RECONSTRUCTED_1));
  const zeros = zeroSum(zeroProducts(band, difference, first, second));
  const prediction = saturate(saturate(((first * newest) >> 15) + ((second * older) >> 15)) + zeros);
  store<i16>(band + RECONSTRUCTED_1, i16(newest));
  store<i16>(band + SIGN_1, i16(sign));
  store<i16>(band + SIGN_2, i16(sign1));
  store<i16>(band + PREDICTION, i16(prediction));
  store<i16>(band + ZERO_PREDICTION, i16(zeros));
  return prediction;
}

/**
 * Block UPZERO, and the products of FILTEZ in lanes 0 to 5. The poles share the row of coefficients: it is stored at
 * once, for a vector read after a narrower write has to wait for memory.
 */
// @ts-ignore: decorator
@inline
function zeroProducts(band: usize, difference: i32, first: i32, second: i32): v128 {
  const before = v128.load(band + COEFFICIENTS);
  const older = v128.load(band + DIFFERENCES);
  // Grows by 256 where the signs agree, by 0 where not; by 128 where the signal is zero.
  const turn = difference == 0 ? 0 : 256;
  const growth = difference == 0 ? 128 : 256 & ~(difference >> 31);
  const change = v128.xor(i16x8.splat(i16(growth)), v128.and(i16x8.splat(i16(turn)), i16x8.shr_s(older, 15)));
  // The coefficient's 255/256, cut: what goes is b/256 rounded up, which an average gives without overflow.
  const leak = i16x8.shr_u(i16x8.avgr_u(before, i16x8.splat(254)), 7);
  const after = i16x8.add(i16x8.sub(before, leak), change);
  const newest = i16x8.splat(i16(difference << 1));
  const shifted = v128.shuffle<u16>(newest, older, 7, 8, 9, 10, 11, 12, 13, 14);
  const signals = v128.and(shifted, i16x8(-1, -1, -1, -1, -1, -1, 0, 0));
  const poles = i32x4.splat((first & 0xffff) | (second << 16));
  v128.store(band + COEFFICIENTS, v128.shuffle<u16>(after, poles, 0, 1, 2, 3, 4, 5, 8, 9));
  v128.store(band + DIFFERENCES, signals);
  return mult(signals, v128.xor(after, i16x8.splat(i16(0x8000))));
}

/** The products' sum from the oldest to the newest, saturated at each step as ITU-T has it. */
// @ts-ignore: decorator
@inline
function zeroSum(products: v128): i32 {
  if (v128.any_true(i16x8.gt_s(i16x8.abs(products), i16x8.splat(SAFE)))) return slowSum(products);
  const sums = i32x4.dot_i16x8_s(products, i16x8.splat(1));
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2);
}

function slowSum(products: v128): i32 {
  let sum = i32(i16x8.extract_lane_s(products, 5)) + i32(i16x8.extract_lane_s(products, 4));
  sum = saturate(sum) + i32(i16x8.extract_lane_s(products, 3));
  sum = saturate(sum) + i32(i16x8.extract_lane_s(products, 2));
  sum = saturate(sum) + i32(i16x8.extract_lane_s(products, 1));
  return saturate(saturate(sum) + i32(i16x8.extract_lane_s(products, 0)));
}

/** Block UPPOL2. */
// @ts-ignore: decorator
@inline
function secondPole(pole1: i32, pole2: i32, same1: i32, same2: i32): i32 {
  const fourfold = saturate(pole1 << 2);
  const turned = min((fourfold ^ same1) - same1, 32767);
  return clampTo((turned >> 7) + (same2 & 256) - 128 + ((pole2 * 127) >> 7), -12288, 12288);
}

/** Block UPPOL1. */
// @ts-ignore: decorator
@inline
function firstPole(pole1: i32, same1: i32, most: i32): i32 {
  return clampTo((same1 & 384) - 192 + ((pole1 * 255) >> 8), -most, most);
}

/** Blocks LOGSCL and LOGSCH: the logarithm of the step; `weight`: W of the code word. */
// @ts-ignore: decorator
@inline
export function nextLog(log: i32, weight: i32, most: i32): i32 {
  return max(min(((log * 127) >> 7) + weight, most), 0);
}

/** Blocks SCALEL (`shift` 8) and SCALEH (10): the step of its logarithm. */
// @ts-ignore: decorator
@inline
export function stepOf(log: i32, shift: i32): i32 {
  const mantissa = i32(load<u16>(MANTISSAS + (usize((log >> 6) & 31) << 1)));
  return ((mantissa << (log >> 11)) >> shift) << 2;
}
