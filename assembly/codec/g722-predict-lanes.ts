/**
 * The predictor and the step size of one band of ITU-T G.722, for eight channels: every vector holds one variable of
 * eight channels, in the same arithmetic as the basic operators.
 *
 * A band lies at `band` as vectors: six zero coefficients (offset by 32768), two pole coefficients, two reconstructed
 * signals (doubled), two signs of the partial signal, step logarithm, prediction, zero prediction. The difference
 * signals lie apart, one entry a tick, so that nothing has to be shifted.
 */
import { constant, CONSTANT_12288, CONSTANT_127, CONSTANT_128, CONSTANT_15360, CONSTANT_2048, CONSTANT_254, CONSTANT_255, CONSTANT_256, CONSTANT_257, CONSTANT_31, CONSTANT_4112, CONSTANT_514, CONSTANT_7, CONSTANT_M12288, CONSTANT_M128, CONSTANT_M192, CONSTANT_M32768 } from "./constants.ts";
import { clamp, evenOdd, evenOf, mult, multParts, oddOf } from "./fixed.ts";

/** Octets: mantissas of every fourth fraction (two each), what 32 fractions have more, powers of two. */
const MANTISSAS: usize = memory.data<u8>(
  [
    0, 8, 185, 8, 131, 9, 96, 10, 80, 11, 86, 12, 116, 13, 172, 14,
    0, 45, 91, 138, 0, 49, 99, 150, 0, 54, 108, 164, 0, 58, 118, 178,
    0, 64, 129, 195, 0, 70, 140, 213, 0, 76, 153, 232, 0, 82, 166, 252,
    1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0,
  ],
  16,
);
const MASKS: usize = memory.data<u32>([0xfffc0000, 0xfffc0000, 0xfffc0000, 0xfffc0000], 16);

const POLE_1: usize = 96;
const POLE_2: usize = 112;
const RECONSTRUCTED_1: usize = 128;
const SIGN_1: usize = 160;
const SIGN_2: usize = 176;
export const STEP_LOG: usize = 192;
export const PREDICTION: usize = 208;
export const ZERO_PREDICTION: usize = 224;

/** Written, never read. */
const UNUSED: usize = 256;

/** One entry: the difference signal doubled, even lanes and odd lanes apart, its sign, and room: as long as a tick's vectors. */
export const ENTRY: usize = 64;

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
  v128.store(oldest, even, 6 * ENTRY);
  v128.store(oldest, odd, 6 * ENTRY + 16);
  v128.store(oldest, sign, 6 * ENTRY + 32);
  const still = i16x8.eq(difference, i16x8.splat(0));
  // Grows by 256 where the signs agree, by 0 where not; by 128 where the signal is zero.
  const turn = v128.andnot(constant(CONSTANT_256), still);
  const growth = v128.or(v128.andnot(turn, sign), v128.and(still, constant(CONSTANT_128)));
  const half = constant(CONSTANT_254);
  const offset = constant(CONSTANT_M32768);
  let change = changeOf(growth, turn, v128.load(oldest, 32));
  let sum = multParts(v128.load(oldest, ENTRY), v128.load(oldest, ENTRY + 16), zero(band + 80, change, half, offset));
  change = changeOf(growth, turn, v128.load(oldest, ENTRY + 32));
  let tap = zero(band + 64, change, half, offset);
  sum = settled(band, add(sum, v128.load(oldest, 2 * ENTRY), v128.load(oldest, 2 * ENTRY + 16), tap));
  change = changeOf(growth, turn, v128.load(oldest, 2 * ENTRY + 32));
  tap = zero(band + 48, change, half, offset);
  sum = add(sum, v128.load(oldest, 3 * ENTRY), v128.load(oldest, 3 * ENTRY + 16), tap);
  change = changeOf(growth, turn, v128.load(oldest, 3 * ENTRY + 32));
  tap = zero(band + 32, change, half, offset);
  sum = settled(band, add(sum, v128.load(oldest, 4 * ENTRY), v128.load(oldest, 4 * ENTRY + 16), tap));
  change = changeOf(growth, turn, v128.load(oldest, 4 * ENTRY + 32));
  tap = zero(band + 16, change, half, offset);
  sum = add(sum, v128.load(oldest, 5 * ENTRY), v128.load(oldest, 5 * ENTRY + 16), tap);
  change = changeOf(growth, turn, v128.load(oldest, 5 * ENTRY + 32));
  return settled(band, add(sum, even, odd, zero(band, change, half, offset)));
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

/** Adds the product of FILTEZ of a signal, its even and its odd lanes, with its coefficient. */
// @ts-ignore: decorator
@inline
function add(sum: v128, even: v128, odd: v128, coefficient: v128): v128 {
  return i16x8.add_sat_s(sum, multParts(even, odd, coefficient));
}

/** What a coefficient grows by; `sign`: of the signal that it weighed. */
// @ts-ignore: decorator
@inline
function changeOf(growth: v128, turn: v128, sign: v128): v128 {
  return v128.xor(growth, v128.and(turn, sign));
}

/** Block UPZERO for the coefficient at `at`. `half` is 254 and `offset` 32768. */
// @ts-ignore: decorator
@inline
function zero(at: usize, change: v128, half: v128, offset: v128): v128 {
  const before = v128.load(at);
  // The coefficient's 255/256, cut: what goes is b/256 rounded up, which an average gives without overflow.
  const leak = i16x8.shr_u(i16x8.avgr_u(before, half), 7);
  const after = i16x8.add(i16x8.sub(before, leak), change);
  v128.store(at, after);
  return v128.xor(after, offset);
}

/** Blocks UPPOL2, UPPOL1 and FILTEP. `sign`: of the partial signal; `reconstructed`: prediction and difference. */
// @ts-ignore: decorator
@inline
export function poleSum(band: usize, reconstructed: v128, sign: v128): v128 {
  const sign1 = v128.load(band, SIGN_1);
  const same1 = i16x8.eq(sign, sign1);
  const same2 = i16x8.eq(sign, v128.load(band, SIGN_2));
  v128.store(band, sign1, SIGN_2);
  v128.store(band, sign, SIGN_1);
  const pole1 = v128.load(band, POLE_1);
  const pole2 = v128.load(band, POLE_2);
  const twice = i16x8.add_sat_s(pole1, pole1);
  const fourfold = i16x8.add_sat_s(twice, twice);
  const turned = i16x8.sub_sat_s(v128.xor(fourfold, same1), same1);
  let second = i16x8.sub(pole2, i16x8.shr_s(i16x8.add(pole2, constant(CONSTANT_127)), 7));
  second = i16x8.add(second, i16x8.shr_s(turned, 7));
  second = i16x8.add(second, positiveWhere(same2, constant(CONSTANT_M128)));
  second = clamp(second, constant(CONSTANT_M12288), constant(CONSTANT_12288));
  let first = i16x8.sub(pole1, i16x8.shr_s(i16x8.add(pole1, constant(CONSTANT_255)), 8));
  first = i16x8.add(first, positiveWhere(same1, constant(CONSTANT_M192)));
  const most = i16x8.sub(constant(CONSTANT_15360), second);
  first = clamp(first, i16x8.neg(most), most);
  v128.store(band, first, POLE_1);
  v128.store(band, second, POLE_2);
  const newest = i16x8.add_sat_s(reconstructed, reconstructed);
  const older = v128.load(band, RECONSTRUCTED_1);
  v128.store(band, newest, RECONSTRUCTED_1);
  return i16x8.add_sat_s(mult(first, newest), mult(second, older));
}

/** A negative value, turned where `same` is all ones. */
// @ts-ignore: decorator
@inline
function positiveWhere(same: v128, negative: v128): v128 {
  return i16x8.sub(v128.xor(negative, same), same);
}

/** Blocks LOGSCL and LOGSCH: the logarithm of the step, from what its weight is (W of the code word). */
// @ts-ignore: decorator
@inline
export function nextLog(log: v128, weight: v128, most: v128): v128 {
  const leak = i16x8.shr_s(i16x8.add(log, constant(CONSTANT_127)), 7);
  return clamp(i16x8.add(i16x8.sub(log, leak), weight), i16x8.splat(0), most);
}

/**
 * Blocks SCALEL and SCALEH: the step of its logarithm, the even lanes; `shift`: 8 and 10. The mantissa is that of every
 * fourth fraction plus what the fractions in between have more.
 */
// @ts-ignore: decorator
@inline
export function evenStepOf(mantissa: v128, power: v128, shift: i32): v128 {
  return i32x4.shl(i32x4.shr_u(i32x4.dot_i16x8_s(evenOf(mantissa), power), shift), 2);
}

/** The odd lanes. */
// @ts-ignore: decorator
@inline
export function oddStepOf(mantissa: v128, power: v128, shift: i32): v128 {
  return v128.and(i32x4.shl(i32x4.dot_i16x8_s(oddOf(mantissa), power), 18 - shift), v128.load(MASKS));
}

/** The fraction's part of the step: 2048 and more. */
// @ts-ignore: decorator
@inline
export function mantissaOf(log: v128): v128 {
  const octave = v128.and(i16x8.shr_u(log, 8), constant(CONSTANT_7));
  const fourth = i8x16.swizzle(v128.load(MANTISSAS), i16x8.add(i16x8.mul(octave, constant(CONSTANT_514)), constant(CONSTANT_256)));
  const fraction = v128.and(i16x8.shr_u(log, 6), constant(CONSTANT_31));
  const low = i8x16.swizzle(v128.load(MANTISSAS, 16), fraction);
  const high = i8x16.swizzle(v128.load(MANTISSAS, 32), i8x16.sub(fraction, constant(CONSTANT_4112)));
  return i16x8.add(fourth, v128.or(low, high));
}

/** Two to the logarithm's whole part: below 256 from the lower octet, above from the upper one. */
// @ts-ignore: decorator
@inline
export function powerOf(log: v128): v128 {
  const exponent = i16x8.mul(i16x8.shr_u(log, 11), constant(CONSTANT_257));
  return i8x16.swizzle(v128.load(MANTISSAS, 48), i16x8.sub(exponent, constant(CONSTANT_2048)));
}
