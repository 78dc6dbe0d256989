/**
 * ITU-T G.711, sixteen samples at a time. Exact over all 65,536 inputs of the ITU-T Software Tool Library.
 *
 * Both laws are a floating-point number of 3 bits exponent and 4 bits mantissa. The exponent is found by comparing the
 * magnitude with each segment's lower end: WebAssembly has no shift by lane.
 */

/** Octet that decodes to the smallest positive value. */
export const SILENCE_PCMU: u8 = 0xff;
export const SILENCE_PCMA: u8 = 0xd5;

/** `count` samples, a multiple of 16, to µ-law octets. */
export function encodePcmu(samples: usize, octets: usize, count: i32): void {
  for (let i = 0; i < count; i += 16) {
    const from = samples + (usize(i) << 1);
    const low = pcmuOf(v128.load(from));
    const high = pcmuOf(v128.load(from, 16));
    v128.store(octets + usize(i), i8x16.narrow_i16x8_u(low, high));
  }
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
  for (let i = 0; i < count; i += 16) {
    const from = samples + (usize(i) << 1);
    const low = pcmaOf(v128.load(from));
    const high = pcmaOf(v128.load(from, 16));
    v128.store(octets + usize(i), i8x16.narrow_i16x8_u(low, high));
  }
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

/** 14-bit one's-complement magnitude plus the bias of 33, cut at 8191. */
function pcmuOf(samples: v128): v128 {
  const sign = i16x8.shr_s(samples, 15);
  const shifted = i16x8.shr_u(v128.xor(samples, sign), 2);
  const magnitude = i16x8.min_s(i16x8.add(shifted, i16x8.splat(33)), i16x8.splat(8191));
  let code = i16x8.shr_u(magnitude, 1);
  code = segment(code, magnitude, 64, i16x8.shr_u(magnitude, 2), 16);
  code = segment(code, magnitude, 128, i16x8.shr_u(magnitude, 3), 32);
  code = segment(code, magnitude, 256, i16x8.shr_u(magnitude, 4), 48);
  code = segment(code, magnitude, 512, i16x8.shr_u(magnitude, 5), 64);
  code = segment(code, magnitude, 1024, i16x8.shr_u(magnitude, 6), 80);
  code = segment(code, magnitude, 2048, i16x8.shr_u(magnitude, 7), 96);
  code = segment(code, magnitude, 4096, i16x8.shr_u(magnitude, 8), 112);
  const inversion = v128.xor(i16x8.splat(0xff), v128.and(sign, i16x8.splat(0x80)));
  return v128.xor(i16x8.sub(code, i16x8.splat(16)), inversion);
}

/** 13-bit one's-complement magnitude; the two lowest segments share one step size. */
function pcmaOf(samples: v128): v128 {
  const sign = i16x8.shr_s(samples, 15);
  const magnitude = i16x8.shr_u(v128.xor(samples, sign), 4);
  let code = magnitude;
  code = segment(code, magnitude, 32, i16x8.shr_u(magnitude, 1), 16);
  code = segment(code, magnitude, 64, i16x8.shr_u(magnitude, 2), 32);
  code = segment(code, magnitude, 128, i16x8.shr_u(magnitude, 3), 48);
  code = segment(code, magnitude, 256, i16x8.shr_u(magnitude, 4), 64);
  code = segment(code, magnitude, 512, i16x8.shr_u(magnitude, 5), 80);
  code = segment(code, magnitude, 1024, i16x8.shr_u(magnitude, 6), 96);
  const inversion = v128.xor(i16x8.splat(0xd5), v128.and(sign, i16x8.splat(0x80)));
  return v128.xor(code, inversion);
}

/** Where the magnitude reaches the segment's lower end: its mantissa plus its exponent, else what was there. */
function segment(code: v128, magnitude: v128, lower: i16, mantissa: v128, exponent: i16): v128 {
  const within = i16x8.ge_s(magnitude, i16x8.splat(lower));
  return v128.bitselect(i16x8.add(mantissa, i16x8.splat(exponent)), code, within);
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
