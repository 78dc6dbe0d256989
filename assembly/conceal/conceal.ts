/**
 * Concealment of lost frames, of the class of ITU-T G.711 Appendix I, without its delay: the last pitch period is
 * played on, from 20 ms on the last two and from 40 ms on the last three, 20 % quieter every 10 ms from 10 ms on, and
 * nothing after 60 ms. All seams last a quarter of a pitch period.
 *
 * ```text
 *   … real sound | one period | two periods | three | nothing … | real sound again
 *                0           20            40      60           \ crossfade
 * ```
 *
 * Appendix I grows the loop every 10 ms and crossfades up to 10 ms of the sound that comes back. On speech with random
 * loss both are further from what was lost by log-spectral distance (test/assembly/lost-speech-is-filled.test.ts), so
 * the loop grows every 20 ms, and real sound is back at once.
 */
import { crossfade } from "./crossfade.ts";
import { copy, lineUp, remember } from "./history.ts";
import { findPitch } from "./pitch.ts";
import { LINE_END, LOOP, LOOP_AT, MISSING, PITCH, SPARE, TAIL, TEN_MS } from "./state.ts";

/** A tenth of a thousandth less than 1, Q15. */
const WHOLE: i32 = 32767;
/** 20 % of it in 10 ms at 8 kHz. */
const FADE_8K: i32 = 82;
/** Of 10 ms. */
const SILENT_AFTER: i32 = 6;

/** `rate`: 8000 or 16000; the state is zeroed. */
export function concealOpen(state: usize, rate: i32): void {
  store<i32>(state, rate / 100, TEN_MS);
}

/** Samples that came, a multiple of 80: the first ones after a loss are crossfaded with what was played, in place. */
export function concealGood(state: usize, samples: usize, count: i32): void {
  if (load<i32>(state, MISSING)) joinAgain(state, samples, count);
  remember(state, samples, count);
}

/**
 * The same when samples between these and the last ones were left out: they are joined on where the last ones would have
 * gone on. `room`: for 10 ms of samples.
 */
export function concealSplice(state: usize, samples: usize, count: i32, room: usize): void {
  if (!load<i32>(state, MISSING)) {
    begin(state, room, load<i32>(state, TEN_MS));
    crossfade(room, samples, samples, min<i32>(load<i32>(state, PITCH) >> 2, count));
  }
  concealGood(state, samples, count);
}

/** Makes up samples that did not come, a multiple of 80. */
export function concealLost(state: usize, samples: usize, count: i32): void {
  const tenMs = load<i32>(state, TEN_MS);
  let missing = load<i32>(state, MISSING);
  for (let done = 0; done < count; ) {
    const part = min<i32>(count - done, tenMs - (missing % tenMs));
    const to = samples + usize(done << 1);
    if (missing >= SILENT_AFTER * tenMs) memory.fill(to, 0, usize(part << 1));
    else if (missing == 0) begin(state, to, part);
    else if (missing % (2 * tenMs) == 0) grow(state, to, part);
    else play(state, to, part);
    fade(to, part, missing, tenMs);
    missing = min<i32>(missing + part, SILENT_AFTER * tenMs);
    store<i32>(state, missing, MISSING);
    done += part;
  }
  remember(state, samples, count);
}

/** The first samples of a loss: the loop, lifted to where the sound before ended, and sinking to its own place. */
function begin(state: usize, to: usize, count: i32): void {
  lineUp(state);
  const pitch = findPitch(state);
  const quarter = pitch >> 2;
  const loop = state + LINE_END - usize(pitch << 1);
  const lift = i32(load<i16>(state + LINE_END - 2)) - i32(load<i16>(loop - 2));
  store<i32>(state, pitch, PITCH);
  copy(state + TAIL, state + LINE_END - usize(quarter << 1), up(quarter) << 1);
  closeLoop(state, pitch);
  store<i32>(state, 0, LOOP_AT);
  play(state, to, count);
  raise(to, state + SPARE, up(quarter), lift);
  crossfade(state + SPARE, to, to, quarter);
}

/** `count` samples, a multiple of 8, each higher by `lift`, of 17 bits. */
function raise(from: usize, to: usize, count: i32, lift: i32): void {
  const half = i16x8.splat(i16(lift >> 1));
  const rest = i16x8.splat(i16(lift - (lift >> 1)));
  for (let n: usize = 0; n < usize(count << 1); n += 16) {
    v128.store(to + n, i16x8.add_sat_s(i16x8.add_sat_s(v128.load(from + n), half), rest));
  }
}

/** A longer loop takes over where the shorter one is. */
function grow(state: usize, to: usize, count: i32): void {
  const pitch = load<i32>(state, PITCH);
  const quarter = pitch >> 2;
  const at = load<i32>(state, LOOP_AT);
  play(state, state + SPARE, up(quarter));
  closeLoop(state, load<i32>(state, LOOP) + pitch);
  store<i32>(state, at % pitch, LOOP_AT);
  play(state, to, count);
  crossfade(state + SPARE, to, to, quarter);
}

/** The last `length` samples become the loop: their end is crossfaded with what came before their beginning. */
function closeLoop(state: usize, length: i32): void {
  const end = state + LINE_END;
  const quarter = load<i32>(state, PITCH) >> 2;
  const tail = end - usize(quarter << 1);
  const back = usize(length << 1);
  crossfade(state + TAIL, tail - back, tail, quarter);
  const tenMs = load<i32>(state, TEN_MS) << 1;
  for (let n: usize = 0; n <= usize(tenMs); n += 16) v128.store(end + n, v128.load(end + n - back));
  store<i32>(state, length, LOOP);
}

/** The next `count` samples of the loop, a multiple of 8, at most 10 ms. */
function play(state: usize, to: usize, count: i32): void {
  const length = load<i32>(state, LOOP);
  const at = load<i32>(state, LOOP_AT);
  copy(to, state + LINE_END - usize((length - at) << 1), count << 1);
  store<i32>(state, (at + count) % length, LOOP_AT);
}

/** The first real samples after a loss, crossfaded with what the loss would have played. */
function joinAgain(state: usize, samples: usize, count: i32): void {
  const tenMs = load<i32>(state, TEN_MS);
  const missing = load<i32>(state, MISSING);
  const length = min<i32>(load<i32>(state, PITCH) >> 2, count);
  const spare = state + SPARE;
  if (missing >= SILENT_AFTER * tenMs) memory.fill(spare, 0, usize(up(length) << 1));
  else play(state, spare, up(length));
  fade(spare, up(length), missing, tenMs);
  crossfade(spare, samples, samples, length);
  store<i32>(state, 0, MISSING);
}

/** 20 % quieter every 10 ms, from 10 ms on: nothing is left after 60. `missing`: samples lost before these. */
function fade(samples: usize, count: i32, missing: i32, tenMs: i32): void {
  if (missing + count <= tenMs || missing >= SILENT_AFTER * tenMs) return;
  const step = (FADE_8K * 80) / tenMs;
  const start = min<i32>(WHOLE, WHOLE - step * (missing - tenMs));
  let gain = i16x8.sub(i16x8.splat(i16(start)), i16x8.mul(i16x8.splat(i16(step)), i16x8(0, 1, 2, 3, 4, 5, 6, 7)));
  for (let n: usize = 0; n < usize(count << 1); n += 16) {
    const positive = i16x8.max_s(gain, i16x8.splat(0));
    v128.store(samples + n, i16x8.q15mulr_sat_s(v128.load(samples + n), positive));
    gain = i16x8.sub_sat_s(gain, i16x8.splat(i16(step * 8)));
  }
}

/** To a multiple of 8. */
function up(count: i32): i32 {
  return (count + 7) & ~7;
}
