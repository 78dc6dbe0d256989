/** A run of steps that are one tone and nothing else, and how far that tone is off its frequency. */
import {
  ABSENT,
  ENERGY,
  LAST,
  LAST_BUT_ONE,
  PEAK_AT_START,
  PEAK_BEFORE,
  POWER,
  PRESENT,
  STEP,
  TURN,
  TURN_LENGTH,
  WAS_PRESENT,
} from "./state.ts";
import { SCALE } from "./tables.ts";

/** Share of the tone in a step's energy. */
const LEAST_SHARE: f32 = 0.8;
/** -43 dBm0 */
const LEAST_POWER: f32 = 13000;
/** Between one step and the run so far: 3 dB. */
const STEADY: f32 = 2;
/** A tone turns in one direction, step by step; what wavers is no tone. */
const STRAIGHT: f32 = 0.9;
/** The turns are summed over about the last half second. */
const KEEP: f32 = 0.99;
const WIDTH: f32 = 40;

/** Takes a step's transform at the tone's frequency in; true when the step is that tone. */
export function stepRun(state: usize, run: usize, re: f32, im: f32, energy: f32): bool {
  const power = (re * re + im * im) * 0.5;
  const before = load<f32>(run, POWER);
  const steady = load<i32>(run, PRESENT) == 0 || (power < before * STEADY && before < power * STEADY);
  const isTone = power >= LEAST_POWER && power * WIDTH >= energy * LEAST_SHARE && steady;
  if (isTone) takeTone(state, run, re, im, power, energy);
  else store<i32>(run, load<i32>(run, ABSENT) + 1, ABSENT);
  store<f32>(run, load<f32>(run, LAST), LAST_BUT_ONE);
  store<f32>(run, load<f32>(run, LAST + 4), LAST_BUT_ONE + 4);
  store<f32>(run, re, LAST);
  store<f32>(run, im, LAST + 4);
  store<i32>(run, isTone ? 1 : 0, WAS_PRESENT);
  return isTone;
}

function takeTone(state: usize, run: usize, re: f32, im: f32, power: f32, energy: f32): void {
  const steps = load<i32>(run, PRESENT);
  if (steps == 0) {
    store<f32>(run, load<f32>(state, PEAK_BEFORE + 8), PEAK_AT_START);
    store<f32>(run, power, POWER);
    store<f32>(run, energy, ENERGY);
  } else {
    store<f32>(run, load<f32>(run, POWER) * 0.9375 + power * 0.0625, POWER);
    store<f32>(run, load<f32>(run, ENERGY) * 0.9375 + energy * 0.0625, ENERGY);
    if (load<i32>(run, WAS_PRESENT) != 0) addTurn(run, re, im);
  }
  store<i32>(run, steps + 1, PRESENT);
  store<i32>(run, 0, ABSENT);
}

/** Both tones make an odd number of half turns in 5 ms: the sign is changed, and a tone that is exact turns by nothing. */
function addTurn(run: usize, re: f32, im: f32): void {
  const lastRe = load<f32>(run, LAST);
  const lastIm = load<f32>(run, LAST + 4);
  const turnRe = -(re * lastRe + im * lastIm);
  const turnIm = -(im * lastRe - re * lastIm);
  const length = sqrt<f32>(turnRe * turnRe + turnIm * turnIm);
  store<f32>(run, load<f32>(run, TURN) * KEEP + turnRe, TURN);
  store<f32>(run, load<f32>(run, TURN + 4) * KEEP + turnIm, TURN + 4);
  store<f32>(run, load<f32>(run, TURN_LENGTH) * KEEP + length, TURN_LENGTH);
}

/** True when the run's mean turn in a step is within the angle of this cosine and the run is one steady tone. */
export function isInTune(run: usize, cosine: f32): bool {
  const re = load<f32>(run, TURN);
  const im = load<f32>(run, TURN + 4);
  const length = sqrt<f32>(re * re + im * im);
  return length > 0 && length >= load<f32>(run, TURN_LENGTH) * STRAIGHT && re >= length * cosine;
}

export function endRun(run: usize): void {
  memory.fill(run, 0, 64);
}

/** Of a step: amplitudes (re 1100, im 1100, re 2100, im 2100). */
export function transformStep(samples: usize, turns: usize): v128 {
  let even = i32x4.splat(0);
  let odd = i32x4.splat(0);
  let turn = turns;
  const end = samples + 2 * STEP;
  for (let at = samples; at < end; at += 16) {
    even = i32x4.add(even, i32x4.dot_i16x8_s(v128.load32_splat(at), v128.load(turn)));
    odd = i32x4.add(odd, i32x4.dot_i16x8_s(v128.load32_splat(at, 4), v128.load(turn, 16)));
    even = i32x4.add(even, i32x4.dot_i16x8_s(v128.load32_splat(at, 8), v128.load(turn, 32)));
    odd = i32x4.add(odd, i32x4.dot_i16x8_s(v128.load32_splat(at, 12), v128.load(turn, 48)));
    turn += 64;
  }
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(even, odd)), f32x4.splat(SCALE));
}

/** Sum of the squares of a step. */
export function energyOf(samples: usize): f32 {
  let energy = i32x4.splat(0);
  const end = samples + 2 * STEP;
  for (let at = samples; at < end; at += 16) {
    const eight = v128.load(at);
    energy = i32x4.add(energy, i32x4.shr_u(i32x4.dot_i16x8_s(eight, eight), 4));
  }
  const sums = f32x4.convert_i32x4_s(energy);
  const pairs = f32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  return (f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)) * 16;
}
