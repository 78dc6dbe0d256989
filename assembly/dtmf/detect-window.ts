/**
 * The close look at two tones that seem to be there: two windows of 20 ms, 5 ms apart, in the newest 25 ms.
 *
 *   |---- window A: 160 samples ----|
 *        |---- window B: 160 samples ----|
 *   0    40                         160  200 = now
 *
 * How much a tone turned between them is its frequency; what it does not explain of the energy is something else.
 */
import { reversed } from "./detect-block.ts";
import { BLOCK_OCTETS, ENERGIES, KEPT_BLOCKS, KEPT_ROWS, PLACE, ROW, SAMPLES } from "./detect-state.ts";
import { TOLERANCES, TURNS_OF_40, WINDOW_SCALE, WINDOWS, WINDOWS_STRIDE } from "./detect-tables.ts";

/** Samples of a window. */
const WINDOW: f32 = 160;
/** Of the energy of window B, both tones together have to explain at least this, */
const LEAST_SHARE: f32 = 0.88;
/** and not more than this: they fade, or begin within. */
const MOST_SHARE: f32 = 1.35;
/** Least power of a tone, -37 dBm0. */
const LEAST_POWER: f32 = 51900;
/** The high tone may be 10 dB weaker or 6 dB stronger than the low one (power). ITU-T Q.24: 8 and 4, Denmark 6, Australia 10. */
const WEAKER: f32 = 0.1;
const STRONGER: f32 = 4.2;
/** A tone's power in window A may differ from that in window B by 0.8 dB. */
const STEADY: f32 = 1.2;

/** True when the newest 25 ms are the tones `low` and `high` (0-3 and 4-7) within tolerance and nothing else. */
export function isWholly(state: usize, low: i32, high: i32): bool {
  const a = tone(state, low);
  if (a < LEAST_POWER) return false;
  const b = tone(state, high);
  if (b < LEAST_POWER || b < a * WEAKER || b > a * STRONGER) return false;
  const row = load<i32>(state, ROW);
  const before = (row - 1) & (KEPT_ROWS - 1);
  const energy = load<f32>(state + (usize(row) << 2), ENERGIES) + load<f32>(state + (usize(before) << 2), ENERGIES);
  const explained = (a + b) * WINDOW;
  return explained > energy * LEAST_SHARE && explained < energy * MOST_SHARE;
}

/** Power of the tone in window B, made up for what the window takes off its frequency; 0 when it is out of tolerance. */
function tone(state: usize, index: i32): f32 {
  const early = correlate(state, 0, index);
  const late = correlate(state, 40, index);
  const earlyRe = f32x4.extract_lane(early, 0);
  const earlyIm = f32x4.extract_lane(early, 1);
  const lateRe = f32x4.extract_lane(late, 0);
  const lateIm = f32x4.extract_lane(late, 1);
  const powerEarly = earlyRe * earlyRe + earlyIm * earlyIm;
  const powerLate = lateRe * lateRe + lateIm * lateIm;
  if (powerEarly > powerLate * STEADY || powerLate > powerEarly * STEADY) return 0;
  const turn = TURNS_OF_40 + (usize(index) << 3);
  const re = lateRe * earlyRe + lateIm * earlyIm;
  const im = lateIm * earlyRe - lateRe * earlyIm;
  const along = re * load<f32>(turn) + im * load<f32>(turn, 4);
  const length = sqrt<f32>(powerEarly * powerLate);
  if (along < length * load<f32>(TOLERANCES + (usize(index) << 2))) return 0;
  // 1 / (response of Hann's window at this distance)^2 as a polynomial of 1 - cos(turn).
  const off: f32 = length > 0 ? 1 - along / length : 0;
  return powerLate * WINDOW_SCALE * (1 + off * (1.0456 + off * 1.392));
}

/** (real, imaginary) of a frequency in the window that begins `from` samples into the newest 200. */
function correlate(state: usize, from: i32, index: i32): v128 {
  // The ring's oldest block begins 240 samples ago.
  const oldest = load<i32>(state, PLACE) + 1;
  const begin = (oldest == KEPT_BLOCKS ? 0 : oldest) * BLOCK_OCTETS + (from + 40) * 2;
  const cosines = WINDOWS + usize(index) * WINDOWS_STRIDE;
  let real = i32x4.splat(0);
  let imaginary = i32x4.splat(0);
  for (let at = 0; at < 160; at += 16) {
    const early = v128.load(sample(state, begin + at));
    const late = v128.load(sample(state, begin + 304 - at));
    const a = i16x8.shr_s(early, 1);
    const b = i16x8.shr_s(reversed(late), 1);
    const turn = cosines + usize(at);
    real = i32x4.add(real, i32x4.dot_i16x8_s(i16x8.add(a, b), v128.load(turn)));
    imaginary = i32x4.add(imaginary, i32x4.dot_i16x8_s(i16x8.sub(a, b), v128.load(turn, 160)));
  }
  // Each lane fits 32 bits, their sum may not.
  const re = f32x4.convert_i32x4_s(real);
  const im = f32x4.convert_i32x4_s(imaginary);
  const pairs = f32x4.add(v128.shuffle<i32>(re, im, 0, 4, 1, 5), v128.shuffle<i32>(re, im, 2, 6, 3, 7));
  return f32x4.add(pairs, v128.shuffle<i32>(pairs, pairs, 2, 3, 0, 1));
}

function sample(state: usize, at: i32): usize {
  const size = KEPT_BLOCKS * BLOCK_OCTETS;
  return state + SAMPLES + usize(at >= size ? at - size : at);
}
