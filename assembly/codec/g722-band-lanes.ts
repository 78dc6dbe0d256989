/**
 * The two bands of ITU-T G.722 for eight channels, tick by tick: quantizers of the coder, inverse quantizers of the
 * decoder (§6.2). What both share is in g722-predict-lanes.ts.
 */
import { constant, CONSTANT_1, CONSTANT_1012, CONSTANT_1616, CONSTANT_16383, CONSTANT_16384, CONSTANT_18432, CONSTANT_2, CONSTANT_214, CONSTANT_22528, CONSTANT_256, CONSTANT_28, CONSTANT_30, CONSTANT_514, CONSTANT_5792, CONSTANT_63, CONSTANT_M16384 } from "./constants.ts";
import { clamp, multParts } from "./fixed.ts";
import {
  ENTRY,
  PREDICTION,
  STEP_LOG,
  ZERO_PREDICTION,
  evenStepOf,
  mantissaOf,
  nextLog,
  oddStepOf,
  poleSum,
  powerOf,
  zeroSum,
} from "./g722-predict-lanes.ts";
import { high16, low16 } from "./lanes.ts";
import { MOST_TICKS, SCRATCH } from "./scratch.ts";

/** By class of the lower band's magnitude: level (Q15 of the step), W, and the three decision levels within (of 2^14). */
const CLASSES: usize = memory.data<i16>(
  [
    0, 1200, 2584, 4240, 6288, 8968, 12896, 20456,
    -60, -30, 58, 172, 334, 538, 1198, 3042,
    0, 440, 1104, 1892, 2856, 4092, 5832, 8780,
    0, 600, 1292, 2120, 3144, 4484, 6448, 10228,
    140, 760, 1480, 2348, 3432, 4876, 7060, 11676,
  ],
  16,
);
const CLASS_LEVELS: usize = 0;
const CLASS_WEIGHTS: usize = 16;
const FIRST_LEVELS: usize = 32;
const SECOND_LEVELS: usize = 48;
const THIRD_LEVELS: usize = 64;

/** Lower ends of the classes (of 2^14), then that of the higher band's larger magnitude, each beside 2^14. */
const LEVEL_PAIRS: usize = memory.data<i16>(
  [
    288, 16384, 288, 16384, 288, 16384, 288, 16384,
    932, 16384, 932, 16384, 932, 16384, 932, 16384,
    1688, 16384, 1688, 16384, 1688, 16384, 1688, 16384,
    2600, 16384, 2600, 16384, 2600, 16384, 2600, 16384,
    3760, 16384, 3760, 16384, 3760, 16384, 3760, 16384,
    5356, 16384, 5356, 16384, 5356, 16384, 5356, 16384,
    7920, 16384, 7920, 16384, 7920, 16384, 7920, 16384,
    2256, 16384, 2256, 16384, 2256, 16384, 2256, 16384,
  ],
  16,
);

/** One variable of the band for each word of its rows. */
export const BAND: usize = memory.data(272, 16);
/** One vector a tick, or of a decoder one entry: four words of eight channels, then both bands. */
export const PLANES: usize = SCRATCH + 5120;
export const PLANE: usize = usize(MOST_TICKS) << 4;
export const TICK: usize = 64;
/** Difference signals: six older ones, then one a tick. */
export const ENTRIES: usize = SCRATCH + 15360;

/** Quantizes and predicts the lower band; the codes of six bits replace the samples. */
export function encodeLow(plane: usize, ticks: usize): void {
  let oldest = ENTRIES;
  let log = v128.load(BAND, STEP_LOG);
  let prediction = v128.load(BAND, PREDICTION);
  let zeros = v128.load(BAND, ZERO_PREDICTION);
  const end = plane + (ticks << 4);
  for (let at = plane; at < end; at += 16) {
    const mantissa = mantissaOf(log);
    const power = powerOf(log);
    const even = evenStepOf(mantissa, power, 8);
    const odd = oddStepOf(mantissa, power, 8);
    const step = v128.or(even, odd);
    const error = i16x8.sub_sat_s(v128.load(at), prediction);
    const sign = i16x8.shr_s(error, 15);
    // The magnitude in one's complement as ITU-T has it, and its own complement beside the step.
    const complement = v128.not(v128.xor(error, sign));
    const low = low16(step, complement);
    const high = high16(step, complement);
    const passed = classesPassed(low, high);
    const index = i16x8.sub(constant(CONSTANT_256), i16x8.mul(passed, constant(CONSTANT_514)));
    const magnitude = i8x16.swizzle(v128.load(CLASSES, CLASS_LEVELS), index);
    const level = i16x8.sub(v128.xor(magnitude, sign), sign);
    const difference = multParts(even, odd, level);
    v128.store(at, lowCode(sign, passed, index, low, high));
    log = nextLog(log, i8x16.swizzle(v128.load(CLASSES, CLASS_WEIGHTS), index), constant(CONSTANT_18432));
    const partialSign = i16x8.shr_s(i16x8.add_sat_s(difference, zeros), 15);
    zeros = zeroSum(BAND, oldest, difference);
    prediction = i16x8.add_sat_s(poleSum(BAND, i16x8.add_sat_s(prediction, difference), partialSign), zeros);
    oldest += ENTRY;
  }
  saveBand(log, prediction, zeros);
}

/** Minus the number of classes whose lower end the magnitude reaches. */
// @ts-ignore: decorator
@inline
function classesPassed(low: v128, high: v128): v128 {
  const a = i16x8.add(levelPassed(low, high, 0), levelPassed(low, high, 16));
  const b = i16x8.add(levelPassed(low, high, 32), levelPassed(low, high, 48));
  const c = i16x8.add(levelPassed(low, high, 64), levelPassed(low, high, 80));
  return i16x8.add(i16x8.add(a, b), i16x8.add(c, levelPassed(low, high, 96)));
}

/** -1 where the magnitude reaches the step times a level, else 0. `level`: offset in LEVEL_PAIRS. */
// @ts-ignore: decorator
@inline
function levelPassed(low: v128, high: v128, level: usize): v128 {
  const pair = v128.load(LEVEL_PAIRS + level);
  return below(i32x4.dot_i16x8_s(low, pair), i32x4.dot_i16x8_s(high, pair));
}

// @ts-ignore: decorator
@inline
function below(low: v128, high: v128): v128 {
  return i16x8.shr_s(i16x8.narrow_i32x4_s(low, high), 15);
}

/** As `levelPassed` for a level of each lane. */
// @ts-ignore: decorator
@inline
function ownLevelPassed(low: v128, high: v128, levels: v128): v128 {
  const one = constant(CONSTANT_16384);
  return below(i32x4.dot_i16x8_s(low, low16(levels, one)), i32x4.dot_i16x8_s(high, high16(levels, one)));
}

/** The six bits of QUANTL: the class, and which of its four magnitudes it is. */
// @ts-ignore: decorator
@inline
function lowCode(sign: v128, passed: v128, index: v128, low: v128, high: v128): v128 {
  const first = ownLevelPassed(low, high, i8x16.swizzle(v128.load(CLASSES, FIRST_LEVELS), index));
  const second = ownLevelPassed(low, high, i8x16.swizzle(v128.load(CLASSES, SECOND_LEVELS), index));
  const third = ownLevelPassed(low, high, i8x16.swizzle(v128.load(CLASSES, THIRD_LEVELS), index));
  const finer = i16x8.add(i16x8.add(first, second), third);
  const code = i16x8.add(i16x8.add(constant(CONSTANT_63), i16x8.shl(passed, 2)), finer);
  // Negative codes lie 28 lower, but those of the smallest class 2 higher.
  const smallest = i16x8.eq(passed, i16x8.splat(0));
  const offset = i16x8.sub(v128.and(smallest, constant(CONSTANT_30)), constant(CONSTANT_28));
  return i16x8.add(code, v128.and(sign, offset));
}

/** Quantizes and predicts the higher band; its codes of two bits join the lower ones'. */
export function encodeHigh(plane: usize, codes: usize, ticks: usize): void {
  let oldest = ENTRIES;
  let log = v128.load(BAND, STEP_LOG);
  let prediction = v128.load(BAND, PREDICTION);
  let zeros = v128.load(BAND, ZERO_PREDICTION);
  for (let n: usize = 0; n < ticks << 4; n += 16) {
    const mantissa = mantissaOf(log);
    const power = powerOf(log);
    const even = evenStepOf(mantissa, power, 10);
    const odd = oddStepOf(mantissa, power, 10);
    const step = v128.or(even, odd);
    const error = i16x8.sub_sat_s(v128.load(plane + n), prediction);
    const sign = i16x8.shr_s(error, 15);
    const complement = v128.not(v128.xor(error, sign));
    const large = levelPassed(low16(step, complement), high16(step, complement), 112);
    const code = i16x8.add(large, i16x8.add(constant(CONSTANT_1), v128.andnot(constant(CONSTANT_2), sign)));
    v128.store(codes + n, v128.or(v128.load(codes + n), i16x8.shl(code, 6)));
    const difference = highDifference(even, odd, large, sign);
    log = nextLog(log, i16x8.sub(v128.and(large, constant(CONSTANT_1012)), constant(CONSTANT_214)), constant(CONSTANT_22528));
    const partialSign = i16x8.shr_s(i16x8.add_sat_s(difference, zeros), 15);
    zeros = zeroSum(BAND, oldest, difference);
    prediction = i16x8.add_sat_s(poleSum(BAND, i16x8.add_sat_s(prediction, difference), partialSign), zeros);
    oldest += ENTRY;
  }
  saveBand(log, prediction, zeros);
}

function saveBand(log: v128, prediction: v128, zeros: v128): void {
  v128.store(BAND, log, STEP_LOG);
  v128.store(BAND, prediction, PREDICTION);
  v128.store(BAND, zeros, ZERO_PREDICTION);
}

/** Block INVQAH. */
// @ts-ignore: decorator
@inline
function highDifference(even: v128, odd: v128, large: v128, sign: v128): v128 {
  const magnitude = i16x8.add(v128.and(large, constant(CONSTANT_5792)), constant(CONSTANT_1616));
  return multParts(even, odd, i16x8.sub(v128.xor(magnitude, sign), sign));
}
