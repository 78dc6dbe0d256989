/**
 * Comfort noise at the near end, RFC 3389: what the background is like, from the frames in which nobody speaks, and
 * the SID frame that tells it.
 */
import { HEARD, MOST_COEFFICIENTS, ROOM, ROOM_ZEROS } from "./state.ts";

/** 20 ms at 8 kHz. */
const SPAN: i32 = 160;
/** Share of 20 ms in what was heard before: the last 160 ms count most. */
const SHARE: f32 = 0.125;
const FULL_SCALE_SQUARED: f64 = 1073741824.0;
const HALF_DB_LESS: f64 = 0.8912509381337456;
const ONE_DB_LESS: f64 = 0.7943282347242815;
const MOST_DB: i32 = 127;
const COEFFICIENT_ZERO: i32 = 127;
const COEFFICIENT_STEPS: f64 = 32768.0 / 258.0;
/** Keeps a single sine from making a filter that rings. */
const WHITENING: f64 = 1.0001;

/** Listens to a frame of background, a multiple of 80 samples. */
export function noiseHear(state: usize, samples: usize, count: i32): void {
  const room = state + ROOM;
  for (let done = 0; done < count; done += SPAN) {
    const part = min<i32>(SPAN, count - done);
    memory.fill(room, 0, usize(ROOM_ZEROS));
    memory.copy(room + usize(ROOM_ZEROS), samples + usize(done << 1), usize(part << 1));
    const share: f32 = load<f32>(state, HEARD) == 0 ? 1 : (SHARE * f32(part)) / f32(SPAN);
    for (let lag = 0; lag <= MOST_COEFFICIENTS; lag++) {
      const at = state + usize(lag << 2);
      const before = load<f32>(at, HEARD);
      const now = (products(room + usize(ROOM_ZEROS), lag, part) * f32(SPAN)) / f32(part);
      store<f32>(at, before + (now - before) * share, HEARD);
    }
  }
}

/** Writes the SID frame of what was heard, 11 octets; 1 octet, and silence, when nothing was. Returns its length. */
export function noiseMake(state: usize, sid: usize): i32 {
  const power = f64(load<f32>(state, HEARD)) / f64(SPAN);
  const level = levelOf(power);
  store<u8>(sid, u8(level));
  if (level == MOST_DB) return 1;
  reflect(state, sid + 1);
  return MOST_COEFFICIENTS + 1;
}

/** Sum of samples times samples `lag` before; zeros are before the first. In f32: squares at full scale are too long. */
function products(samples: usize, lag: i32, count: i32): f32 {
  let sum = f32x4.splat(0);
  for (let at = samples; at < samples + usize(count << 1); at += 16) {
    const four = i32x4.dot_i16x8_s(v128.load(at), v128.load(at - usize(lag << 1)));
    sum = f32x4.add(sum, f32x4.convert_i32x4_s(four));
  }
  const two = f32x4.add(sum, v128.shuffle<i64>(sum, sum, 1, 0));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}

/** Nearest level in -dBov. */
function levelOf(power: f64): i32 {
  let bound = FULL_SCALE_SQUARED * HALF_DB_LESS;
  let level = 0;
  for (; level < MOST_DB && power < bound; level++) bound *= ONE_DB_LESS;
  return level;
}

/**
 * Reflection coefficients by the Levinson-Durbin recursion, with the sign that A(z) = 1 + k z^-1 has, as octets.
 * Predictors in f64 at ROOM, those of the order before behind them.
 */
function reflect(state: usize, octets: usize): void {
  const now = state + ROOM;
  const before = now + 96;
  let error = f64(load<f32>(state, HEARD)) * WHITENING;
  store<f64>(now, 1);
  for (let order = 1; order <= MOST_COEFFICIENTS; order++) {
    let sum: f64 = 0;
    for (let n = 0; n < order; n++) {
      sum += load<f64>(now + usize(n << 3)) * f64(load<f32>(state + usize((order - n) << 2), HEARD));
    }
    const octet = octetOf(-sum / error);
    store<u8>(octets + usize(order - 1), u8(octet));
    const coefficient = f64(octet - COEFFICIENT_ZERO) / COEFFICIENT_STEPS;
    memory.copy(before, now, usize(order << 3));
    store<f64>(now + usize(order << 3), 0);
    for (let n = 1; n <= order; n++) {
      const mirrored = load<f64>(before + usize((order - n) << 3));
      store<f64>(now + usize(n << 3), load<f64>(now + usize(n << 3)) + coefficient * mirrored);
    }
    error *= 1 - coefficient * coefficient;
  }
}

/** Nearest of 0 … 254. */
function octetOf(coefficient: f64): i32 {
  const bounded = min<f64>(1, max<f64>(-1, coefficient));
  return min<i32>(254, max<i32>(0, i32(nearest<f64>(bounded * COEFFICIENT_STEPS)) + COEFFICIENT_ZERO));
}
