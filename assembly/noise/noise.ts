/**
 * Comfort noise at the far end, RFC 3389: noise of the level and the spectrum that a SID frame told. Level and
 * spectrum glide: a quarter of the way every 10 ms. The same bits everywhere: an integer generator, and f32 with the
 * operations that IEEE 754 defines.
 */
import {
  BACKWARD,
  COEFFICIENT_TARGETS,
  COEFFICIENTS,
  COSINES,
  MOST_COEFFICIENTS,
  ORDER,
  RANDOM,
  RMS,
  RMS_TARGET,
} from "./state.ts";

/** 80 samples: 10 ms at 8 kHz, 5 at 16. */
const STEP: i32 = 80;
const GLIDE: f32 = 0.25;
/** So near that it is there; without it what goes to zero never gets there. */
const THERE: f32 = 0.0001;
/** Full scale, 0 dBov: the RMS of a square wave between the extremes. */
const FULL_SCALE: f64 = 32768;
/** One dB less: 10^(-1/20). */
const ONE_DB_LESS: f64 = 0.8912509381337456;
const MOST_DB: i32 = 127;
/** Of the sum of two random numbers of 16 bits: 65536 / sqrt(6). */
const RANDOM_RMS: f32 = 26755.21;
const COEFFICIENT_ZERO: i32 = 127;
const COEFFICIENT_STEP: f32 = 258.0 / 32768.0;
const COEFFICIENT_RESERVED: i32 = 255;

/** `seed` tells channels apart that are heard together; silent until a SID frame is taken. */
export function noiseOpen(state: usize, seed: i32): void {
  store<i32>(state, (seed * 0x2545f491) | 1, RANDOM);
}

/**
 * Takes a SID frame of `length` octets: level in -dBov, then reflection coefficients (RFC 3389 §3). Coefficients after
 * the tenth are not used. 0 when it is none (empty, a level above 127, a reserved coefficient): all stays as it was.
 */
export function noiseTake(state: usize, sid: usize, length: i32): i32 {
  if (length < 1 || i32(load<u8>(sid)) > MOST_DB) return 0;
  const order = min<i32>(length - 1, MOST_COEFFICIENTS);
  for (let n = 1; n <= order; n++) if (i32(load<u8>(sid + usize(n))) == COEFFICIENT_RESERVED) return 0;
  for (let n = 0; n < MOST_COEFFICIENTS; n++) {
    const value: f32 = n < order ? f32(i32(load<u8>(sid + usize(n), 1)) - COEFFICIENT_ZERO) * COEFFICIENT_STEP : 0;
    store<f32>(state + usize(n << 2), value, COEFFICIENT_TARGETS);
  }
  store<f32>(state, rmsOf(i32(load<u8>(sid))), RMS_TARGET);
  return 1;
}

/** The next `count` samples of noise, a multiple of 80. */
export function noiseFrame(state: usize, samples: usize, count: i32): void {
  for (let done = 0; done < count; done += STEP) {
    const rms = load<f32>(state, RMS);
    glide(state);
    const gain = rms / RANDOM_RMS;
    fill(state, samples + usize(done << 1), gain, (load<f32>(state, RMS) / RANDOM_RMS - gain) / f32(STEP));
  }
}

function rmsOf(level: i32): f32 {
  let rms = FULL_SCALE;
  for (let n = 0; n < level; n++) rms *= ONE_DB_LESS;
  return level == MOST_DB ? 0 : f32(rms);
}

/** Level and spectrum a step nearer to their targets. */
function glide(state: usize): void {
  store<f32>(state, nearer(load<f32>(state, RMS), load<f32>(state, RMS_TARGET)), RMS);
  let order = 0;
  for (let n = 0; n < MOST_COEFFICIENTS; n++) {
    const at = state + usize(n << 2);
    const coefficient = nearer(load<f32>(at, COEFFICIENTS), load<f32>(at, COEFFICIENT_TARGETS));
    store<f32>(at, coefficient, COEFFICIENTS);
    store<f32>(at, sqrt<f32>(1 - coefficient * coefficient), COSINES);
    if (coefficient != 0) order = n + 1;
  }
  store<i32>(state, order, ORDER);
}

function nearer(now: f32, target: f32): f32 {
  const next = now + (target - now) * GLIDE;
  return abs<f32>(target - next) < THERE ? target : next;
}

/**
 * STEP samples through the all-pole lattice in its normalised form: every stage turns a vector, so that the level is
 * that of the excitation, and nothing grows whatever the coefficients are and while they change.
 */
function fill(state: usize, samples: usize, start: f32, slope: f32): void {
  let random = load<u32>(state, RANDOM);
  const last = state + usize(load<i32>(state, ORDER) << 2);
  let gain = start;
  for (let to = samples; to < samples + usize(STEP << 1); to += 2) {
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    gain += slope;
    let forward = f32((i32(random) >> 16) + i32(i16(random))) * gain;
    for (let at = last - 4; at >= state; at -= 4) {
      const sine = load<f32>(at, COEFFICIENTS);
      const cosine = load<f32>(at, COSINES);
      const backward = load<f32>(at, BACKWARD);
      store<f32>(at, sine * forward + cosine * backward, BACKWARD + 4);
      forward = cosine * forward - sine * backward;
    }
    store<f32>(state, forward, BACKWARD);
    store<i16>(to, i16(i32(nearest<f32>(min<f32>(32767, max<f32>(-32768, forward))))));
  }
  store<u32>(state, random, RANDOM);
}
