/**
 * A conference: each party hears the sum of the others. Parties who are silent cost nothing to hear, and all of them hear
 * the same, so that one of them in the list is enough. Sums up to 0.8 dB below full scale are exact; what is louder goes
 * through a limiter (assembly/mix/limit.ts) and never wraps round.
 */
import { limited } from "./limit.ts";
import { KNEE, LOSS, MIX_STATE } from "./state.ts";
import { three } from "./three.ts";

export function mixOpen(state: usize): void {
  memory.fill(state, 0, MIX_STATE);
}

/**
 * `parts`: addresses (u32) of the samples of `n` parties, 0 for one who is silent. `outs`: where each party's sum is
 * written, 0 when nobody hears it; no output may overlap an input. `count`: samples, a multiple of 80, at most 320.
 * Returns 1 when the limiter was at work.
 */
export function mixFrame(state: usize, parts: usize, n: i32, outs: usize, count: i32): i32 {
  // Loud frames are rare: first everything as if this one were not. 16-bit sums are right unless they were too great.
  let most: v128 = i16x8.splat(0);
  if (n == 3 && all(parts) && all(outs)) most = three(parts, outs, count);
  else for (let at = 0; at < 2 * count; at += 80) most = i16x8.max_u(most, forty(parts, n, outs, at));
  if (i16x8.all_true(i16x8.le_u(most, i16x8.splat(i16(KNEE)))) && load<f32>(state, LOSS) == 0) return 0;
  return limited(state, parts, n, outs, count);
}

/** True when none of three addresses is 0. */
function all(addresses: usize): bool {
  return load<u32>(addresses) != 0 && load<u32>(addresses, 4) != 0 && load<u32>(addresses, 8) != 0;
}

/** 40 samples of all parties, `at` octets into the frame. */
function forty(parts: usize, n: i32, outs: usize, at: usize): v128 {
  let a: v128 = i16x8.splat(0);
  let b: v128 = a;
  let c: v128 = a;
  let d: v128 = a;
  let e: v128 = a;
  let loudA: v128 = a;
  let loudB: v128 = a;
  for (let party = 0; party < n; party++) {
    const from = usize(load<u32>(parts + usize(4 * party)));
    if (from == 0) continue;
    const v = v128.load(from + at);
    a = i16x8.add(a, v);
    const w = v128.load(from + at, 16);
    b = i16x8.add(b, w);
    const x = v128.load(from + at, 32);
    c = i16x8.add(c, x);
    const y = v128.load(from + at, 48);
    d = i16x8.add(d, y);
    const z = v128.load(from + at, 64);
    e = i16x8.add(e, z);
    // The greatest of two or three samples stands for all: the bound is only a little less sharp.
    const first = i16x8.max_u(i16x8.abs(v), i16x8.max_u(i16x8.abs(w), i16x8.abs(x)));
    loudA = i16x8.add_sat_u(loudA, first);
    loudB = i16x8.add_sat_u(loudB, i16x8.max_u(i16x8.abs(y), i16x8.abs(z)));
  }
  for (let party = 0; party < n; party++) {
    const to = usize(load<u32>(outs + usize(4 * party)));
    if (to == 0) continue;
    const from = usize(load<u32>(parts + usize(4 * party)));
    if (from == 0) write(to + at, a, b, c, d, e);
    else {
      v128.store(to + at, i16x8.sub(a, v128.load(from + at)));
      v128.store(to + at, i16x8.sub(b, v128.load(from + at, 16)), 16);
      v128.store(to + at, i16x8.sub(c, v128.load(from + at, 32)), 32);
      v128.store(to + at, i16x8.sub(d, v128.load(from + at, 48)), 48);
      v128.store(to + at, i16x8.sub(e, v128.load(from + at, 64)), 64);
    }
  }
  return i16x8.max_u(loudA, loudB);
}

function write(to: usize, a: v128, b: v128, c: v128, d: v128, e: v128): void {
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
  v128.store(to, e, 64);
}
