/**
 * Active speech level by ITU-T P.56, method B: the level while somebody speaks. The envelope is smoothed twice with
 * 30 ms; for each of 15 thresholds, 6.02 dB apart below the overload point, the time is counted in which it is reached or
 * was within the last 0.2 s. The active time is that of the threshold 15.9 dB below the level over that time,
 * interpolated between two thresholds.
 */
import { decibels, hundredths, peakFrame } from "./level-power.ts";
import { COUNTS, HANGOVER, KEPT, LEFT, ONCE, PEAK, SEEN, SPEECH_STATE, SQUARES, TWICE } from "./speech-state.ts";

const THRESHOLDS: i32 = 15;
const MARGIN: f64 = 15.9;
/** Level of a stream without speech, hundredths of a dBov. */
const NONE: i32 = -10000;
/** dB between thresholds. */
const STEP: f64 = 6.020599913279624;
/** exp(-1 / (30 ms x rate)) */
const KEPT_8K: f64 = 0.99584200184510996;
const KEPT_16K: f64 = 0.99791883529929926;

/** `rate`: 8000 or 16000. Counts for at least 37 hours. */
export function speechOpen(state: usize, rate: i32): void {
  memory.fill(state, 0, SPEECH_STATE);
  store<f64>(state, rate == 16000 ? KEPT_16K : KEPT_8K, KEPT);
  store<i32>(state, rate / 5, HANGOVER);
}

/** `count`: a multiple of 8, at most 320. */
export function speechFrame(state: usize, samples: usize, count: i32): void {
  const kept = load<f64>(state, KEPT);
  const taken = (1 - kept) / 32768;
  const fresh = i16x8.splat(i16(load<i32>(state, HANGOVER)));
  let once = load<f64>(state, ONCE);
  let twice = load<f64>(state, TWICE);
  let squares: i64 = 0;
  let lowLeft = v128.load(state, LEFT);
  let highLeft = v128.load(state, LEFT + 16);
  let low: v128 = i16x8.splat(0);
  let high: v128 = low;
  for (const end = samples + usize(2 * count); samples < end; samples += 2) {
    const sample = i32(load<i16>(samples));
    squares += i64(sample) * i64(sample);
    once = kept * once + taken * f64(abs<i32>(sample));
    twice = kept * twice + (1 - kept) * once;
    // Threshold j is 2^(j - 15): the exponent says how many are reached.
    const reached = i16x8.splat(i16(i32(reinterpret<i64>(twice) >> 52) - 1023 + 16));
    const lowHit = i16x8.gt_s(reached, i16x8(0, 1, 2, 3, 4, 5, 6, 7));
    const highHit = i16x8.gt_s(reached, i16x8(8, 9, 10, 11, 12, 13, 14, 15));
    low = i16x8.sub(low, v128.or(lowHit, i16x8.ne(lowLeft, i16x8.splat(0))));
    high = i16x8.sub(high, v128.or(highHit, i16x8.ne(highLeft, i16x8.splat(0))));
    lowLeft = v128.bitselect(fresh, i16x8.sub_sat_u(lowLeft, i16x8.splat(1)), lowHit);
    highLeft = v128.bitselect(fresh, i16x8.sub_sat_u(highLeft, i16x8.splat(1)), highHit);
  }
  store<f64>(state, once, ONCE);
  store<f64>(state, twice, TWICE);
  store<f64>(state, load<f64>(state, SQUARES) + f64(squares), SQUARES);
  store<f64>(state, load<f64>(state, SEEN) + f64(count), SEEN);
  v128.store(state, lowLeft, LEFT);
  v128.store(state, highLeft, LEFT + 16);
  addCounts(state + COUNTS, low);
  addCounts(state + COUNTS + 32, high);
  const peak = peakFrame(samples - usize(2 * count), count);
  if (peak > load<i32>(state, PEAK)) store<i32>(state, peak, PEAK);
}

/** Active speech level, hundredths of a dBov; -10000 when nobody spoke. */
export function speechLevel(state: usize): i32 {
  const level = active(state);
  return level == f64.NEGATIVE_INFINITY ? NONE : hundredths(level);
}

/** How much of the time somebody spoke, hundredths of a percent. */
export function speechActivity(state: usize): i32 {
  const level = active(state);
  if (level == f64.NEGATIVE_INFINITY) return 0;
  return hundredths(100 * power(longTerm(state) - level));
}

/** Level over all the time, hundredths of a dBov. */
export function speechLongTerm(state: usize): i32 {
  return load<f64>(state, SQUARES) == 0 ? NONE : hundredths(longTerm(state));
}

/** Greatest magnitude seen, 0 … 32768. */
export function speechPeak(state: usize): i32 {
  return load<i32>(state, PEAK);
}

function addCounts(counts: usize, more: v128): void {
  v128.store(counts, i32x4.add(v128.load(counts), i32x4.extend_low_i16x8_u(more)));
  v128.store(counts, i32x4.add(v128.load(counts, 16), i32x4.extend_high_i16x8_u(more)), 16);
}

function longTerm(state: usize): f64 {
  return over(state, load<f64>(state, SEEN));
}

/** Level of all the energy over so many samples, dBov. */
function over(state: usize, samples: f64): f64 {
  return decibels(load<f64>(state, SQUARES) / (samples * 1073741824));
}

/** The threshold where level and threshold are MARGIN apart, and the level there. */
function active(state: usize): f64 {
  if (load<f64>(state, SQUARES) == 0) return f64.NEGATIVE_INFINITY;
  let before: f64 = 0;
  let gapBefore: f64 = 0;
  for (let j = 0; j < THRESHOLDS; j++) {
    const count = load<i32>(state + COUNTS + usize(4 * j));
    if (count == 0) return f64.NEGATIVE_INFINITY;
    const level = over(state, f64(count));
    const gap = level - STEP * f64(j - THRESHOLDS);
    if (gap <= MARGIN) {
      if (j == 0) return f64.NEGATIVE_INFINITY;
      return before + ((level - before) * (gapBefore - MARGIN)) / (gapBefore - gap);
    }
    before = level;
    gapBefore = gap;
  }
  return f64.NEGATIVE_INFINITY;
}

/** 10^(level / 10) of at most 0 dB, by halves: 3.0103 dB each, and the rest by a series. */
function power(level: f64): f64 {
  const halves = i32(-level / 3.010299956639812);
  const rest = (level + 3.010299956639812 * f64(halves)) * 0.23025850929940458;
  let term: f64 = 1;
  let sum: f64 = 1;
  for (let n = 1; n < 18; n++) {
    term = (term * rest) / f64(n);
    sum += term;
  }
  for (let n = 0; n < halves; n++) sum *= 0.5;
  return sum;
}
