/**
 * The predictor and the step size of one band of ITU-T G.722, for eight channels: every vector holds one variable of
 * eight channels, in the same arithmetic as the basic operators.
 *
 * A band lies at `band` as vectors: six zero coefficients (offset by 32768), two pole coefficients, two reconstructed
 * signals (doubled), two signs of the partial signal, step logarithm, prediction, zero prediction. The difference
 * signals lie apart, one entry a tick, so that nothing has to be shifted.
 */
import { constant, CONSTANT_12288, CONSTANT_12336, CONSTANT_127, CONSTANT_128, CONSTANT_15360, CONSTANT_192, CONSTANT_2048, CONSTANT_254, CONSTANT_255, CONSTANT_256, CONSTANT_257, CONSTANT_31, CONSTANT_384, CONSTANT_4112, CONSTANT_514, CONSTANT_8224, CONSTANT_M12288, CONSTANT_M32768 } from "./constants.ts";
import { clamp, evenOdd, evenOf, mult, multParts, oddOf } from "./fixed.ts";

const ZEROS: usize = 0;
const POLE_1: usize = 96;
const POLE_2: usize = 112;
const RECONSTRUCTED_1: usize = 128;
const RECONSTRUCTED_2: usize = 144;
const SIGN_1: usize = 160;
const SIGN_2: usize = 176;
export const STEP_LOG: usize = 192;
export const PREDICTION: usize = 208;
export const ZERO_PREDICTION: usize = 224;

/** Written, never read. */
const UNUSED: usize = 256;

/** One entry: the difference signal doubled, even lanes and odd lanes apart, and its sign. */
export const ENTRY: usize = 48;

/**
 * Block UPZERO for a difference signal, and the zero prediction of the next sample (FILTEZ). `oldest`
 * is the entry of six ticks before; the signal's own entry is written six entries later.
 */
// @ts-ignore: decorator
@inline
export function zeroSum(band: usize, oldest: usize, difference: v128): v128 {
  const doubled = i16x8.shl(difference, 1);
  const sign = i16x8.shr_s(difference, 15);
  const even = evenOf(doubled);
  const odd = oddOf(doubled);
  v128.store(oldest + 6 * ENTRY, even);
  v128.store(oldest + 6 * ENTRY, odd, 16);
  v128.store(oldest + 6 * ENTRY, sign, 32);
  const zero = i16x8.eq(difference, i16x8.splat(0));
  // Grows by 256 where the signs agree, by 0 where not; by 128 where the signal is zero.
  const turn = v128.andnot(constant(CONSTANT_256), zero);
  const growth = v128.or(v128.andnot(turn, sign), v128.and(zero, constant(CONSTANT_128)));
  let sum = settled(band, olderTap(band, 80, oldest + ENTRY, growth, turn));
  sum = settled(band, i16x8.add_sat_s(sum, olderTap(band, 64, oldest + 2 * ENTRY, growth, turn)));
  sum = settled(band, i16x8.add_sat_s(sum, olderTap(band, 48, oldest + 3 * ENTRY, growth, turn)));
  sum = settled(band, i16x8.add_sat_s(sum, olderTap(band, 32, oldest + 4 * ENTRY, growth, turn)));
  sum = settled(band, i16x8.add_sat_s(sum, olderTap(band, 16, oldest + 5 * ENTRY, growth, turn)));
  return settled(band, i16x8.add_sat_s(sum, multParts(even, odd, coefficient(band, 0, oldest + 5 * ENTRY, growth, turn))));
}

/**
 * The value, which is also stored where nobody reads it: it has to be there before what follows is loaded. Otherwise
 * the engine computes all products side by side, for which there are too few registers.
 */
// @ts-ignore: decorator
@inline
function settled(band: usize, value: v128): v128 {
  v128.store(band, value, UNUSED);
  return value;
}

/** The product of FILTEZ of the coefficient at `at` with the signal of `entry`. */
// @ts-ignore: decorator
@inline
function olderTap(band: usize, at: usize, entry: usize, growth: v128, turn: v128): v128 {
  return multParts(v128.load(entry), v128.load(entry, 16), coefficient(band, at, entry - ENTRY, growth, turn));
}

/** Block UPZERO for the coefficient at `at` with the sign of `entry`. */
// @ts-ignore: decorator
@inline
function coefficient(band: usize, at: usize, entry: usize, growth: v128, turn: v128): v128 {
  const before = v128.load(band + at, ZEROS);
  // The coefficient's 255/256, cut: what goes is b/256 rounded up, which an average gives without overflow.
  const leak = i16x8.shr_u(i16x8.avgr_u(before, constant(CONSTANT_254)), 7);
  const change = v128.xor(growth, v128.and(turn, v128.load(entry, 32)));
  const after = i16x8.add(i16x8.sub(before, leak), change);
  v128.store(band + at, after, ZEROS);
  return v128.xor(after, constant(CONSTANT_M32768));
}

/** Blocks UPPOL2, UPPOL1 and FILTEP. `sign`: of the partial signal; `reconstructed`: prediction and difference. */
// @ts-ignore: decorator
@inline
export function poleSum(band: usize, reconstructed: v128, sign: v128): v128 {
  const opposite = v128.not(sign);
  const same1 = v128.xor(opposite, v128.load(band, SIGN_1));
  const same2 = v128.xor(opposite, v128.load(band, SIGN_2));
  v128.store(band, v128.load(band, SIGN_1), SIGN_2);
  v128.store(band, sign, SIGN_1);
  const pole1 = v128.load(band, POLE_1);
  const pole2 = v128.load(band, POLE_2);
  const twice = i16x8.add_sat_s(pole1, pole1);
  const fourfold = i16x8.add_sat_s(twice, twice);
  const turned = i16x8.sub_sat_s(v128.xor(fourfold, same1), same1);
  let second = i16x8.sub(pole2, i16x8.shr_s(i16x8.add(pole2, constant(CONSTANT_127)), 7));
  second = i16x8.add(second, i16x8.shr_s(turned, 7));
  second = i16x8.add(second, i16x8.sub(v128.and(same2, constant(CONSTANT_256)), constant(CONSTANT_128)));
  second = clamp(second, constant(CONSTANT_M12288), constant(CONSTANT_12288));
  let first = i16x8.sub(pole1, i16x8.shr_s(i16x8.add(pole1, constant(CONSTANT_255)), 8));
  first = i16x8.add(first, i16x8.sub(v128.and(same1, constant(CONSTANT_384)), constant(CONSTANT_192)));
  const most = i16x8.sub(constant(CONSTANT_15360), second);
  first = clamp(first, i16x8.neg(most), most);
  v128.store(band, first, POLE_1);
  v128.store(band, second, POLE_2);
  const newest = i16x8.add_sat_s(reconstructed, reconstructed);
  const older = v128.load(band, RECONSTRUCTED_1);
  v128.store(band, older, RECONSTRUCTED_2);
  v128.store(band, newest, RECONSTRUCTED_1);
  return i16x8.add_sat_s(mult(first, newest), mult(second, older));
}

/** Blocks LOGSCL and LOGSCH: the logarithm of the step, from what its weight is (W of the code word). */
// @ts-ignore: decorator
@inline
export function nextLog(log: v128, weight: v128, most: i16): v128 {
  const leak = i16x8.shr_s(i16x8.add(log, constant(CONSTANT_127)), 7);
  return clamp(i16x8.add(i16x8.sub(log, leak), weight), i16x8.splat(0), i16x8.splat(most));
}

/** Blocks SCALEL (`shift` 8) and SCALEH (10): the step of its logarithm. */
// @ts-ignore: decorator
@inline
export function stepOf(log: v128, shift: i32): v128 {
  const fraction = v128.and(i16x8.shr_u(log, 6), constant(CONSTANT_31));
  const index = i16x8.add(i16x8.mul(fraction, constant(CONSTANT_514)), constant(CONSTANT_256));
  const first = i8x16.swizzle(i16x8(2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383), index);
  const second = i8x16.swizzle(i16x8(2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834), i8x16.sub(index, constant(CONSTANT_4112)));
  const third = i8x16.swizzle(i16x8(2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371), i8x16.sub(index, constant(CONSTANT_8224)));
  const fourth = i8x16.swizzle(i16x8(3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008), i8x16.sub(index, constant(CONSTANT_12336)));
  const mantissa = v128.or(v128.or(first, second), v128.or(third, fourth));
  // Two to the exponent: below 256 from the lower octet, above from the upper one.
  const exponent = i16x8.mul(i16x8.shr_u(log, 11), constant(CONSTANT_257));
  const powers = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
  const power = i8x16.swizzle(powers, i16x8.sub(exponent, constant(CONSTANT_2048)));
  const low = i32x4.shr_u(i32x4.dot_i16x8_s(evenOf(mantissa), power), shift);
  const high = i32x4.shl(i32x4.dot_i16x8_s(oddOf(mantissa), power), 16 - shift);
  return i16x8.shl(evenOdd(low, high), 2);
}
