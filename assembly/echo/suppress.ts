/**
 * The non-linear processor: where nothing but residual echo is left, comfort noise as loud and as coloured as the near
 * end's background takes its place, so that the far end neither hears itself nor a hole.
 */
import {
  ECHO_HELD,
  ECHO_POWER,
  FAR_HELD,
  FROM,
  GAIN,
  LEAST_AGE,
  LEAST_BEFORE,
  LEAST_NOW,
  LEFT_POWER,
  LEFT_SMOOTH,
  LEFT_SPECTRUM,
  NOISE_POWER,
  NOISE_PSD,
  NOISE_TAIL,
  OFFSET,
  PASS,
  RANDOM,
  RESIDUAL,
  WORK,
} from "./state.ts";
import { HALF, transform } from "./transform.ts";

/** Above this power of a block (-59 dBm0) there is echo worth the name. */
const AUDIBLE: f32 = 80 * 18 * 18;
/** What is left is echo alone up to so many times the mean residual. */
const MARGIN: f32 = 6;
/** The residual is never believed to be more than this part of the echo, nor less than 45 dB below it. */
const MOST: f32 = 0.02;
const LEAST: f32 = 0.00003;
/** Residual of a filter that knows the path, at most. */
export const SETTLED: f32 = 0.01;
/** That of another; and the echo in a hybrid that reflects little, -20 dB, while none is known yet. */
const UNKNOWN: f32 = 0.2;
const UNHEARD: f32 = 0.01;
/** Blocks after which a minimum is the one before. */
const WINDOW: i32 = 50;
/** Nobody talks below this power of a block (-68 dBm0) while there is echo. */
const FAINT: f32 = 80 * 6 * 6;
/** A background is never louder than this power of a block (-40 dBm0): what is, and is steady, is a tone or a hum. */
const LOUDEST: f32 = 80 * 161 * 161;
/** Blocks that pass after somebody was heard, so that the ends of words are not cut. */
const HANGOVER: i32 = 6;

/** Before the first block. */
export function openSuppressor(state: usize): void {
  store<f32>(state, MOST, RESIDUAL);
  store<f32>(state, 80 * 40 * 40, LEAST_NOW);
  store<f32>(state, 80 * 40 * 40, LEAST_BEFORE);
  store<f32>(state, 80 * 40 * 40, LEFT_SMOOTH);
  store<f32>(state, 1, GAIN);
  for (let lane: usize = 0; lane < 16; lane += 4) store<i32>(state + lane, i32(lane) * 0x9e3779b1 + 12345, RANDOM);
}

/** True when what is left in this block is residual echo and nothing else; learns how much of that there is. */
export function onlyEcho(state: usize): bool {
  const left = load<f32>(state, LEFT_POWER);
  const echo = max(load<f32>(state, ECHO_POWER), load<f32>(state, ECHO_HELD) * <f32>0.75);
  store<f32>(state, echo + <f32>0.01, ECHO_HELD);
  let pass = load<i32>(state, PASS);
  const residual = load<f32>(state, RESIDUAL);
  const noise = load<f32>(state, NOISE_POWER);
  const echoOnly = left < echo * residual * MARGIN + noise * 2 + FAINT;
  if (echo < AUDIBLE) {
    pass = max(pass - 1, 0);
  } else if (echoOnly) {
    pass = max(pass - 1, 0);
    const found = residual + (max<f32>(left - noise, 0) / echo - residual) * <f32>(1.0 / 16.0);
    store<f32>(state, min(max(found, LEAST), MOST), RESIDUAL);
  } else {
    pass = min(pass + 3, HANGOVER);
    store<f32>(state, min<f32>(residual * <f32>1.005, MOST), RESIDUAL);
  }
  store<i32>(state, pass, PASS);
  return echo >= AUDIBLE && echoOnly && pass == 0;
}

/**
 * Learns the near end's background: what is never undercut for long. The echo pauses when the far end does, so the
 * least of the last half to whole second is the background, and what is not much louder nor residual has its colour.
 */
export function learnBackground(state: usize): void {
  const left = load<f32>(state, LEFT_POWER);
  const smooth = (load<f32>(state, LEFT_SMOOTH) + left) * <f32>0.5 + <f32>0.01;
  store<f32>(state, smooth, LEFT_SMOOTH);
  const age = load<i32>(state, LEAST_AGE) + 1;
  const begin = age >= WINDOW;
  const least = load<f32>(state, LEAST_NOW);
  if (begin) store<f32>(state, least, LEAST_BEFORE);
  store<f32>(state, begin ? smooth : min(least, smooth), LEAST_NOW);
  store<i32>(state, begin ? 0 : age, LEAST_AGE);
  const floor = min(load<f32>(state, LEAST_NOW), load<f32>(state, LEAST_BEFORE));
  const noise = load<f32>(state, NOISE_POWER);
  if (left > LOUDEST) return;
  // Whatever else is in it, a background louder than everything is none.
  if ((left > floor * 2.5 || left < residualAtMost(state)) && left * 2 > noise) return;
  store<f32>(state, noise + (left - noise) * <f32>(1.0 / 16.0) + <f32>0.01, NOISE_POWER);
  const step = f32x4.splat(1.0 / 16.0);
  for (let k: usize = 0; k < 512; k += 16) {
    const re = v128.load(state + k, LEFT_SPECTRUM);
    const im = v128.load(state + k, LEFT_SPECTRUM + 512);
    const power = f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im));
    const known = v128.load(state + k, NOISE_PSD);
    const next = f32x4.add(known, f32x4.mul(f32x4.sub(power, known), step));
    v128.store(state + k, f32x4.add(next, f32x4.splat(0.01)), NOISE_PSD);
  }
}

/** What the echo may have left in this block; a filter that still learns may leave nearly all of it. */
function residualAtMost(state: usize): f32 {
  const share = load<f32>(state, RESIDUAL);
  if (share < SETTLED) return load<f32>(state, ECHO_HELD) * share * 4;
  return max(load<f32>(state, ECHO_HELD) * UNKNOWN, load<f32>(state, FAR_HELD) * UNHEARD);
}

/** Fades from what is left to comfort noise or back within the block, or stays; `near` gets the result. */
export function suppress(state: usize, near: usize, only: bool): bool {
  const from = load<f32>(state, GAIN);
  const to: f32 = only ? 0 : 1;
  store<f32>(state, to, GAIN);
  if (from == 1 && to == 1) return false;
  comfortNoise(state);
  const round = f32x4.splat(12582912);
  const offset = v128.load32_splat(state, OFFSET);
  const step = f32x4.splat((to - from) * <f32>(4.0 / 80.0));
  let gain = f32x4.add(f32x4.splat(from), f32x4.mul(step, f32x4(0.25, 0.5, 0.75, 1)));
  for (let n: usize = 0; n < 80; n += 4) {
    const noise = v128.load(state + (n << 2), FROM);
    const left = f32x4.sub(f32x4.convert_i32x4_s(v128.load16x4_s(near + (n << 1))), offset);
    const wanted = f32x4.add(noise, f32x4.mul(f32x4.sub(left, noise), gain));
    const rounded = i32x4.sub(f32x4.add(f32x4.add(wanted, offset), round), round);
    v128.store64_lane(near + (n << 1), i16x8.narrow_i32x4_s(rounded, rounded), 0);
    gain = f32x4.add(gain, step);
  }
  return true;
}

/** 80 numbers to FROM: random phases in the background's spectrum, cross-faded with the block before. */
function comfortNoise(state: usize): void {
  const re = state + FROM;
  let random = v128.load(state, RANDOM);
  // Uniform in ±2^31: a variance of a third; 256 samples' power from that of 80.
  const power = f32x4.splat(4.8 / (2147483648.0 * 2147483648.0));
  for (let k: usize = 0; k < 512; k += 16) {
    const size = f32x4.sqrt(f32x4.mul(v128.load(state + k, NOISE_PSD), power));
    random = scramble(random);
    v128.store(re + k, f32x4.mul(f32x4.convert_i32x4_s(random), size));
    random = scramble(random);
    v128.store(re + k, f32x4.mul(f32x4.convert_i32x4_s(random), size), 512);
  }
  // Nobody's background is direct current.
  store<f32>(re, 0);
  store<f32>(re, 0, 512);
  v128.store(state, random, RANDOM);
  // Not untwisted: a quarter of a bin is no matter, and the real part goes round without a seam. 48…127, then 0…79.
  transform(re + HALF, re, re + HALF, re, state + WORK);
  const scale = f32x4.splat(1.0 / 128.0);
  let ramp = f32x4(0.5 / 80.0, 1.5 / 80.0, 2.5 / 80.0, 3.5 / 80.0);
  for (let n: usize = 0; n < 320; n += 16) {
    const rise = f32x4.sqrt(ramp);
    const fall = f32x4.sqrt(f32x4.sub(f32x4.splat(1), ramp));
    const now = f32x4.mul(v128.load(re + n, 192), scale);
    const later = f32x4.mul(v128.load(re + n), scale);
    const tail = v128.load(state + n, NOISE_TAIL);
    v128.store(re + n, f32x4.add(f32x4.mul(now, rise), tail));
    v128.store(state + n, f32x4.mul(later, fall), NOISE_TAIL);
    ramp = f32x4.add(ramp, f32x4.splat(4.0 / 80.0));
  }
}

/** Linear congruence, four at once; only the upper bits are good, and only they matter to a float. */
function scramble(random: v128): v128 {
  return i32x4.add(i32x4.mul(random, i32x4.splat(1664525)), i32x4.splat(1013904223));
}
