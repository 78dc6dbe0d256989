import { adaptFilter, applyFilter, powerAt, reopenFilter, shareOut, sumAt, talkOver } from "./filter.ts";
import * as at from "./state.ts";
import { learnBackground, onlyEcho, openSuppressor, SETTLED, suppress } from "./suppress.ts";
import { constrain, last80OfSpectrum, spectrumOfLast80, spectrumOfSamples } from "./transform.ts";

export const ECHO_NLP: i32 = 1;
export const ECHO_ADAPT: i32 = 2;
export const ECHO_DOUBLE_TALK: i32 = 1;
export const ECHO_SUPPRESSED: i32 = 2;
export const ECHO_FROZEN: i32 = 4;

/** So many bins share a far end that is narrow; for so many blocks. */
const NARROW_BINS: f32 = 5;
const NARROW_BLOCKS: i32 = 16;

/** The path has not changed while what is left is less than this part of the echo, or unlike it: square of correlation. */
const CANCELLED: f32 = 0.03;
const ALIKE: f32 = 0.2;

/** More power left than there was. */
const HARM: f32 = 1.5;
/** So much louder than it was no block becomes; samples in which it goes back to what it was. */
const LOUDER: f32 = 2;
const FADE: usize = 16;
/** Variance of a filter that knows nothing: the square of a hybrid's gain. */
const AT_FIRST: f32 = 0.3;

/** Power of a block below which there is no far end: the two idle codes of A-law are ±8. */
const SILENT: i64 = 80 * 64 + 1;

export function echoStateSize(tailMs: i32): i32 {
  return i32(at.FIXED) + partitionsOf(tailMs) * i32(at.PER_PARTITION);
}

export function echoOpen(state: usize, tailMs: i32): void {
  const partitions = partitionsOf(tailMs);
  store<i32>(state, tailMs << 3, at.TAPS);
  store<i32>(state, partitions, at.PARTITIONS);
  store<i32>(state, ECHO_NLP | ECHO_ADAPT, at.ENABLED);
  openSuppressor(state);
  beginAnew(state);
}

export function echoEnable(state: usize, flags: i32): void {
  store<i32>(state, flags, at.ENABLED);
}

export function echoFrame(state: usize, far: usize, near: usize, count: i32): i32 {
  let found: i32 = 0;
  for (let n: usize = 0; n < usize(count) << 1; n += 160) found |= block(state, far + n, near + n);
  return found;
}

function partitionsOf(tailMs: i32): i32 {
  return ((tailMs << 3) + at.PARTITION - 1) / at.PARTITION;
}

/** 10 ms. */
function block(state: usize, far: usize, near: usize): i32 {
  const enabled = load<i32>(state, at.ENABLED);
  let found: i32 = 0;
  if (takeFar(state, far)) {
    applyFilter(state);
    last80OfSpectrum(state + at.ECHO_SPECTRUM, state + at.LEFT, state + at.FROM, state + at.WORK);
    subtract(state, near);
    spectrumOfLast80(state + at.LEFT, state + at.LEFT_SPECTRUM, state + at.FROM, state + at.WORK);
    if (narrowBand(state)) found |= ECHO_FROZEN;
    if (enabled & ECHO_ADAPT && !(found & ECHO_FROZEN && standsStill(state))) adapt(state);
  } else {
    memory.fill(state + at.LEFT, 0, 320);
    subtract(state, near);
    if (enabled & ECHO_NLP)
      spectrumOfLast80(state + at.LEFT, state + at.LEFT_SPECTRUM, state + at.FROM, state + at.WORK);
  }
  const only = onlyEcho(state);
  if (load<i32>(state, at.PASS) > 0) found |= ECHO_DOUBLE_TALK;
  if (!(enabled & ECHO_NLP)) return found;
  learnBackground(state);
  return suppress(state, near, only) ? found | ECHO_SUPPRESSED : found;
}

/**
 * Moves the window of 256 far-end samples on and takes its spectrum; false when the far end has been silent for longer
 * than the tail, so that there is nothing to do. What is below the idle codes of a codec is taken for nothing.
 */
function takeFar(state: usize, far: usize): bool {
  let power: i64 = 0;
  for (let n: usize = 0; n < 160; n += 16) {
    const squares = i32x4.dot_i16x8_s(v128.load(far + n), v128.load(far + n));
    // Two squares of -32768 make 2^31: unsigned.
    const pairs = i64x2.add(i64x2.extend_low_i32x4_u(squares), i64x2.extend_high_i32x4_u(squares));
    power += i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
  }
  const silent = power < SILENT;
  const partitions = load<i32>(state, at.PARTITIONS);
  const quiet = silent ? load<i32>(state, at.QUIET) + 1 : 0;
  store<f32>(state, max(f32(power), load<f32>(state, at.FAR_HELD) * <f32>0.9) + <f32>0.01, at.FAR_HELD);
  if (quiet > 2 * partitions + 4) return false;
  store<i32>(state, quiet, at.QUIET);
  const window = state + at.FAR;
  for (let n: usize = 0; n < 352; n += 16) v128.store(window + n, v128.load(window + n, 160));
  if (silent) memory.fill(window + 352, 0, 160);
  else for (let n: usize = 0; n < 160; n += 16) v128.store(window + n, v128.load(far + n), 352);
  const slot = load<i32>(state, at.SLOT) + 1;
  const next = slot < 2 * partitions ? slot : 0;
  store<i32>(state, next, at.SLOT);
  spectrumOfSamples(window, newestFar(state), state + at.FROM, state + at.WORK);
  return true;
}

function newestFar(state: usize): usize {
  return at.farSpectra(state) + (usize(load<i32>(state, at.SLOT)) << 10);
}

function adapt(state: usize): void {
  const partitions = load<i32>(state, at.PARTITIONS);
  if (worseThanNothing(state)) beginAnew(state);
  else if (pathChanged(state)) reopenFilter(state);
  adaptFilter(state, talkOver(state));
  const turn = load<i32>(state, at.TURN);
  const taps = min(load<i32>(state, at.TAPS) - turn * at.PARTITION, at.PARTITION);
  constrain(at.filterOf(state, partitions) + (usize(turn) << 10), taps, state + at.FROM, state + at.WORK);
  if (partitions > 1) shareOut(state, turn);
  store<i32>(state, turn + 1 < partitions ? turn + 1 : 0, at.TURN);
}

/**
 * The far end has been one or two tones for some time. A filter that knows the path learns nothing from them but to
 * forget it, one that does not may cancel them; either way it is put back when they end.
 */
function narrowBand(state: usize): bool {
  const spectrum = newestFar(state);
  let sum = f32x4.splat(0);
  let squares = f32x4.splat(0);
  for (let k: usize = 0; k < 512; k += 16) {
    const power = powerAt(spectrum + k);
    sum = f32x4.add(sum, power);
    squares = f32x4.add(squares, f32x4.mul(power, power));
  }
  v128.store(state, sum, at.FROM);
  v128.store(state, squares, at.FROM + 16);
  const total = sumAt(state + at.FROM);
  const before = load<i32>(state, at.NARROW);
  const narrow = total * total < NARROW_BINS * sumAt(state + at.FROM + 16);
  store<i32>(state, narrow ? min(before + 1, NARROW_BLOCKS) : 0, at.NARROW);
  const filter = at.filterOf(state, load<i32>(state, at.PARTITIONS));
  const octets = usize(load<i32>(state, at.PARTITIONS)) * 1536;
  if (narrow && before == NARROW_BLOCKS - 1) memory.copy(filter + octets, filter, octets);
  if (!narrow && before == NARROW_BLOCKS) memory.copy(filter, filter + octets, octets);
  return narrow && before >= NARROW_BLOCKS - 1;
}

/** A tone teaches nothing to a filter that knows the path, nor while somebody hums over it. */
function standsStill(state: usize): bool {
  return load<f32>(state, at.RESIDUAL) < SETTLED || talkOver(state) > 1;
}

/** The filter adds to the near end. Whoever talks there, a filter that does that has diverged or lost its path. */
function worseThanNothing(state: usize): bool {
  return load<f32>(state, at.LEFT_SLOW) > load<f32>(state, at.NEAR_SLOW) * HARM + <f32>(80 * 64);
}

/** Forgets the path. */
function beginAnew(state: usize): void {
  const partitions = load<i32>(state, at.PARTITIONS);
  memory.fill(at.filterOf(state, partitions), 0, usize(partitions) << 10);
  const variance = at.varianceOf(state, partitions);
  for (let k: usize = 0; k < usize(partitions) << 9; k += 16) v128.store(variance + k, f32x4.splat(AT_FIRST));
  for (let p: usize = 0; p < usize(partitions) << 2; p += 4) {
    store<f32>(state + p, 0, at.STRENGTH);
    store<f32>(state + p, 1, at.SHARE);
  }
  store<f32>(state, load<f32>(state, at.NEAR_SLOW), at.LEFT_SLOW);
  store<f32>(state, 0, at.CROSS_SLOW);
}

/**
 * What is left looks like what was cancelled: somebody who talks does not do that, an echo path that is no longer the
 * filter's does.
 */
function pathChanged(state: usize): bool {
  const echo = load<f32>(state, at.ECHO_SLOW);
  const left = load<f32>(state, at.LEFT_SLOW);
  const cross = load<f32>(state, at.CROSS_SLOW);
  if (left < echo * CANCELLED || echo < 80 * 64) return false;
  return cross * cross > ALIKE * echo * left;
}

/** Near end less echo, to LEFT without its offset; the sums of this block. Then to the near end itself, unless it harms. */
function subtract(state: usize, near: usize): void {
  const left = state + at.LEFT;
  let sum = f32x4.splat(0);
  let nearPower = f32x4.splat(0);
  let echoPower = f32x4.splat(0);
  let leftPower = f32x4.splat(0);
  let cross = f32x4.splat(0);
  const offset = v128.load32_splat(state, at.OFFSET);
  for (let n: usize = 0; n < 80; n += 4) {
    const echo = v128.load(left + (n << 2));
    const own = f32x4.sub(f32x4.convert_i32x4_s(v128.load16x4_s(near + (n << 1))), offset);
    const e = f32x4.sub(own, echo);
    sum = f32x4.add(sum, e);
    nearPower = f32x4.add(nearPower, f32x4.mul(own, own));
    echoPower = f32x4.add(echoPower, f32x4.mul(echo, echo));
    leftPower = f32x4.add(leftPower, f32x4.mul(e, e));
    cross = f32x4.add(cross, f32x4.mul(e, echo));
    v128.store(left + (n << 2), e);
  }
  v128.store(state, sum, at.FROM);
  const mean = sumAt(state + at.FROM) * <f32>(1.0 / 80.0);
  meter(state, at.NEAR_POWER, at.NEAR_SLOW, nearPower);
  meter(state, at.ECHO_POWER, at.ECHO_SLOW, echoPower);
  meter(state, at.LEFT_POWER, at.LEFT_SLOW, leftPower);
  meter(state, at.CROSS, at.CROSS_SLOW, cross);
  putBack(state, near, offset);
  store<f32>(state, load<f32>(state, at.OFFSET) + mean * <f32>(1.0 / 32.0), at.OFFSET);
}

/**
 * What is left becomes the near end. A block that it would make louder stays as it was: the filter is wrong there, and
 * where the far end is the near end's own sound come round, what it adds would go round and grow.
 */
function putBack(state: usize, near: usize, offset: v128): void {
  const left = state + at.LEFT;
  const from = load<f32>(state, at.HARMLESS);
  const to: f32 = load<f32>(state, at.LEFT_POWER) > load<f32>(state, at.NEAR_POWER) * LOUDER + <f32>(80 * 64) ? 1 : 0;
  store<f32>(state, to, at.HARMLESS);
  const round = f32x4.splat(12582912);
  const step = f32x4.splat((to - from) * <f32>(4.0 / 16.0));
  const target = f32x4.splat(to);
  let untouched = f32x4.add(f32x4.splat(from), f32x4.mul(step, f32x4(0.25, 0.5, 0.75, 1)));
  for (let n: usize = 0; n < 80; n += 4) {
    const own = f32x4.sub(f32x4.convert_i32x4_s(v128.load16x4_s(near + (n << 1))), offset);
    const e = v128.load(left + (n << 2));
    const kept = f32x4.add(e, f32x4.mul(f32x4.sub(own, e), untouched));
    const rounded = i32x4.sub(f32x4.add(f32x4.add(kept, offset), round), round);
    v128.store64_lane(near + (n << 1), i16x8.narrow_i32x4_s(rounded, rounded), 0);
    untouched = n < FADE - 4 ? f32x4.add(untouched, step) : target;
  }
}

function meter(state: usize, now: usize, slow: usize, lanes: v128): void {
  v128.store(state, lanes, at.FROM);
  const sum = sumAt(state + at.FROM);
  store<f32>(state + now, sum);
  // The constant keeps silence from sinking to numbers too small for some processors.
  store<f32>(state + slow, load<f32>(state + slow) + (sum - load<f32>(state + slow)) * <f32>(1.0 / 16.0) + <f32>0.01);
}
