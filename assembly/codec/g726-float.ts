/**
 * The floating-point products of the predictor of ITU-T G.726 (block FMULT), eight at a time: a mantissa of six bits and
 * an exponent each, which are found by converting to f32 and looking at the bits.
 */
import { evenOdd, evenOf } from "./fixed.ts";

/** Vectors of one value in each lane of 16 bits; a load is cheaper than a literal in a loop. */
const VALUES: usize = memory.data<i16>(
  [
    4032, 4032, 4032, 4032, 4032, 4032, 4032, 4032, 8191, 8191, 8191, 8191, 8191, 8191, 8191, 8191, 31, 31, 31, 31, 31, 31,
    31, 31, 32, 32, 32, 32, 32, 32, 32, 32, 257, 257, 257, 257, 257, 257, 257, 257, -5639, -5639, -5639, -5639, -5639, -5639,
    -5639, -5639, 48, 48, 48, 48, 48, 48, 48, 48, -2049, -2049, -2049, -2049, -2049, -2049, -2049, -2049, 32767, 32767,
    32767, 32767, 32767, 32767, 32767, 32767,
  ],
  16,
);

/** Two to the power of n+8 for n from -8 to -1, of n from 0 to 7. */
const POWERS: usize = memory.data<u8>([1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128], 16);

/** Code of each magnitude, 0 to 32767: exponent plus 126 above five bits of mantissa. */
// @ts-ignore: decorator
@inline
export function floatCode(magnitude: v128): v128 {
  const even = f32x4.convert_i32x4_s(evenOf(magnitude));
  const odd = f32x4.convert_i32x4_s(i32x4.shr_u(magnitude, 16));
  const code = evenOdd(i32x4.shr_u(even, 18), i32x4.shr_u(odd, 2));
  return i16x8.max_s(code, v128.load(VALUES));
}

/** Mantissa of a code, 32 to 63. */
// @ts-ignore: decorator
@inline
export function mantissaOf(code: v128): v128 {
  return v128.or(v128.and(code, v128.load(VALUES, 32)), v128.load(VALUES, 48));
}

/** Exponent of a code without sign plus 126, in both octets of each lane. */
// @ts-ignore: decorator
@inline
function exponentOf(code: v128): v128 {
  return i16x8.mul(i16x8.shr_u(code, 5), v128.load(VALUES, 64));
}

/** Exponent of a signal as `weigh` wants it: so that the sum of both is an index of `weigh`'s table, or outside it. */
// @ts-ignore: decorator
@inline
export function signalExponentOf(code: v128): v128 {
  return i8x16.add(exponentOf(code), v128.load(VALUES, 80));
}

/**
 * Coefficients (16 bits, Q14) times signals (mantissa, exponent, sign as 0 or -1): block FMULT, wrapped to 16 bits.
 * The product of the mantissas is multiplied by 2^n, or by 2^(n+8) and shifted back where n is negative.
 */
// @ts-ignore: decorator
@inline
export function weigh(coefficient: v128, mantissa: v128, exponent: v128, sign: v128): v128 {
  const magnitude = v128.and(i16x8.abs(i16x8.shr_s(coefficient, 2)), v128.load(VALUES, 16));
  const code = floatCode(magnitude);
  const index = i8x16.add(exponentOf(code), exponent);
  const product = i16x8.add(i16x8.mul(mantissaOf(code), mantissa), v128.load(VALUES, 96));
  const scaled = i16x8.mul(i16x8.shr_u(product, 4), i8x16.swizzle(v128.load(POWERS), index));
  const large = i16x8.gt_s(index, v128.load(VALUES, 112));
  const size = v128.bitselect(v128.and(scaled, v128.load(VALUES, 128)), i16x8.shr_u(scaled, 8), large);
  const negative = v128.xor(i16x8.shr_s(coefficient, 15), sign);
  return i16x8.sub(v128.xor(size, negative), negative);
}
