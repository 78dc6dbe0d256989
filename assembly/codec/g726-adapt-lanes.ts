/**
 * The adaptive predictor and quantizer of ITU-T G.726 at 32 kbit/s for eight channels: every vector holds one variable of
 * eight channels. The same results as g726.ts.
 *
 * The state lies at `at` as vectors: b1 … b6, a1, a2, then YU, DMS, DML, AP, TD, PK1, PK2 and a free one, then YL in two
 * halves of 32 bits. The signals lie apart, one entry a sample, so that nothing has to be shifted.
 */
import { constant, CONSTANT_12288, CONSTANT_128, CONSTANT_1535, CONSTANT_15360, CONSTANT_16131, CONSTANT_16335, CONSTANT_16433, CONSTANT_16501, CONSTANT_16555, CONSTANT_16604, CONSTANT_16655, CONSTANT_192, CONSTANT_2048, CONSTANT_256, CONSTANT_257, CONSTANT_31, CONSTANT_32, CONSTANT_384, CONSTANT_512, CONSTANT_5120, CONSTANT_544, CONSTANT_64, CONSTANT_8191, CONSTANT_9, CONSTANT_M11776, CONSTANT_M12288, CONSTANT_M8191 } from "./constants.ts";
import { clamp, evenOdd, evenOf, multParts, oddOf } from "./fixed.ts";
import { floatCode, mantissaOf, roundingOf, signOf, signalExponentOf, weigh } from "./g726-float.ts";

/** By magnitude of the code word: the biased logarithm of the quantized difference, W, F times 512. */
const CLASSES: usize = memory.data<i16>(
  [
    14208, 16260, 16391, 16469, 16529, 16579, 16629, 16681,
    -12, 18, 41, 64, 112, 198, 355, 1122,
    0, 0, 0, 512, 512, 512, 1536, 3584,
  ],
  16,
);
const CLASS_LOGS: usize = 0;
const CLASS_WEIGHTS: usize = 16;
const CLASS_RATES: usize = 32;
/** Numbers in f32: what cuts a number of eight bits' precision, and what brings its whole part into the lower bits. */
const CUT: usize = memory.data<f32>([0.49609375, 0.49609375, 0.49609375, 0.49609375], 16);
const WHOLE: usize = memory.data<f32>([12582912, 12582912, 12582912, 12582912], 16);

const A1: usize = 96;
const A2: usize = 112;
const YU: usize = 128;
const DMS: usize = 144;
const DML: usize = 160;
const AP: usize = 176;
const TD: usize = 192;
const PK1: usize = 208;
const PK2: usize = 224;
/** Written, never read. */
const UNUSED: usize = 288;
const YL_LOW: usize = 256;
const YL_HIGH: usize = 272;

/** One entry: DQ as mantissa, rounding, exponent and sign of `weigh`, then SR. */
export const ENTRY: usize = 128;
export const ENTRY_SR: usize = 64;

/** Blocks FMULT and ACCUM: SEZI of six entries from `oldest` on. */
// @ts-ignore: decorator
@inline
export function zeroSum(at: usize, oldest: usize): v128 {
  let sum = settled(at, weighed(v128.load(at), oldest + 5 * ENTRY));
  sum = settled(at, i16x8.add(sum, weighed(v128.load(at, 16), oldest + 4 * ENTRY)));
  sum = settled(at, i16x8.add(sum, weighed(v128.load(at, 32), oldest + 3 * ENTRY)));
  sum = settled(at, i16x8.add(sum, weighed(v128.load(at, 48), oldest + 2 * ENTRY)));
  sum = settled(at, i16x8.add(sum, weighed(v128.load(at, 64), oldest + ENTRY)));
  return settled(at, i16x8.add(sum, weighed(v128.load(at, 80), oldest)));
}

/**
 * The value, which is also stored where nobody reads it: it has to be there before what follows is loaded. Otherwise
 * the engine computes all products side by side, for which there are too few registers.
 */
// @ts-ignore: decorator
@inline
function settled(at: usize, value: v128): v128 {
  v128.store(at, value, UNUSED);
  return value;
}

/** The poles' share of SEI. */
// @ts-ignore: decorator
@inline
export function poleSum(at: usize, oldest: usize): v128 {
  const first = settled(at, weighed(v128.load(at, A1), oldest + (5 * ENTRY + ENTRY_SR)));
  return settled(at, i16x8.add(first, weighed(v128.load(at, A2), oldest + (4 * ENTRY + ENTRY_SR))));
}

// @ts-ignore: decorator
@inline
function weighed(coefficient: v128, signal: usize): v128 {
  return weigh(coefficient, v128.load(signal), v128.load(signal, 16), v128.load(signal, 32), v128.load(signal, 48));
}

/** Blocks LIMA and MIX: Y. */
// @ts-ignore: decorator
@inline
export function stepOf(at: usize): v128 {
  const low = i32x4.shr_s(v128.load(at, YL_LOW), 6);
  const locked = i16x8.narrow_i32x4_s(low, i32x4.shr_s(v128.load(at, YL_HIGH), 6));
  const speed = i16x8.min_s(i16x8.shr_u(v128.load(at, AP), 2), constant(CONSTANT_64));
  const difference = i16x8.sub(v128.load(at, YU), locked);
  const sign = i16x8.shr_s(difference, 15);
  const fourfold = i16x8.shl(i16x8.abs(difference), 2);
  const part = multParts(evenOf(fourfold), oddOf(fourfold), i16x8.shl(speed, 7));
  return i16x8.add(locked, i16x8.sub(v128.xor(part, sign), sign));
}

/**
 * Blocks LOG, SUBTB and QUAN: minus the number of decision levels the difference signal reaches, in both octets of each
 * lane. The logarithm, biased, is the upper half of the magnitude in f32; the step is added to the levels instead of
 * taken from it, which is ready before the difference is.
 */
// @ts-ignore: decorator
@inline
export function levelsReached(difference: v128, step: v128): v128 {
  const magnitude = i16x8.abs(difference);
  const even = f32x4.convert_i32x4_s(evenOf(magnitude));
  const odd = f32x4.convert_i32x4_s(i32x4.shr_u(magnitude, 16));
  const log = evenOdd(i32x4.shr_u(even, 16), odd);
  const base = i16x8.shr_u(step, 2);
  const a = i8x16.add(reached(log, base, constant(CONSTANT_16131)), reached(log, base, constant(CONSTANT_16335)));
  const b = i8x16.add(reached(log, base, constant(CONSTANT_16433)), reached(log, base, constant(CONSTANT_16501)));
  const c = i8x16.add(reached(log, base, constant(CONSTANT_16555)), reached(log, base, constant(CONSTANT_16604)));
  return i8x16.add(i8x16.add(a, b), i8x16.add(c, reached(log, base, constant(CONSTANT_16655))));
}

// @ts-ignore: decorator
@inline
function reached(log: v128, base: v128, level: v128): v128 {
  return i16x8.gt_s(log, i16x8.add(base, level));
}

/** Blocks RECONST, ADDA and ANTILOG: the magnitude of the quantized difference. `index`: of the code's, for a look-up. */
// @ts-ignore: decorator
@inline
export function magnitudeOf(index: v128, step: v128): v128 {
  // The logarithm, biased, is the upper half of the number itself in f32.
  const bits = i16x8.add(i8x16.swizzle(v128.load(CLASSES + CLASS_LOGS), index), i16x8.shr_u(step, 2));
  const even = wholeOf(i32x4.shl(bits, 16));
  const odd = wholeOf(oddOf(bits));
  return evenOdd(even, i32x4.shl(odd, 16));
}

/** The whole part of numbers of eight bits' precision, in the lower 16 bits. */
// @ts-ignore: decorator
@inline
function wholeOf(value: v128): v128 {
  return f32x4.add(f32x4.sub(value, v128.load(CUT)), v128.load(WHOLE));
}

/** `sign`: 0 or -1. */
// @ts-ignore: decorator
@inline
export function storeSignal(to: usize, code: v128, sign: v128): void {
  const mantissa = mantissaOf(code);
  v128.store(to, mantissa);
  v128.store(to, roundingOf(mantissa), 16);
  v128.store(to, signalExponentOf(code), 32);
  v128.store(to, signOf(sign), 48);
}

/**
 * Block UPB, FLOATA, and the share of the zeros in the next sample (SEZI). The entry of this sample is written; each
 * coefficient is adapted by the sign before the entry that it weighs. `silent`: where the magnitude is zero.
 */
// @ts-ignore: decorator
@inline
export function adaptZeros(at: usize, oldest: usize, magnitude: v128, mask: v128, silent: v128): v128 {
  const growth = v128.andnot(constant(CONSTANT_128), silent);
  const signed = i16x8.sub(v128.xor(growth, mask), mask);
  const code = floatCode(magnitude);
  const mantissa = mantissaOf(code);
  const rounding = roundingOf(mantissa);
  const exponent = signalExponentOf(code);
  let sign = signOf(mask);
  v128.store(oldest, mantissa, 6 * ENTRY);
  v128.store(oldest, rounding, 6 * ENTRY + 16);
  v128.store(oldest, exponent, 6 * ENTRY + 32);
  v128.store(oldest, sign, 6 * ENTRY + 48);
  let before = v128.load(oldest, 5 * ENTRY + 48);
  let sum = settled(at, weigh(adapted(at, signed, before), mantissa, rounding, exponent, sign));
  sign = before;
  before = v128.load(oldest, 4 * ENTRY + 48);
  sum = settled(at, i16x8.add(sum, zeroTap(adapted(at + 16, signed, before), oldest + 5 * ENTRY, sign)));
  sign = before;
  before = v128.load(oldest, 3 * ENTRY + 48);
  sum = settled(at, i16x8.add(sum, zeroTap(adapted(at + 32, signed, before), oldest + 4 * ENTRY, sign)));
  sign = before;
  before = v128.load(oldest, 2 * ENTRY + 48);
  sum = settled(at, i16x8.add(sum, zeroTap(adapted(at + 48, signed, before), oldest + 3 * ENTRY, sign)));
  sign = before;
  before = v128.load(oldest, ENTRY + 48);
  sum = settled(at, i16x8.add(sum, zeroTap(adapted(at + 64, signed, before), oldest + 2 * ENTRY, sign)));
  sign = before;
  before = v128.load(oldest, 48);
  return settled(at, i16x8.add(sum, zeroTap(adapted(at + 80, signed, before), oldest + ENTRY, sign)));
}

// @ts-ignore: decorator
@inline
function zeroTap(coefficient: v128, entry: usize, sign: v128): v128 {
  return weigh(coefficient, v128.load(entry), v128.load(entry, 16), v128.load(entry, 32), sign);
}

/** The coefficient, adapted; `sign`: of the signal that it weighed, 1 or -1. */
// @ts-ignore: decorator
@inline
function adapted(at: usize, growth: v128, sign: v128): v128 {
  const before = v128.load(at);
  const leaked = i16x8.sub(before, i16x8.shr_s(before, 8));
  const after = i16x8.add(leaked, i16x8.mul(growth, sign));
  v128.store(at, after);
  return after;
}

/**
 * Blocks ADDC, UPA1, UPA2, LIMC, LIMD, TONE and FLOATB, and the poles' share in the next sample. `partial`: DQSEZ;
 * `signal`: SR.
 */
// @ts-ignore: decorator
@inline
export function adaptPoles(at: usize, oldest: usize, partial: v128, signal: v128): v128 {
  const sign = i16x8.shr_s(partial, 15);
  const still = i16x8.eq(partial, i16x8.splat(0));
  const sign1 = v128.load(at, PK1);
  const same1 = v128.not(v128.xor(sign, sign1));
  const differs2 = v128.xor(sign, v128.load(at, PK2));
  v128.store(at, sign1, PK2);
  v128.store(at, sign, PK1);
  const a1 = v128.load(at, A1);
  const a2 = v128.load(at, A2);
  const bounded = clamp(a1, constant(CONSTANT_M8191), constant(CONSTANT_8191));
  const turned = i16x8.sub(v128.xor(bounded, same1), same1);
  const push = i16x8.sub(constant(CONSTANT_128), v128.and(differs2, constant(CONSTANT_256)));
  const gain = v128.andnot(i16x8.add(i16x8.shr_s(turned, 5), push), still);
  let second = i16x8.add(i16x8.sub(a2, i16x8.shr_s(a2, 7)), gain);
  second = clamp(second, constant(CONSTANT_M12288), constant(CONSTANT_12288));
  const most = i16x8.sub(constant(CONSTANT_15360), second);
  const pull = v128.andnot(i16x8.sub(v128.and(same1, constant(CONSTANT_384)), constant(CONSTANT_192)), still);
  const first = clamp(i16x8.add(i16x8.sub(a1, i16x8.shr_s(a1, 8)), pull), i16x8.neg(most), most);
  v128.store(at, first, A1);
  v128.store(at, second, A2);
  v128.store(at, i16x8.gt_s(constant(CONSTANT_M11776), second), TD);
  const code = floatCode(i16x8.abs(signal));
  const mantissa = mantissaOf(code);
  const exponent = signalExponentOf(code);
  const rounding = roundingOf(mantissa);
  const signalSign = signOf(i16x8.shr_s(signal, 15));
  v128.store(oldest, mantissa, 6 * ENTRY + ENTRY_SR);
  v128.store(oldest, rounding, 6 * ENTRY + ENTRY_SR + 16);
  v128.store(oldest, exponent, 6 * ENTRY + ENTRY_SR + 32);
  v128.store(oldest, signalSign, 6 * ENTRY + ENTRY_SR + 48);
  const older = settled(at, weighed(second, oldest + (5 * ENTRY + ENTRY_SR)));
  return settled(at, i16x8.add(older, weigh(first, mantissa, rounding, exponent, signalSign)));
}

/**
 * Blocks FILTD, LIMB and FILTE, and FILTA, FILTB and SUBTC but for the tone. `index`: of the code word, for a look-up.
 * Gives where the scale is steady, 0 or -1, for `adaptSpeed`. Of the state before the poles adapt: the sooner it is
 * written, the less the next step waits for it.
 */
// @ts-ignore: decorator
@inline
export function adaptScale(at: usize, index: v128, step: v128): v128 {
  const weight = i8x16.swizzle(v128.load(CLASSES + CLASS_WEIGHTS), index);
  const raw = i16x8.add(i16x8.add(step, weight), i16x8.shr_s(i16x8.neg(step), 5));
  const unlocked = clamp(raw, constant(CONSTANT_544), constant(CONSTANT_5120));
  v128.store(at, unlocked, YU);
  const low = v128.load(at, YL_LOW);
  const high = v128.load(at, YL_HIGH);
  v128.store(at, locked(low, i32x4.extend_low_i16x8_s(unlocked)), YL_LOW);
  v128.store(at, locked(high, i32x4.extend_high_i16x8_s(unlocked)), YL_HIGH);
  const rate = i8x16.swizzle(v128.load(CLASSES + CLASS_RATES), index);
  let short = v128.load(at, DMS);
  let long = v128.load(at, DML);
  short = i16x8.add(short, i16x8.shr_s(i16x8.sub(rate, short), 5));
  long = i16x8.add(long, i16x8.shr_s(i16x8.sub(i16x8.shl(rate, 2), long), 7));
  v128.store(at, short, DMS);
  v128.store(at, long, DML);
  const apart = i16x8.abs(i16x8.sub(i16x8.shl(short, 2), long));
  return v128.and(i16x8.gt_s(i16x8.shr_u(long, 3), apart), i16x8.gt_s(step, constant(CONSTANT_1535)));
}

// @ts-ignore: decorator
@inline
function locked(before: v128, unlocked: v128): v128 {
  return i32x4.add(i32x4.add(before, unlocked), i32x4.shr_s(i32x4.neg(before), 6));
}

/** Block FILTC, and what a tone means to it: TD as the poles left it. */
// @ts-ignore: decorator
@inline
export function adaptSpeed(at: usize, near: v128): void {
  const aim = v128.andnot(constant(CONSTANT_512), v128.andnot(near, v128.load(at, TD)));
  const speed = v128.load(at, AP);
  v128.store(at, i16x8.add(speed, i16x8.shr_s(i16x8.sub(aim, speed), 4)), AP);
}

/** Block TRANS: 0 or -1. Hardly ever needed. */
// @ts-ignore: decorator
@inline
export function transitionOf(at: usize, magnitude: v128): v128 {
  return v128.any_true(v128.load(at, TD)) ? jumped(at, magnitude) : i16x8.splat(0);
}

function jumped(at: usize, magnitude: v128): v128 {
  const low = i32x4.shr_u(v128.load(at, YL_LOW), 10);
  const log = i16x8.narrow_i32x4_s(low, i32x4.shr_u(v128.load(at, YL_HIGH), 10));
  const whole = i16x8.shr_u(log, 5);
  const powers = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
  const power = i8x16.swizzle(powers, i16x8.sub(i16x8.mul(whole, constant(CONSTANT_257)), constant(CONSTANT_2048)));
  const first = i16x8.mul(i16x8.add(v128.and(log, constant(CONSTANT_31)), constant(CONSTANT_32)), power);
  const threshold = v128.bitselect(i16x8.splat(31 << 10), first, i16x8.gt_s(whole, constant(CONSTANT_9)));
  const half = i16x8.shr_u(i16x8.add(threshold, i16x8.shr_u(threshold, 1)), 1);
  return v128.and(i16x8.gt_s(magnitude, half), v128.load(at, TD));
}

/** Block TRIGB in the lanes of `transition`. */
// @ts-ignore: decorator
@inline
export function trigger(at: usize, transition: v128): void {
  for (let n: usize = 0; n < 128; n += 16) v128.store(at + n, v128.andnot(v128.load(at + n), transition));
  v128.store(at, v128.andnot(v128.load(at, TD), transition), TD);
  v128.store(at, v128.bitselect(constant(CONSTANT_256), v128.load(at, AP), transition), AP);
}
