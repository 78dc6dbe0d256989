/**
 * The floating-point products of the predictor of ITU-T G.726 (block FMULT), eight at a time: a mantissa of six bits and
 * an exponent each, which are found by converting to f32 and looking at the bits.
 */
import { constant, CONSTANT_1, CONSTANT_257, CONSTANT_31, CONSTANT_32, CONSTANT_4032, CONSTANT_4128, CONSTANT_48, CONSTANT_M2049, CONSTANT_M32, CONSTANT_M6410 } from "./constants.ts";
import { evenOdd, evenOf } from "./fixed.ts";

/** Two to the power of n+8 for n from -8 to -1, of n from 0 to 7. */
const POWERS: usize = memory.data<u8>([1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128], 16);

/** Code of each magnitude, 0 to 32767: exponent plus 126 above five bits of mantissa. */
// @ts-ignore: decorator
@inline
export function floatCode(magnitude: v128): v128 {
  return i16x8.max_s(codeOf(magnitude), constant(CONSTANT_4032));
}

/** Code of a coefficient's magnitude, 13 bits: the three above them are shifted out, so that its exponent is greater by 3. */
// @ts-ignore: decorator
@inline
function coefficientCode(coefficient: v128): v128 {
  const magnitude = i16x8.shl(i16x8.abs(i16x8.shr_s(coefficient, 2)), 3);
  return i16x8.max_s(codeOf(magnitude), constant(CONSTANT_4128));
}

// @ts-ignore: decorator
@inline
function codeOf(magnitude: v128): v128 {
  const even = f32x4.convert_i32x4_s(evenOf(magnitude));
  const odd = f32x4.convert_i32x4_s(i32x4.shr_u(magnitude, 16));
  return evenOdd(i32x4.shr_u(even, 18), i32x4.shr_u(odd, 2));
}

/** Exponent of a code without sign plus 126, in both octets of each lane. */
// @ts-ignore: decorator
@inline
function exponentOf(code: v128): v128 {
  return i16x8.mul(i16x8.shr_u(code, 5), constant(CONSTANT_257));
}

// What `weigh` wants of a signal: mantissa (32 to 63), 64 times that plus 48, exponent, and sign as 1 or -1.

// @ts-ignore: decorator
@inline
export function mantissaOf(code: v128): v128 {
  return v128.or(v128.and(code, constant(CONSTANT_31)), constant(CONSTANT_32));
}

// @ts-ignore: decorator
@inline
export function roundingOf(mantissa: v128): v128 {
  return i16x8.add(i16x8.shl(mantissa, 6), constant(CONSTANT_48));
}

/** Such that the sum with the exponent of a coefficient's code is an index of `weigh`'s table, or outside it. */
// @ts-ignore: decorator
@inline
export function signalExponentOf(code: v128): v128 {
  return i8x16.add(exponentOf(code), constant(CONSTANT_M6410));
}

/** `mask`: 0 or -1. */
// @ts-ignore: decorator
@inline
export function signOf(mask: v128): v128 {
  return v128.or(mask, constant(CONSTANT_1));
}

/**
 * Coefficients (16 bits, Q14) times signals: block FMULT, wrapped to 16 bits. The mantissas' product, rounded, is
 * multiplied by 2^n, or by 2^(n+8) and shifted back where n is negative. The coefficient's mantissa is taken as less by
 * 64, which the signal's rounding makes good.
 */
// @ts-ignore: decorator
@inline
export function weigh(coefficient: v128, mantissa: v128, rounding: v128, exponent: v128, sign: v128): v128 {
  const code = coefficientCode(coefficient);
  const index = i8x16.add(exponentOf(code), exponent);
  const product = i16x8.add(i16x8.mul(v128.or(code, constant(CONSTANT_M32)), mantissa), rounding);
  const scaled = i16x8.mul(i16x8.shr_u(product, 4), i8x16.swizzle(v128.load(POWERS), index));
  const large = i16x8.gt_s(index, constant(CONSTANT_M2049));
  const size = v128.or(v128.and(scaled, i16x8.shr_u(large, 1)), v128.andnot(i16x8.shr_u(scaled, 8), large));
  const negative = i16x8.shr_s(v128.xor(coefficient, sign), 15);
  return i16x8.sub(v128.xor(size, negative), negative);
}
