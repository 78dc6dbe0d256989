/**
 * The limiter of a conference, for frames in which somebody would hear more than KNEE. Without look-ahead: the gain is
 * the same for all parties, falls within 5 ms of the frame to what its greatest sum needs, and rises by 1/64 in 20 ms
 * (0.6 s from -6 dB). What is still above the knee while it falls is bent, not cut: y = k + (x - k) r / (x - k + r).
 */
import { HALVED, KNEE, LOSS, SUMS } from "./state.ts";

/** Samples in which the gain changes. */
const RAMP: i32 = 40;
const RELEASE: f32 = 1.0 / 64;
/** What is left above KNEE. */
const ROOM: f32 = 2767;

/** As mixFrame, in 32 bits. Returns 1 when any sum was made smaller. */
export function limited(state: usize, parts: usize, n: i32, outs: usize, count: i32): i32 {
  addUp(state + SUMS, parts, n, count);
  let peak = 0;
  for (let party = 0; party < n; party++)
    if (load<u32>(outs + usize(4 * party)) != 0) peak = max<i32>(peak, peakOf(state, partAt(parts, party), count));
  const before = load<f32>(state, LOSS);
  const needed: f32 = peak > KNEE ? 1 - f32(KNEE) / f32(peak) : 0;
  const after = max<f32>(needed, before - RELEASE / f32(1 << load<i32>(state, HALVED)));
  store<f32>(state, after, LOSS);
  for (let party = 0; party < n; party++) {
    const to = usize(load<u32>(outs + usize(4 * party)));
    if (to != 0) write(state, partAt(parts, party), to, count, 1 - before, 1 - after);
  }
  return i32(before > 0 || after > 0);
}

function partAt(parts: usize, party: i32): usize {
  return usize(load<u32>(parts + usize(4 * party)));
}

/** All parties' samples, in 32 bits. */
function addUp(sums: usize, parts: usize, n: i32, count: i32): void {
  memory.fill(sums, 0, usize(4 * count));
  for (let party = 0; party < n; party++) {
    const from = partAt(parts, party);
    if (from == 0) continue;
    for (let at = 0; at < count; at += 4) {
      const sum = sums + usize(4 * at);
      v128.store(sum, i32x4.add(v128.load(sum), v128.load_ext<i16>(from + usize(2 * at))));
    }
  }
}

/** Greatest magnitude of the sums without `own` (0 = silent). */
function peakOf(state: usize, own: usize, count: i32): i32 {
  let peak: v128 = i32x4.splat(0);
  for (let at = 0; at < count; at += 4) peak = i32x4.max_s(peak, i32x4.abs(heard(state, own, at)));
  return max<i32>(
    max<i32>(i32x4.extract_lane(peak, 0), i32x4.extract_lane(peak, 1)),
    max<i32>(i32x4.extract_lane(peak, 2), i32x4.extract_lane(peak, 3)),
  );
}

function heard(state: usize, own: usize, at: i32): v128 {
  const sum = v128.load(state + SUMS + usize(4 * at));
  return own == 0 ? sum : i32x4.sub(sum, v128.load_ext<i16>(own + usize(2 * at)));
}

function write(state: usize, own: usize, to: usize, count: i32, before: f32, after: f32): void {
  for (let at = 0; at < count; at += 4) {
    // A release goes on through the frame's beginning as an attack does: no step anywhere.
    const from = at < RAMP ? before + ((after - before) * f32(at)) / f32(RAMP) : after;
    const step: f32 = at < RAMP ? (after - before) / f32(RAMP) : 0;
    const gain = f32x4.add(f32x4.splat(from), f32x4.mul(f32x4.splat(step), f32x4(0, 1, 2, 3)));
    const samples = bent(f32x4.mul(f32x4.convert_i32x4_s(heard(state, own, at)), gain));
    v128.store64_lane(to + usize(2 * at), i16x8.narrow_i32x4_s(samples, samples), 0);
  }
}

/** Rounded; the same up to the knee, at most full scale beyond. */
function bent(value: v128): v128 {
  const magnitude = f32x4.abs(value);
  const over = f32x4.max(f32x4.sub(magnitude, f32x4.splat(f32(KNEE))), f32x4.splat(0));
  const bend = f32x4.div(f32x4.mul(over, f32x4.splat(ROOM)), f32x4.add(over, f32x4.splat(ROOM)));
  const level = f32x4.add(f32x4.min(magnitude, f32x4.splat(f32(KNEE))), bend);
  const sign = v128.and(value, i32x4.splat(i32.MIN_VALUE));
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.or(level, sign)));
}
