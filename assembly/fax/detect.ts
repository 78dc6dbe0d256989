/**
 * The tones with which fax machines and modems begin: CNG (ITU-T T.30: 1100 ± 38 Hz, 0.5 s on, 3 s off), CED and ANS
 * (T.30, V.25: 2100 ± 15 Hz for 2.6 s and more), and what stops echo cancellers: phase reversals every 450 ms (V.25,
 * G.165) or 15 Hz amplitude modulation (ANSam, V.8).
 *
 *   CNG   quiet | 1100 Hz for 0.4-0.62 s | quiet for 0.1 s     then told
 *   CED   2100 Hz for 0.5 s                                     then told, as 3 when it is modulated
 *         two phase reversals 450 ms apart                      told as 3
 */
import { endRun, energyOf, isInTune, stepRun, transformStep } from "./run.ts";
import {
  ABSENT,
  AMPLITUDES,
  ENERGY,
  FAX_DETECT_STATE,
  LAST_BUT_ONE,
  PEAK,
  PEAK_AT_START,
  PEAK_BEFORE,
  PRESENT,
  QUIET_ENERGY,
  QUIET_STEPS,
  RUN_CED,
  RUN_CNG,
  SINCE_REVERSAL,
  STEP,
  SWING,
  TOLD,
  TURN,
  TURN_LENGTH,
} from "./state.ts";
import { MODULATION, MODULATION_STEPS, TURNS } from "./tables.ts";

const NOTHING: i32 = 0;
const CNG: i32 = 1;
const CED: i32 = 2;
const DISABLER: i32 = 3;

/** Energy that counts as quiet beside a tone: -9 dB. */
const QUIET: f32 = 0.12;
/** Cosines of the turns of 50 Hz (CNG) and 33 Hz (CED) in 5 ms. */
const CNG_TUNE: f32 = 0;
const CED_TUNE: f32 = 0.509;
/** Steps of 5 ms. */
const CNG_LEAST: i32 = 80;
const CNG_MOST: i32 = 124;
const CNG_QUIET: i32 = 20;
const CNG_GAP: i32 = 4;
const CED_LEAST: i32 = 100;
const CED_GAP: i32 = 20;
const SWING_BEGINS: i32 = 20;
const REVERSAL_LEAST: i32 = 82;
const REVERSAL_MOST: i32 = 98;
const SAME_REVERSAL: i32 = 10;
/** Cosine of the angle from half a turn within which a turn is a reversal. */
const OPPOSITE: f32 = 0.7;
/** Depth of ANSam's modulation is 20 %. */
const DEPTH_LEAST: f32 = 0.12;
const DEPTH_MOST: f32 = 0.3;

export function faxDetectOpen(state: usize): void {
  memory.fill(state, 0, FAX_DETECT_STATE);
  store<i32>(state, -1, SINCE_REVERSAL);
}

/**
 * Listens to `count` samples of 8 kHz, a multiple of 40. Returns 0, or 1 at the end of a CNG burst, 2 when CED or ANS has
 * sounded for half a second, 3 when that tone is ANSam or has phase reversals (be it after 2).
 */
export function faxDetect(state: usize, samples: usize, count: i32): i32 {
  let found = NOTHING;
  for (let at = 0; at + STEP <= count; at += STEP) {
    const step = samples + (usize(at) << 1);
    const energy = energyOf(step);
    const spectrum = transformStep(step, TURNS);
    const cng = stepCng(state, f32x4.extract_lane(spectrum, 0), f32x4.extract_lane(spectrum, 1), energy);
    const ced = stepCed(state, f32x4.extract_lane(spectrum, 2), f32x4.extract_lane(spectrum, 3), energy);
    store<f32>(state, load<f32>(state, PEAK_BEFORE + 4), PEAK_BEFORE + 8);
    store<f32>(state, load<f32>(state, PEAK_BEFORE), PEAK_BEFORE + 4);
    store<f32>(state, load<f32>(state, PEAK), PEAK_BEFORE);
    store<f32>(state, max<f32>(energy, load<f32>(state, PEAK) * 0.75), PEAK);
    found = max<i32>(found, max<i32>(cng, ced));
  }
  return found;
}

function stepCng(state: usize, re: f32, im: f32, energy: f32): i32 {
  const run = state + RUN_CNG;
  let found = NOTHING;
  const wanted = load<i32>(state, QUIET_STEPS);
  if (wanted > 0) {
    const isQuiet = energy < load<f32>(state, QUIET_ENERGY);
    store<i32>(state, isQuiet ? wanted - 1 : 0, QUIET_STEPS);
    if (isQuiet && wanted == 1) found = CNG;
  }
  if (stepRun(state, run, re, im, energy) || load<i32>(run, PRESENT) == 0) return found;
  if (load<i32>(run, ABSENT) < CNG_GAP) return found;
  const steps = load<i32>(run, PRESENT);
  const quiet = load<f32>(run, ENERGY) * QUIET;
  const isBurst = steps >= CNG_LEAST && steps <= CNG_MOST && load<f32>(run, PEAK_AT_START) < quiet;
  if (isBurst && isInTune(run, CNG_TUNE)) {
    store<i32>(state, CNG_QUIET, QUIET_STEPS);
    store<f32>(state, quiet, QUIET_ENERGY);
  }
  endRun(run);
  return found;
}

function stepCed(state: usize, re: f32, im: f32, energy: f32): i32 {
  const run = state + RUN_CED;
  const reversed = isReversed(run, re, im);
  const isTone = stepRun(state, run, re, im, energy);
  const since = load<i32>(state, SINCE_REVERSAL);
  if (since >= 0) store<i32>(state, since + 1, SINCE_REVERSAL);
  if (!isTone) {
    if (load<i32>(run, ABSENT) > CED_GAP && load<i32>(run, PRESENT) > 0) forgetCed(state, run);
    return NOTHING;
  }
  const steps = load<i32>(run, PRESENT);
  if (load<i32>(state, TOLD) == DISABLER || steps < SWING_BEGINS) return NOTHING;
  if (steps <= CED_LEAST) addSwing(state, steps, sqrt<f32>(re * re + im * im));
  if (!isInTune(run, CED_TUNE)) return NOTHING;
  if (reversed && isSecondReversal(state)) return tell(state, DISABLER);
  if (steps != CED_LEAST) return NOTHING;
  return tell(state, isModulated(state) ? DISABLER : CED);
}

function tell(state: usize, what: i32): i32 {
  store<i32>(state, what, TOLD);
  return what;
}

function forgetCed(state: usize, run: usize): void {
  endRun(run);
  store<i32>(state, NOTHING, TOLD);
  store<i32>(state, -1, SINCE_REVERSAL);
  store<f32>(state, 0, AMPLITUDES);
  store<u64>(state, 0, SWING);
}

function addSwing(state: usize, steps: i32, amplitude: f32): void {
  const turn = MODULATION + (usize(steps % MODULATION_STEPS) << 3);
  store<f32>(state, load<f32>(state, AMPLITUDES) + amplitude, AMPLITUDES);
  store<f32>(state, load<f32>(state, SWING) + amplitude * load<f32>(turn), SWING);
  store<f32>(state, load<f32>(state, SWING + 4) + amplitude * load<f32>(turn, 4), SWING + 4);
}

function isModulated(state: usize): bool {
  const re = load<f32>(state, SWING);
  const im = load<f32>(state, SWING + 4);
  const half = sqrt<f32>(re * re + im * im) / load<f32>(state, AMPLITUDES);
  return half > DEPTH_LEAST * 0.5 && half < DEPTH_MOST * 0.5;
}

/** The phase turned by half a period within 10 ms, beyond what the frequency makes it turn. */
function isReversed(run: usize, re: f32, im: f32): bool {
  const length = max<f32>(load<f32>(run, TURN_LENGTH), 1);
  const turnRe = load<f32>(run, TURN) / length;
  const turnIm = load<f32>(run, TURN + 4) / length;
  const beforeRe = load<f32>(run, LAST_BUT_ONE);
  const beforeIm = load<f32>(run, LAST_BUT_ONE + 4);
  const nowRe = re * beforeRe + im * beforeIm;
  const nowIm = im * beforeRe - re * beforeIm;
  const twice = turnRe * turnIm;
  const along = nowRe * (turnRe * turnRe - turnIm * turnIm) + nowIm * (twice + twice);
  return along < -OPPOSITE * sqrt<f32>(nowRe * nowRe + nowIm * nowIm);
}

/** Takes note of a reversal; true when it came 450 ms after another one. */
function isSecondReversal(state: usize): bool {
  const since = load<i32>(state, SINCE_REVERSAL);
  // One reversal is seen by up to three steps.
  if (since >= 0 && since < SAME_REVERSAL) return false;
  store<i32>(state, 0, SINCE_REVERSAL);
  return since >= REVERSAL_LEAST && since <= REVERSAL_MOST;
}
