/** ITU-T G.726 at 32 kbit/s, eight channels at once: see lanes.ts for the jobs, g726.ts for the state of one channel. */
import { constant, CONSTANT_10, CONSTANT_15, CONSTANT_255, CONSTANT_256, CONSTANT_31, CONSTANT_32767, CONSTANT_7, CONSTANT_8191, CONSTANT_M32768, CONSTANT_M8192 } from "./constants.ts";
import { clamp, pairs } from "./fixed.ts";
import {
  ENTRY,
  ENTRY_SR,
  adaptPoles,
  adaptScale,
  adaptSpeed,
  adaptZeros,
  levelsReached,
  magnitudeOf,
  poleSum,
  stepOf,
  storeSignal,
  transitionOf,
  trigger,
  zeroSum,
} from "./g726-adapt-lanes.ts";
import { CODES, COEFFICIENTS, SCALARS, YL } from "./g726-state.ts";
import { MOST_TICKS, SCRATCH } from "./scratch.ts";
import { JOB_FROM, JOB_STATE, JOB_TO, addressOf, gather, scatter, transposeAt } from "./lanes.ts";

/** Working room, not state: one vector a sample, then the entries of the signals. */
const SAMPLES: usize = SCRATCH;
const ENTRIES: usize = SCRATCH + (usize(MOST_TICKS) << 4);
const STATE: usize = memory.data(304, 16);
const SPARE: usize = memory.data(128, 16);
const TURNED: usize = memory.data(128, 16);
const YL_LANES: usize = 256;
/** Samples between two rewinds: what they leave behind stays in the nearest cache. */
const SPAN: usize = 40;
/** The entry of the first sample: six older ones before it. */
const FIRST: usize = ENTRIES + 6 * ENTRY;

/** `count` samples of each channel, a multiple of 80, to half as many octets. */
export function g726EncodeLanes(jobs: usize, lanes: i32, count: i32): void {
  for (let done = 0; done < count; done += MOST_TICKS) {
    const ticks = usize(min(MOST_TICKS, count - done));
    for (let n: usize = 0; n < ticks << 4; n += 128)
      gather(jobs, lanes, JOB_FROM, (usize(done) << 1) + (n >> 3), SAMPLES + n);
    stateIn(jobs, lanes);
    for (let n: usize = 0; n < ticks; n += SPAN) encode(SAMPLES + (n << 4));
    stateOut(jobs, lanes);
    for (let n: usize = 0; n < ticks << 4; n += 128) pack(n, jobs, lanes, (usize(done) >> 1) + (n >> 5));
  }
}

/** Half as many octets of each channel as `count`, a multiple of 80, to `count` samples. */
export function g726DecodeLanes(jobs: usize, lanes: i32, count: i32): void {
  for (let done = 0; done < count; done += MOST_TICKS) {
    const ticks = usize(min(MOST_TICKS, count - done));
    for (let n: usize = 0; n < ticks << 4; n += 128) unpack(n, jobs, lanes, (usize(done) >> 1) + (n >> 5));
    stateIn(jobs, lanes);
    for (let n: usize = 0; n < ticks; n += SPAN) decode(SAMPLES + (n << 4));
    stateOut(jobs, lanes);
    for (let n: usize = 0; n < ticks << 4; n += 128)
      scatter(SAMPLES + n, jobs, lanes, JOB_TO, (usize(done) << 1) + (n >> 3), SPARE);
  }
}

/** SPAN samples become codes in place. */
function encode(from: usize): void {
  let oldest = ENTRIES;
  let zeros = zerosAt(oldest);
  let poles = polesAt(oldest);
  for (let at = from; at < from + (SPAN << 4); at += 16) {
    const step = stepOf(STATE);
    const estimate = i16x8.shr_s(i16x8.add(zeros, poles), 1);
    const error = i16x8.sub(i16x8.shr_s(v128.load(at), 2), estimate);
    const reached = levelsReached(error, step);
    // The smallest magnitude, zero, has one code, a negative one.
    const silent = i16x8.eq(reached, i16x8.splat(0));
    const sign = v128.or(i16x8.shr_s(error, 15), silent);
    v128.store(at, v128.and(v128.xor(i8x16.neg(reached), sign), constant(CONSTANT_15)));
    const index = i8x16.sub(constant(CONSTANT_256), i8x16.add(reached, reached));
    const magnitude = magnitudeOf(index, step);
    const difference = i16x8.sub(v128.xor(magnitude, sign), sign);
    const signal = i16x8.add(estimate, difference);
    const transition = transitionOf(STATE, magnitude);
    const near = adaptScale(STATE, index, step);
    const partial = i16x8.add(i16x8.shr_s(zeros, 1), difference);
    zeros = adaptZeros(STATE, oldest, magnitude, sign, silent);
    poles = adaptPoles(STATE, oldest, partial, signal);
    adaptSpeed(STATE, near);
    oldest += ENTRY;
    if (v128.any_true(transition)) {
      trigger(STATE, transition);
      zeros = zerosAt(oldest);
      poles = polesAt(oldest);
    }
  }
  rewind();
}

/** SPAN codes become samples in place. */
function decode(from: usize): void {
  let oldest = ENTRIES;
  let zeros = zerosAt(oldest);
  let poles = polesAt(oldest);
  for (let at = from; at < from + (SPAN << 4); at += 16) {
    const step = stepOf(STATE);
    const estimate = i16x8.shr_s(i16x8.add(zeros, poles), 1);
    const code = v128.load(at);
    const sign = i16x8.gt_s(code, constant(CONSTANT_7));
    const size = v128.and(v128.xor(code, sign), constant(CONSTANT_7));
    const silent = i16x8.eq(size, i16x8.splat(0));
    const index = pairs(size);
    const magnitude = magnitudeOf(index, step);
    const difference = i16x8.sub(v128.xor(magnitude, sign), sign);
    const signal = i16x8.add(estimate, difference);
    v128.store(at, i16x8.shl(clamp(signal, constant(CONSTANT_M8192), constant(CONSTANT_8191)), 2));
    const transition = transitionOf(STATE, magnitude);
    const near = adaptScale(STATE, index, step);
    poles = adaptPoles(STATE, oldest, i16x8.add(i16x8.shr_s(zeros, 1), difference), signal);
    adaptSpeed(STATE, near);
    zeros = adaptZeros(STATE, oldest, magnitude, sign, silent);
    oldest += ENTRY;
    if (v128.any_true(transition)) {
      trigger(STATE, transition);
      zeros = zerosAt(oldest);
      poles = polesAt(oldest);
    }
  }
  rewind();
}

/** The last six entries become the oldest. */
function rewind(): void {
  for (let n: usize = 0; n < 6 * ENTRY; n += 16) v128.store(ENTRIES + n, v128.load(ENTRIES + SPAN * ENTRY + n));
}

function zerosAt(oldest: usize): v128 {
  return zeroSum(STATE, oldest);
}

function polesAt(oldest: usize): v128 {
  return poleSum(STATE, oldest);
}

function stateIn(jobs: usize, lanes: i32): void {
  gather(jobs, lanes, JOB_STATE, COEFFICIENTS, STATE);
  gather(jobs, lanes, JOB_STATE, SCALARS, STATE + 128);
  gather(jobs, lanes, JOB_STATE, CODES, SPARE);
  for (let lane = 0; lane < 8; lane++)
    store<i32>(STATE + YL_LANES + (usize(lane) << 2), load<i32>(addressOf(jobs, lanes, lane, JOB_STATE) + YL));
  for (let n: usize = 0; n < 6; n++) signalIn(SPARE + (n << 4), FIRST - (n + 1) * ENTRY);
  signalIn(SPARE + 96, FIRST - ENTRY + ENTRY_SR);
  signalIn(SPARE + 112, FIRST - 2 * ENTRY + ENTRY_SR);
}

function signalIn(code: usize, to: usize): void {
  const signed = v128.load(code);
  storeSignal(to, v128.and(signed, constant(CONSTANT_32767)), i16x8.shr_s(signed, 15));
}

function stateOut(jobs: usize, lanes: i32): void {
  scatter(STATE, jobs, lanes, JOB_STATE, COEFFICIENTS, SPARE);
  scatter(STATE + 128, jobs, lanes, JOB_STATE, SCALARS, SPARE);
  for (let n: usize = 0; n < 6; n++) signalOut(FIRST - (n + 1) * ENTRY, TURNED + (n << 4));
  signalOut(FIRST - ENTRY + ENTRY_SR, TURNED + 96);
  signalOut(FIRST - 2 * ENTRY + ENTRY_SR, TURNED + 112);
  scatter(TURNED, jobs, lanes, JOB_STATE, CODES, SPARE);
  for (let lane = 0; lane < lanes; lane++)
    store<i32>(addressOf(jobs, lanes, lane, JOB_STATE) + YL, load<i32>(STATE + YL_LANES + (usize(lane) << 2)));
}

/** The code back from its parts: the exponent's lower octet is offset by 10. */
function signalOut(signal: usize, to: usize): void {
  const exponent = v128.and(i16x8.add(v128.load(signal, 32), constant(CONSTANT_10)), constant(CONSTANT_255));
  const mantissa = v128.and(v128.load(signal), constant(CONSTANT_31));
  const sign = v128.and(v128.load(signal, 48), constant(CONSTANT_M32768));
  v128.store(to, v128.or(sign, v128.or(i16x8.shl(exponent, 5), mantissa)));
}

/** Eight codes of each channel to four octets, the first of two in the low nibble. */
function pack(plane: usize, jobs: usize, lanes: i32, offset: usize): void {
  transposeAt(SAMPLES + plane, 16, TURNED, 16);
  for (let lane = 0; lane < lanes; lane++) {
    const codes = v128.load(TURNED + (usize(lane) << 4));
    const words = i32x4.dot_i16x8_s(codes, i32x4.splat(1 | (16 << 16)));
    const halves = i16x8.narrow_i32x4_s(words, words);
    const octets = i8x16.narrow_i16x8_u(halves, halves);
    store<u32>(addressOf(jobs, lanes, lane, JOB_TO) + offset, i32x4.extract_lane(octets, 0));
  }
}

function unpack(plane: usize, jobs: usize, lanes: i32, offset: usize): void {
  for (let lane = 0; lane < 8; lane++) {
    const octets = i32x4.splat(load<i32>(addressOf(jobs, lanes, lane, JOB_FROM) + offset));
    const words = i16x8.extend_low_i8x16_u(octets);
    const both = v128.shuffle<u16>(v128.and(words, constant(CONSTANT_15)), i16x8.shr_u(words, 4), 0, 8, 1, 9, 2, 10, 3, 11);
    v128.store(TURNED + (usize(lane) << 4), both);
  }
  transposeAt(TURNED, 16, SAMPLES + plane, 16);
}
