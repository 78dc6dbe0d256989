/**
 * How far another clock is from ours, and what the resampler (assembly/rate/drift.ts) is to do about it. Whose clock does
 * not matter: a device's that sends frames, a device's that takes them, a far end's that sends RTP.
 *
 * Each time the other side has sent (or taken) a frame, its time says how many samples lie between the two clocks then;
 * that number does not jump by a frame, as the fill of a ring does. The first second says which number is right. What it
 * is off by is smoothed over 2 s, late frames count as 5 ms late at most, and a PI controller (critically damped, 20 s, after a minute 50 s)
 * makes the ratio, at most 600 ppm and changed by at most 1 ppm in 10 ms.
 *
 *   pass   nothing is off by more than 1 ms: whole frames may pass untouched
 *   run    resampled; the rate is known from how long it took to be 1 ms off
 *   rest   30 s within 2 ppm and 0.5 ms: the fraction glides to 0, and samples pass unchanged until 1 ms is lost again
 */
import { driftBegin } from "./drift.ts";
import {
  AGREED,
  BASE,
  DIRECTION,
  DRIFT_STATE,
  ERROR,
  FILL,
  FRACTION,
  INTEGRAL,
  LEARNING,
  MODE,
  NOTE_TIME,
  NOTES,
  OUTLIERS,
  RATE,
  REST,
  STARTED,
  STEP,
  TARGET,
  TICK_TIME,
} from "./state.ts";

const PASS: i32 = 0;
const RUN: i32 = 1;
const RESTING: i32 = 2;

/** Notes (20 ms) of the first second. */
const LEARNT: i32 = 50;
const SECONDS: f64 = 0.02;
const SMOOTHING: f64 = SECONDS / 2;
/** Notes by which what is smoothed lies behind when it grows steadily. */
const LAG: i32 = 85;
/** rad/s: in the first minute, and then. */
const WIDE: f64 = 0.05;
const NARROW: f64 = 0.02;
const MINUTE: i32 = 3000;
/** Of the rate, and of the ratio: it may have to catch up. */
const MOST: f64 = 550e-6;
const MOST_RATIO: f64 = 600e-6;
const SLEW: f64 = 2e-6;
const AGREEMENT: f64 = 2e-6;
const AGREED_TICKS: i32 = 1500;
/** The fraction goes to rest this fast. */
const GLIDE: f64 = 20e-6;
/** So many outliers in a row are late frames; more are not believed until they are so many that something has jumped. */
const BELIEVED: i32 = 3;
const OUTLIERS_IN_A_ROW: i32 = 25;
const ONE: f64 = 4294967296;

/**
 * `direction`: 1 = the other side sends, -1 = it takes. `ppb`: how much faster its clock is known to be, parts in 10^9;
 * 0 when nothing is known.
 */
export function driftOpen(state: usize, rate: i32, direction: i32, ppb: i32): void {
  memory.fill(state, 0, DRIFT_STATE);
  store<i32>(state, rate, RATE);
  store<i32>(state, direction, DIRECTION);
  store<f64>(state, limited(f64(ppb) * 1e-9, MOST), INTEGRAL);
  if (load<f64>(state, INTEGRAL) >= AGREEMENT || load<f64>(state, INTEGRAL) <= -AGREEMENT) store<i32>(state, RUN, MODE);
  driftBegin(state, 0);
}

/**
 * Once every 20 ms, before frames are put and made. `waiting`: samples between the other side and what has been put (it
 * sends), or between what has been made and the other side (it takes). `time`: when it last sent or took, `now`: the
 * tick's own deadline; both in µs of one clock, modulo 2^32. Returns 0 when whole frames may pass untouched, else 1.
 * After the first 1, `driftBegin` and then `driftPut`.
 */
export function driftTick(state: usize, waiting: i32, time: i32, now: i32): i32 {
  driftNote(state, waiting, time, now);
  if (load<i32>(state, NOTES) >= LEARNT) {
    if (load<i32>(state, MODE) == RUN) regulate(state);
    else watch(state);
  }
  move(state);
  return load<i32>(state, MODE) == PASS ? 0 : 1;
}

/** The same at a tick between two of 20 ms: takes note of the other side, and nothing is regulated. */
export function driftNote(state: usize, waiting: i32, time: i32, now: i32): i32 {
  if (load<i32>(state, STARTED) && time != load<i32>(state, NOTE_TIME)) note(state, waiting, time);
  store<i32>(state, 1, STARTED);
  store<i32>(state, time, NOTE_TIME);
  store<i32>(state, now, TICK_TIME);
  return load<i32>(state, MODE) == PASS ? 0 : 1;
}

/** Frames were dropped, or a gap was filled: what is right has to be learnt again. The rate stays known. */
export function driftLearn(state: usize): void {
  store<i32>(state, 0, NOTES);
  store<f64>(state, 0, LEARNING);
  store<f64>(state, 0, ERROR);
  store<i32>(state, 0, OUTLIERS);
}

/** How much faster the other clock is, parts in 10^9. */
export function driftRate(state: usize): i32 {
  return i32(load<f64>(state, INTEGRAL) * 1e9);
}

/** Between the two clocks beside what is right, in hundredths of a sample. */
export function driftError(state: usize): i32 {
  return i32(load<f64>(state, ERROR) * 100);
}

function note(state: usize, waiting: i32, time: i32): void {
  const direction = f64(load<i32>(state, DIRECTION));
  const since = f64(time - load<i32>(state, TICK_TIME)) * 1e-6 * f64(load<i32>(state, RATE));
  const fraction = f64(load<i64>(state, FRACTION)) / ONE;
  const between = f64(waiting + load<i32>(state, FILL) - load<i32>(state, BASE)) - fraction - direction * since;
  const notes = load<i32>(state, NOTES);
  if (notes < i32.MAX_VALUE) store<i32>(state, notes + 1, NOTES);
  if (notes < LEARNT) {
    store<f64>(state, load<f64>(state, LEARNING) + between, LEARNING);
    if (notes + 1 == LEARNT) store<f64>(state, load<f64>(state, LEARNING) / f64(LEARNT), TARGET);
    return;
  }
  smooth(state, direction * (between - load<f64>(state, TARGET)));
}

/** Late frames weigh as 5 ms at most; when all are, something has jumped. */
function smooth(state: usize, error: f64): void {
  const before = load<f64>(state, ERROR);
  const limit = f64(load<i32>(state, RATE)) * 0.005;
  const off = error - before;
  const kept = limited(off, limit);
  const outliers = off == kept ? 0 : load<i32>(state, OUTLIERS) + 1;
  store<i32>(state, outliers, OUTLIERS);
  if (outliers <= BELIEVED) store<f64>(state, before + kept * SMOOTHING, ERROR);
  if (outliers >= OUTLIERS_IN_A_ROW) driftLearn(state);
}

function regulate(state: usize): void {
  const rate = f64(load<i32>(state, RATE));
  const error = load<f64>(state, ERROR);
  const width = bandwidth(state);
  const integral = load<f64>(state, INTEGRAL) + (width * width * SECONDS * error) / rate;
  store<f64>(state, limited(integral, MOST), INTEGRAL);
  const agrees = limited(integral, AGREEMENT) == integral && limited(error, rate * 0.0005) == error;
  const agreed = agrees ? load<i32>(state, AGREED) + 1 : 0;
  store<i32>(state, agreed, AGREED);
  if (agreed < AGREED_TICKS) return;
  store<i32>(state, RESTING, MODE);
  store<i32>(state, 1, REST);
  begin(state);
}

/** Samples pass unchanged: until 1 ms has been gained or lost, which says how fast. */
function watch(state: usize): void {
  const rate = f64(load<i32>(state, RATE));
  const error = load<f64>(state, ERROR);
  if (limited(error, rate * 0.001) == error) return;
  const seconds = SECONDS * f64(max<i32>(load<i32>(state, NOTES) - LEARNT / 2 - LAG, LAG));
  store<f64>(state, limited(error / (rate * seconds), MOST), INTEGRAL);
  store<i32>(state, RUN, MODE);
  store<i32>(state, 0, REST);
  begin(state);
}

/** What is, is right from now on. Notes count from here. */
function begin(state: usize): void {
  const shift = load<f64>(state, ERROR) * f64(load<i32>(state, DIRECTION));
  store<f64>(state, load<f64>(state, TARGET) + shift, TARGET);
  store<f64>(state, 0, ERROR);
  store<i32>(state, LEARNT, NOTES);
  store<i32>(state, 0, AGREED);
}

/** Brings the step nearer to the one that is wanted. */
function move(state: usize): void {
  const mode = load<i32>(state, MODE);
  const step = load<i64>(state, STEP);
  if (mode == PASS || (mode == RESTING && step == 0 && load<i64>(state, FRACTION) == 0)) return;
  const wanted = mode == RUN ? wantedStep(state) : load<i64>(state, FRACTION) < 1 << 31 ? -GLIDE : GLIDE;
  const from = f64(step) / ONE;
  store<i64>(state, i64((from + limited(wanted - from, SLEW)) * ONE), STEP);
}

/** The other clock sends: we read faster when it is faster. It takes: we make more. */
function wantedStep(state: usize): f64 {
  const own = (2 * bandwidth(state) * load<f64>(state, ERROR)) / f64(load<i32>(state, RATE));
  return limited(load<f64>(state, INTEGRAL) + own, MOST_RATIO) * f64(load<i32>(state, DIRECTION));
}

function bandwidth(state: usize): f64 {
  return load<i32>(state, NOTES) < MINUTE ? WIDE : NARROW;
}

function limited(value: f64, most: f64): f64 {
  return value > most ? most : value < -most ? -most : value;
}
