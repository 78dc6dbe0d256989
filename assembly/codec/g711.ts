/**
 * ITU-T G.711, sixteen samples at a time. Exact over all 65,536 inputs of the ITU-T Software Tool Library.
 *
 * Both laws are a floating-point number of 3 bits exponent and 4 bits mantissa. An encoder lets the processor make one: a
 * magnitude as f32 has its exponent and the four bits after its first one side by side, from bit 19 on.
 */

// Read from memory once: V8 builds a vector constant anew, in four instructions, at every use of it.
const CONSTANTS: usize = memory.data<i16>([
  // BIAS: 33 of 14 bits, as added to a magnitude of 16 bits
  132, 132, 132, 132, 132, 132, 132, 132,
  // FIRST: bits 19 to 31 of 128 as f32, where the codes begin, and the same for 2^16 times as much
  2144, 2400, 2144, 2400, 2144, 2400, 2144, 2400,
  // SIGNS of octets
  -32640, -32640, -32640, -32640, -32640, -32640, -32640, -32640,
  // ODD samples
  0, -1, 0, -1, 0, -1, 0, -1,
  // MANTISSAS: the lower half of octets
  3855, 3855, 3855, 3855, 3855, 3855, 3855, 3855,
  // what is inverted: MU_LAW, A_LAW
  -1, -1, -1, -1, -1, -1, -1, -1,
  -10795, -10795, -10795, -10795, -10795, -10795, -10795, -10795,
], 16);
const BIAS: usize = CONSTANTS;
const FIRST: usize = CONSTANTS + 16;
const SIGNS: usize = CONSTANTS + 32;
const ODD: usize = CONSTANTS + 48;
const MANTISSAS: usize = CONSTANTS + 64;
const MU_LAW: usize = CONSTANTS + 80;
const A_LAW: usize = CONSTANTS + 96;

/** Octet that decodes to the smallest positive value. */
export const SILENCE_PCMU: u8 = 0xff;
export const SILENCE_PCMA: u8 = 0xd5;

/** `count` samples, a multiple of 16, to µ-law octets. */
export function encodePcmu(samples: usize, octets: usize, count: i32): void {
  const bias = v128.load(BIAS);
  const first = v128.load(FIRST);
  const signs = v128.load(SIGNS);
  const odd = v128.load(ODD);
  const inversion = v128.load(MU_LAW);
  const end = samples + (usize(count) << 1);
  let to = octets;
  let from = samples;
  // Twice in a loop: what it costs to go round is not little beside so few instructions.
  for (; from + 32 < end; from += 64) {
    v128.store(to, pcmuOf(v128.load(from), v128.load(from, 16), bias, first, signs, odd, inversion));
    v128.store(to, pcmuOf(v128.load(from, 32), v128.load(from, 48), bias, first, signs, odd, inversion), 16);
    to += 32;
  }
  if (from < end) v128.store(to, pcmuOf(v128.load(from), v128.load(from, 16), bias, first, signs, odd, inversion));
}

// @ts-ignore: decorator
@inline
function pcmuOf(
  low: v128, high: v128, bias: v128, first: v128, signs: v128, odd: v128, inversion: v128,
): v128 {
  // The greatest magnitudes stay 32767, which is the last code.
  const lowCode = i16x8.sub(exponentAndMantissa(i16x8.add_sat_s(magnitude(low), bias), odd), first);
  const highCode = i16x8.sub(exponentAndMantissa(i16x8.add_sat_s(magnitude(high), bias), odd), first);
  const sign = v128.and(i8x16.narrow_i16x8_s(low, high), signs);
  return v128.xor(v128.or(i8x16.narrow_i16x8_u(lowCode, highCode), sign), inversion);
}

/** `count` µ-law octets, a multiple of 16, to samples. */
export function decodePcmu(octets: usize, samples: usize, count: i32): void {
  for (let i = 0; i < count; i += 16) {
    const coded = v128.not(v128.load(octets + usize(i)));
    const to = samples + (usize(i) << 1);
    v128.store(to, linearOfPcmu(i16x8.extend_low_i8x16_u(coded)));
    v128.store(to, linearOfPcmu(i16x8.extend_high_i8x16_u(coded)), 16);
  }
}

/** `count` samples, a multiple of 16, to A-law octets. */
export function encodePcma(samples: usize, octets: usize, count: i32): void {
  const first = v128.load(FIRST);
  const signs = v128.load(SIGNS);
  const odd = v128.load(ODD);
  const mantissas = v128.load(MANTISSAS);
  const inversion = v128.load(A_LAW);
  const end = samples + (usize(count) << 1);
  let to = octets;
  let from = samples;
  for (; from + 32 < end; from += 64) {
    v128.store(to, pcmaOf(v128.load(from), v128.load(from, 16), first, signs, odd, mantissas, inversion));
    v128.store(to, pcmaOf(v128.load(from, 32), v128.load(from, 48), first, signs, odd, mantissas, inversion), 16);
    to += 32;
  }
  if (from < end) v128.store(to, pcmaOf(v128.load(from), v128.load(from, 16), first, signs, odd, mantissas, inversion));
}

// @ts-ignore: decorator
@inline
function pcmaOf(
  low: v128, high: v128, first: v128, signs: v128, odd: v128, mantissas: v128, inversion: v128,
): v128 {
  const lowMagnitude = magnitude(low);
  const highMagnitude = magnitude(high);
  const lowCode = i16x8.sub(exponentAndMantissa(lowMagnitude, odd), first);
  const highCode = i16x8.sub(exponentAndMantissa(highMagnitude, odd), first);
  // The two lowest segments share one step: below 256 the code is the magnitude by 16, which is the greater of both.
  const low8 = i8x16.narrow_i16x8_u(lowMagnitude, highMagnitude);
  const least = v128.and(i16x8.shr_u(low8, 4), mantissas);
  const code = i8x16.max_u(i8x16.narrow_i16x8_u(lowCode, highCode), least);
  return v128.xor(v128.or(code, v128.and(i8x16.narrow_i16x8_s(low, high), signs)), inversion);
}

/** `count` A-law octets, a multiple of 16, to samples. */
export function decodePcma(octets: usize, samples: usize, count: i32): void {
  for (let i = 0; i < count; i += 16) {
    const coded = v128.xor(v128.load(octets + usize(i)), i8x16.splat(0x55));
    const to = samples + (usize(i) << 1);
    v128.store(to, linearOfPcma(i16x8.extend_low_i8x16_u(coded)));
    v128.store(to, linearOfPcma(i16x8.extend_high_i8x16_u(coded)), 16);
  }
}

/** In one's complement, as both laws have it. */
// @ts-ignore: decorator
@inline
function magnitude(samples: v128): v128 {
  return v128.xor(samples, i16x8.shr_s(samples, 15));
}

/**
 * Bits 19 and on of eight numbers of 15 bits as f32, of every odd one as 2^16 times as much; whatever is below a number's
 * fifth bit is cut off.
 */
// @ts-ignore: decorator
@inline
function exponentAndMantissa(numbers: v128, odd: v128): v128 {
  const evens = i32x4.shr_u(f32x4.convert_i32x4_s(v128.andnot(numbers, odd)), 19);
  const odds = i32x4.shr_u(f32x4.convert_i32x4_s(v128.and(numbers, odd)), 3);
  return v128.or(evens, v128.and(odds, odd));
}

/** `coded`: eight octets, complemented, in lanes of 16 bits. */
function linearOfPcmu(coded: v128): v128 {
  const exponent = v128.and(i16x8.shr_u(coded, 4), i16x8.splat(7));
  const mantissa = v128.and(coded, i16x8.splat(15));
  const step = power(i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0), exponent);
  const biased = i16x8.mul(i16x8.add(i16x8.shl(mantissa, 1), i16x8.splat(33)), step);
  return signed(i16x8.shl(i16x8.sub(biased, i16x8.splat(33)), 2), i16x8.ge_s(coded, i16x8.splat(0x80)));
}

/** `coded`: eight octets, every other bit inverted, in lanes of 16 bits. */
function linearOfPcma(coded: v128): v128 {
  const exponent = v128.and(i16x8.shr_u(coded, 4), i16x8.splat(7));
  const mantissa = v128.and(coded, i16x8.splat(15));
  const step = power(i8x16(1, 1, 2, 4, 8, 16, 32, 64, 0, 0, 0, 0, 0, 0, 0, 0), exponent);
  const leading = v128.and(i16x8.ne(exponent, i16x8.splat(0)), i16x8.splat(32));
  const steps = i16x8.add(i16x8.add(i16x8.shl(mantissa, 1), i16x8.splat(1)), leading);
  return signed(i16x8.shl(i16x8.mul(steps, step), 3), i16x8.lt_s(coded, i16x8.splat(0x80)));
}

/** Looks up each lane's low octet; 0x80 in the high one makes the swizzle give zero there. */
function power(table: v128, exponent: v128): v128 {
  return i8x16.swizzle(table, v128.or(exponent, i16x8.splat(i16(0x8000))));
}

/** Negates where `negative` is all ones. */
function signed(magnitude: v128, negative: v128): v128 {
  return i16x8.sub(v128.xor(magnitude, negative), negative);
}
