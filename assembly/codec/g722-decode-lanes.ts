/**
 * The decoder of ITU-T G.722 for eight channels (§6.2), band by band. Only the prediction goes round: step sizes, difference
 * signals and zero coefficients follow from the code words alone. So each is a loop of its own over all ticks, whose
 * variables stay in registers.
 *
 * What lies in a tick's four vectors, from loop to loop:
 *
 *   levels         higher band's level | finer level | level | step
 *   differences    higher band's level | finer difference | difference | step
 *   zeroSums       the same, but the next tick's zero prediction instead of the step
 *   poleSums       higher band's level | sample of the lower band | sample of the higher band
 */
import { constant, CONSTANT_1012, CONSTANT_12288, CONSTANT_128, CONSTANT_15360, CONSTANT_1616, CONSTANT_16511, CONSTANT_18432, CONSTANT_214, CONSTANT_22528, CONSTANT_254, CONSTANT_255, CONSTANT_256, CONSTANT_M12288, CONSTANT_M192, CONSTANT_M32768 } from "./constants.ts";
import { clamp, evenOdd, evenOf, multParts, oddOf } from "./fixed.ts";
import { BAND, ENTRIES, PLANES, TICK } from "./g722-band-lanes.ts";
import { ENTRY, PREDICTION, STEP_LOG, ZERO_PREDICTION, nextLog } from "./g722-predict-lanes.ts";
import { high16, low16 } from "./lanes.ts";

/** Step of the higher band by its logarithm's upper 10 bits (block SCALEH); SCALEL has the one 64 further on. */
const STEPS: usize = memory.data<u16>(
  [
    8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 16,
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 20, 20, 20, 20, 20, 20, 20, 20, 24, 24, 24, 24, 24, 24, 24, 28, 28, 28,
    28, 28, 28, 32, 32, 32, 32, 32, 32, 36, 36, 36, 36, 36, 40, 40, 40, 40, 44, 44, 44, 44, 48, 48, 48, 48, 52, 52,
    52, 56, 56, 56, 56, 60, 60, 64, 64, 64, 68, 68, 68, 72, 72, 76, 76, 76, 80, 80, 84, 84, 88, 88, 92, 92, 96, 96,
    100, 100, 104, 104, 108, 112, 112, 116, 116, 120, 124, 128, 128, 132, 136, 136, 140, 144, 148, 152, 152, 156, 160,
    164, 168, 172, 176, 180, 184, 188, 192, 196, 200, 204, 208, 212, 220, 224, 228, 232, 236, 244, 248, 256, 260, 264,
    272, 276, 284, 288, 296, 304, 308, 316, 324, 332, 336, 344, 352, 360, 368, 376, 384, 392, 400, 412, 420, 428, 440,
    448, 456, 468, 476, 488, 500, 512, 520, 532, 544, 556, 568, 580, 592, 608, 620, 632, 648, 664, 676, 692, 708, 724,
    740, 756, 772, 788, 804, 824, 840, 860, 880, 896, 916, 936, 956, 980, 1000, 1024, 1044, 1068, 1092, 1116, 1140,
    1164, 1188, 1216, 1244, 1268, 1296, 1328, 1356, 1384, 1416, 1448, 1480, 1512, 1544, 1576, 1612, 1648, 1684, 1720,
    1760, 1796, 1836, 1876, 1916, 1960, 2004, 2048, 2092, 2136, 2184, 2232, 2280, 2332, 2380, 2432, 2488, 2540, 2596,
    2656, 2712, 2772, 2832, 2896, 2960, 3024, 3088, 3156, 3228, 3296, 3368, 3444, 3520, 3596, 3676, 3756, 3836, 3920,
    4008, 4096, 4184, 4276, 4372, 4464, 4564, 4664, 4764, 4868, 4976, 5084, 5196, 5312, 5428, 5548, 5668, 5792, 5920,
    6048, 6180, 6316, 6456, 6596, 6740, 6888, 7040, 7192, 7352, 7512, 7676, 7844, 8016, 8192, 8372, 8556, 8744, 8932,
    9128, 9328, 9532, 9740, 9956, 10172, 10396, 10624, 10856, 11096, 11336, 11584, 11840, 12100, 12364, 12632, 12912,
    13192, 13484, 13776, 14080, 14388, 14704, 15024, 15352, 15688, 16032, 16384,
  ],
  16,
);
const LOW_STEPS: usize = STEPS + 128;

// Of a tick.
const HIGH_LEVEL: usize = 0;
const FINER: usize = 16;
const DIFFERENCE: usize = 32;
const STEP: usize = 48;
const NEXT_ZEROS: usize = 48;
/** The entry of six ticks before, from a tick's vectors on: both are 64 octets long. */
const OLDEST: usize = ENTRIES - PLANES;

const POLE_1: usize = 96;
const POLE_2: usize = 112;
const RECONSTRUCTED_1: usize = 128;
const SIGN_1: usize = 160;
const SIGN_2: usize = 176;
/** Written, never read. */
const UNUSED: usize = 256;

/**
 * The lower band: the entries of eight octets a tick, four words each, become the levels of the higher band and the
 * samples of the lower.
 */
export function decodeLow(ticks: usize): void {
  lowLevels(ticks);
  lowZeros(ticks);
  poleSums(ticks, true);
}

/** The higher band: its samples beside the lower ones. */
export function decodeHigh(ticks: usize): void {
  highLevels(ticks);
  highZeros(ticks);
  poleSums(ticks, false);
}

function lowLevels(ticks: usize): void {
  let log = v128.load(BAND, STEP_LOG);
  const end = PLANES + ticks * TICK;
  for (let at = PLANES; at < end; at += TICK) {
    const first = low16(v128.load(at), v128.load(at, 16));
    const second = high16(v128.load(at), v128.load(at, 16));
    const third = low16(v128.load(at, 32), v128.load(at, 48));
    const fourth = high16(v128.load(at, 32), v128.load(at, 48));
    const low = low16(first, second);
    const high = low16(third, fourth);
    const lowRest = high16(first, second);
    const highRest = high16(third, fourth);
    v128.store(at, v128.shuffle<u64>(lowRest, highRest, 1, 3), HIGH_LEVEL);
    v128.store(at, v128.shuffle<u64>(low, high, 0, 2), FINER);
    v128.store(at, v128.shuffle<u64>(low, high, 1, 3), DIFFERENCE);
    const index = i16x8.shr_u(log, 6);
    v128.store(at, i16x8.add(index, index), STEP);
    log = nextLog(log, v128.shuffle<u64>(lowRest, highRest, 0, 2), constant(CONSTANT_18432));
    lowSteps(at);
  }
  v128.store(BAND, log, STEP_LOG);
}

function highLevels(ticks: usize): void {
  let log = v128.load(BAND, STEP_LOG);
  const end = PLANES + ticks * TICK;
  for (let at = PLANES; at < end; at += TICK) {
    const large = i16x8.gt_s(i16x8.abs(v128.load(at, HIGH_LEVEL)), constant(CONSTANT_1616));
    const index = i16x8.shr_u(log, 6);
    v128.store(at, i16x8.add(index, index), STEP);
    log = nextLog(log, i16x8.sub(v128.and(large, constant(CONSTANT_1012)), constant(CONSTANT_214)), constant(CONSTANT_22528));
    highSteps(at);
  }
  v128.store(BAND, log, STEP_LOG);
}

/** Offsets in a table become the steps there. */
// @ts-ignore: decorator
@inline
function lowSteps(at: usize): void {
  store<u16>(at, load<u16>(load<u16>(at, STEP), LOW_STEPS), STEP);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 2), LOW_STEPS), STEP + 2);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 4), LOW_STEPS), STEP + 4);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 6), LOW_STEPS), STEP + 6);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 8), LOW_STEPS), STEP + 8);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 10), LOW_STEPS), STEP + 10);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 12), LOW_STEPS), STEP + 12);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 14), LOW_STEPS), STEP + 14);
}

/** Offsets in a table become the steps there. */
// @ts-ignore: decorator
@inline
function highSteps(at: usize): void {
  store<u16>(at, load<u16>(load<u16>(at, STEP), STEPS), STEP);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 2), STEPS), STEP + 2);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 4), STEPS), STEP + 4);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 6), STEPS), STEP + 6);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 8), STEPS), STEP + 8);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 10), STEPS), STEP + 10);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 12), STEPS), STEP + 12);
  store<u16>(at, load<u16>(load<u16>(at, STEP + 14), STEPS), STEP + 14);
}

/** Blocks INVQAL, INVQBL, UPZERO and FILTEZ: the difference signals, and the zero prediction of each next tick. */
function lowZeros(ticks: usize): void {
  const half = constant(CONSTANT_254);
  const offset = constant(CONSTANT_M32768);
  let b1 = v128.load(BAND);
  let b2 = v128.load(BAND, 16);
  let b3 = v128.load(BAND, 32);
  let b4 = v128.load(BAND, 48);
  let b5 = v128.load(BAND, 64);
  let b6 = v128.load(BAND, 80);
  let sum: v128 = half;
  let b: v128 = half;
  const end = PLANES + ticks * TICK;
  for (let at = PLANES; at < end; at += TICK) {
    const step = v128.load(at, STEP);
    const evenStep = evenOf(step);
    const oddStep = oddOf(step);
    v128.store(at, multParts(evenStep, oddStep, v128.load(at, FINER)), FINER);
    const difference = multParts(evenStep, oddStep, v128.load(at, DIFFERENCE));
    v128.store(at, difference, DIFFERENCE);
    const doubled = i16x8.shl(difference, 1);
    const sign = i16x8.shr_s(difference, 15);
    v128.store(at, evenOf(doubled), OLDEST + 6 * ENTRY);
    v128.store(at, oddOf(doubled), OLDEST + 6 * ENTRY + 16);
    v128.store(at, sign, OLDEST + 6 * ENTRY + 32);
    const still = i16x8.eq(difference, i16x8.splat(0));
    // Grows by 256 where the signs agree, by 0 where not; by 128 where the signal is zero.
    const turn = v128.andnot(constant(CONSTANT_256), still);
    const growth = v128.or(v128.andnot(turn, sign), v128.and(still, constant(CONSTANT_128)));
    b6 = grown(b6, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 32))), half);
    b = v128.xor(b6, offset);
    sum = settled(multParts(v128.load(at, OLDEST + ENTRY), v128.load(at, OLDEST + ENTRY + 16), b));
    b5 = grown(b5, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + ENTRY + 32))), half);
    b = v128.xor(b5, offset);
    sum = settled(i16x8.add_sat_s(sum, multParts(v128.load(at, OLDEST + 2 * ENTRY), v128.load(at, OLDEST + 2 * ENTRY + 16), b)));
    b4 = grown(b4, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 2 * ENTRY + 32))), half);
    b = v128.xor(b4, offset);
    sum = settled(i16x8.add_sat_s(sum, multParts(v128.load(at, OLDEST + 3 * ENTRY), v128.load(at, OLDEST + 3 * ENTRY + 16), b)));
    b3 = grown(b3, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 3 * ENTRY + 32))), half);
    b = v128.xor(b3, offset);
    sum = settled(i16x8.add_sat_s(sum, multParts(v128.load(at, OLDEST + 4 * ENTRY), v128.load(at, OLDEST + 4 * ENTRY + 16), b)));
    b2 = grown(b2, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 4 * ENTRY + 32))), half);
    b = v128.xor(b2, offset);
    sum = settled(i16x8.add_sat_s(sum, multParts(v128.load(at, OLDEST + 5 * ENTRY), v128.load(at, OLDEST + 5 * ENTRY + 16), b)));
    b1 = grown(b1, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 5 * ENTRY + 32))), half);
    b = v128.xor(b1, offset);
    v128.store(at, i16x8.add_sat_s(sum, multParts(v128.load(at, OLDEST + 6 * ENTRY), v128.load(at, OLDEST + 6 * ENTRY + 16), b)), NEXT_ZEROS);
  }
  v128.store(BAND, b1);
  v128.store(BAND, b2, 16);
  v128.store(BAND, b3, 32);
  v128.store(BAND, b4, 48);
  v128.store(BAND, b5, 64);
  v128.store(BAND, b6, 80);
}

/**
 * Block INVQAH and the same. These signals have 13 bits: fourfold, their products lie in the upper halves of 32 bits and
 * are added there, the even lanes and the odd ones apart, what is below them not minded.
 */
function highZeros(ticks: usize): void {
  const half = constant(CONSTANT_254);
  const offset = constant(CONSTANT_M32768);
  let b1 = v128.load(BAND);
  let b2 = v128.load(BAND, 16);
  let b3 = v128.load(BAND, 32);
  let b4 = v128.load(BAND, 48);
  let b5 = v128.load(BAND, 64);
  let b6 = v128.load(BAND, 80);
  let even: v128 = half;
  let odd: v128 = half;
  let b: v128 = half;
  const end = PLANES + ticks * TICK;
  for (let at = PLANES; at < end; at += TICK) {
    const step = v128.load(at, STEP);
    const difference = multParts(evenOf(step), oddOf(step), v128.load(at, HIGH_LEVEL));
    v128.store(at, difference, DIFFERENCE);
    const fourfold = i16x8.shl(difference, 2);
    const sign = i16x8.shr_s(difference, 15);
    v128.store(at, evenOf(fourfold), OLDEST + 6 * ENTRY);
    v128.store(at, oddOf(fourfold), OLDEST + 6 * ENTRY + 16);
    v128.store(at, sign, OLDEST + 6 * ENTRY + 32);
    const still = i16x8.eq(difference, i16x8.splat(0));
    // Grows by 256 where the signs agree, by 0 where not; by 128 where the signal is zero.
    const turn = v128.andnot(constant(CONSTANT_256), still);
    const growth = v128.or(v128.andnot(turn, sign), v128.and(still, constant(CONSTANT_128)));
    b6 = grown(b6, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 32))), half);
    b = v128.xor(b6, offset);
    even = settled(i32x4.dot_i16x8_s(v128.load(at, OLDEST + ENTRY), b));
    odd = settled(i32x4.dot_i16x8_s(v128.load(at, OLDEST + ENTRY + 16), b));
    b5 = grown(b5, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + ENTRY + 32))), half);
    b = v128.xor(b5, offset);
    even = settled(i16x8.add_sat_s(even, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 2 * ENTRY), b)));
    odd = settled(i16x8.add_sat_s(odd, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 2 * ENTRY + 16), b)));
    b4 = grown(b4, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 2 * ENTRY + 32))), half);
    b = v128.xor(b4, offset);
    even = settled(i16x8.add_sat_s(even, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 3 * ENTRY), b)));
    odd = settled(i16x8.add_sat_s(odd, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 3 * ENTRY + 16), b)));
    b3 = grown(b3, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 3 * ENTRY + 32))), half);
    b = v128.xor(b3, offset);
    even = settled(i16x8.add_sat_s(even, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 4 * ENTRY), b)));
    odd = settled(i16x8.add_sat_s(odd, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 4 * ENTRY + 16), b)));
    b2 = grown(b2, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 4 * ENTRY + 32))), half);
    b = v128.xor(b2, offset);
    even = settled(i16x8.add_sat_s(even, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 5 * ENTRY), b)));
    odd = settled(i16x8.add_sat_s(odd, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 5 * ENTRY + 16), b)));
    b1 = grown(b1, v128.xor(growth, v128.and(turn, v128.load(at, OLDEST + 5 * ENTRY + 32))), half);
    b = v128.xor(b1, offset);
    even = i32x4.shr_u(i16x8.add_sat_s(even, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 6 * ENTRY), b)), 16);
    odd = i16x8.add_sat_s(odd, i32x4.dot_i16x8_s(v128.load(at, OLDEST + 6 * ENTRY + 16), b));
    v128.store(at, evenOdd(even, odd), NEXT_ZEROS);
  }
  v128.store(BAND, b1);
  v128.store(BAND, b2, 16);
  v128.store(BAND, b3, 32);
  v128.store(BAND, b4, 48);
  v128.store(BAND, b5, 64);
  v128.store(BAND, b6, 80);
}

// @ts-ignore: decorator
@inline
function settled(value: v128): v128 {
  v128.store(BAND, value, UNUSED);
  return value;
}

/** Block UPZERO for one coefficient, offset by 32768. */
// @ts-ignore: decorator
@inline
function grown(before: v128, change: v128, half: v128): v128 {
  // The coefficient's 255/256, cut: what goes is b/256 rounded up, which an average gives without overflow.
  return i16x8.add(i16x8.sub(before, i16x8.shr_u(i16x8.avgr_u(before, half), 7)), change);
}

/** Blocks UPPOL2, UPPOL1, FILTEP and PREDIC, and the samples. */
// @ts-ignore: decorator
@inline
function poleSums(ticks: usize, isLow: bool): void {
  let pole1 = v128.load(BAND, POLE_1);
  let pole2 = v128.load(BAND, POLE_2);
  let sign1 = v128.load(BAND, SIGN_1);
  let sign2 = v128.load(BAND, SIGN_2);
  let prediction = v128.load(BAND, PREDICTION);
  let zeros = v128.load(BAND, ZERO_PREDICTION);
  let newest = v128.load(BAND, RECONSTRUCTED_1);
  let olderEven = evenOf(newest);
  let olderOdd = oddOf(newest);
  const end = PLANES + ticks * TICK;
  for (let at = PLANES; at < end; at += TICK) {
    const difference = v128.load(at, DIFFERENCE);
    const reconstructed = i16x8.add_sat_s(prediction, difference);
    newest = i16x8.add_sat_s(reconstructed, reconstructed);
    // Doubled with saturation and halved: within 15 bits (block LIMIT).
    if (isLow) {
      const sample = i16x8.add_sat_s(prediction, v128.load(at, FINER));
      v128.store(at, i16x8.shr_s(i16x8.add_sat_s(sample, sample), 1), FINER);
    } else v128.store(at, i16x8.shr_s(newest, 1), DIFFERENCE);
    const sign = i16x8.shr_s(i16x8.add_sat_s(difference, zeros), 15);
    const same1 = i16x8.eq(sign, sign1);
    const same2 = i16x8.eq(sign, sign2);
    sign2 = sign1;
    sign1 = sign;
    const twice = i16x8.add_sat_s(pole1, pole1);
    const fourfold = i16x8.add_sat_s(twice, twice);
    const turned = i16x8.sub_sat_s(v128.xor(fourfold, same1), same1);
    // 1/128 of it goes, and 128, but comes where the signs agree.
    pole2 = i16x8.sub(pole2, i16x8.shr_s(i16x8.add(pole2, constant(CONSTANT_16511)), 7));
    pole2 = i16x8.sub(i16x8.add(pole2, i16x8.shr_s(turned, 7)), i16x8.shl(same2, 8));
    pole2 = clamp(pole2, constant(CONSTANT_M12288), constant(CONSTANT_12288));
    pole1 = i16x8.sub(pole1, i16x8.shr_s(i16x8.add(pole1, constant(CONSTANT_255)), 8));
    pole1 = i16x8.add(pole1, positiveWhere(same1, constant(CONSTANT_M192)));
    const room = constant(CONSTANT_15360);
    pole1 = clamp(pole1, i16x8.sub(pole2, room), i16x8.sub(room, pole2));
    const older = multParts(olderEven, olderOdd, pole2);
    olderEven = evenOf(newest);
    olderOdd = oddOf(newest);
    zeros = v128.load(at, NEXT_ZEROS);
    prediction = i16x8.add_sat_s(i16x8.add_sat_s(multParts(olderEven, olderOdd, pole1), older), zeros);
  }
  v128.store(BAND, pole1, POLE_1);
  v128.store(BAND, pole2, POLE_2);
  v128.store(BAND, sign1, SIGN_1);
  v128.store(BAND, sign2, SIGN_2);
  v128.store(BAND, prediction, PREDICTION);
  v128.store(BAND, zeros, ZERO_PREDICTION);
  v128.store(BAND, newest, RECONSTRUCTED_1);
}

/** A negative value, turned where `same` is all ones. */
// @ts-ignore: decorator
@inline
function positiveWhere(same: v128, negative: v128): v128 {
  return i16x8.sub(v128.xor(negative, same), same);
}
