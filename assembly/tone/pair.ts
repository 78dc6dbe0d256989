/**
 * Sines by polynomial and rotation, eight samples at a time: the same bits on every processor, however a sound is cut
 * into frames, as long as it is cut at multiples of eight samples (a millisecond).
 *
 *   block b of 8:   sin(p_b + k w) = sin(p_b) cos(k w) + cos(p_b) sin(k w),   k = 0 … 7
 *
 * The phase p_b at a block's first sample is exact (2^32 a period), so that nothing is carried over but that word.
 */

const SECOND: usize = 12;

// Read from memory where they are used: V8 builds a vector constant anew, in four instructions, at every use of it.
const INTEGERS: usize = memory.data<i32>([
  // 2^30, a quarter of a period
  0x40000000, 0x40000000, 0x40000000, 0x40000000,
  // the bits of 1.5 * 2^23
  0x4b400000, 0x4b400000, 0x4b400000, 0x4b400000,
]);
const QUARTER: usize = INTEGERS;
const ROUND: usize = INTEGERS + 16;
const FLOATS: usize = memory.data<f32>([
  // 2^-30
  9.313225746154785e-10, 9.313225746154785e-10, 9.313225746154785e-10, 9.313225746154785e-10,
  // sin(pi/2 x) on -1 ... 1 as an odd polynomial: of x, x^3, x^5, x^7; the error is below 1e-6
  1.570794852, 1.570794852, 1.570794852, 1.570794852, -0.645920978, -0.645920978, -0.645920978, -0.645920978,
  0.079487663, 0.079487663, 0.079487663, 0.079487663, -0.004362476, -0.004362476, -0.004362476, -0.004362476,
]);

/** Two sines from phase 0 on. Increments: phase per sample of 2^32; peaks: 0 … 32767. */
export function tonePairOpen(state: usize, incrementA: u32, peakA: i32, incrementB: u32, peakB: i32): void {
  store<u32>(state, 0);
  store<u32>(state, incrementA, 4);
  store<i32>(state, peakA, 8);
  store<u32>(state + SECOND, 0);
  store<u32>(state + SECOND, incrementB, 4);
  store<i32>(state + SECOND, peakB, 8);
}

/** The next `count` samples (a multiple of 8) of both sines together, saturated. */
export function tonePair(state: usize, samples: usize, count: i32): void {
  writeNext(state, samples, count, false);
  writeNext(state + SECOND, samples, count, true);
}

function writeNext(state: usize, samples: usize, count: i32, onto: bool): void {
  const increment = load<u32>(state, 4);
  store<u32>(state, writeTone(samples, count, load<u32>(state), increment, load<i32>(state, 8), onto));
}

/**
 * A sine from phase `start` on, in place of what `samples` hold or (`onto`) added to it and saturated; returns the phase
 * after it. Written in whole blocks of eight: up to seven samples behind `count` keep what they hold, but must be there.
 */
export function writeTone(samples: usize, count: i32, start: u32, increment: u32, peak: i32, onto: bool): u32 {
  if (count <= 0) return start;
  const near = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(i32(increment)));
  const far = i32x4.add(near, i32x4.splat(i32(increment << 2)));
  const amplitude = f32x4.splat(f32(peak));
  const cosineNear = f32x4.mul(cosine(near), amplitude);
  const sineNear = f32x4.mul(sine(near), amplitude);
  const cosineFar = f32x4.mul(cosine(far), amplitude);
  const sineFar = f32x4.mul(sine(far), amplitude);
  const blocks = i32x4.shl(near, 3);
  const keep = onto ? i32x4.splat(-1) : i32x4.splat(0);
  const round = v128.load(ROUND);
  let phase = start;
  let to = samples;
  let left = count;
  do {
    const at = i32x4.add(i32x4.splat(i32(phase)), blocks);
    let s = sine(at);
    let c = cosine(at);
    let block = 4;
    do {
      const sineHere = first(s);
      const cosineHere = first(c);
      const low = f32x4.add(f32x4.mul(sineHere, cosineNear), f32x4.mul(cosineHere, sineNear));
      const high = f32x4.add(f32x4.mul(sineHere, cosineFar), f32x4.mul(cosineHere, sineFar));
      writeBlock(to, rounded(low, high, round), keep, left);
      to += 16;
      left -= 8;
      s = turned(s);
      c = turned(c);
    } while (--block > 0 && left > 0);
    phase += increment << 5;
  } while (left > 0);
  return start + increment * u32(count);
}

function first(vector: v128): v128 {
  return v128.shuffle<i32>(vector, vector, 0, 0, 0, 0);
}

function turned(vector: v128): v128 {
  return v128.shuffle<i32>(vector, vector, 1, 2, 3, 0);
}

/**
 * Two times four floats to the nearest integers, saturated to 16 bits: 1.5 * 2^23 added to a float below 2^22 leaves the
 * integer in its low bits.
 */
function rounded(low: v128, high: v128, round: v128): v128 {
  const one = i32x4.sub(f32x4.add(low, round), round);
  return i16x8.narrow_i32x4_s(one, i32x4.sub(f32x4.add(high, round), round));
}

function writeBlock(to: usize, block: v128, keep: v128, left: i32): void {
  const before = v128.load(to);
  const sum = i16x8.add_sat_s(v128.and(before, keep), block);
  if (left >= 8) {
    v128.store(to, sum);
    return;
  }
  const within = i16x8.lt_s(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(i16(left)));
  v128.store(to, v128.bitselect(sum, before, within));
}

/** Sines of four phases of 2^32 a period: folded to a quarter, which is exact, then the polynomial. */
function sine(phases: v128): v128 {
  const quarter = v128.load(QUARTER);
  const folded = i32x4.sub(quarter, i32x4.abs(i32x4.sub(phases, quarter)));
  const x = f32x4.mul(f32x4.convert_i32x4_s(folded), v128.load(FLOATS));
  const square = f32x4.mul(x, x);
  let sum = f32x4.add(f32x4.mul(square, v128.load(FLOATS, 64)), v128.load(FLOATS, 48));
  sum = f32x4.add(f32x4.mul(square, sum), v128.load(FLOATS, 32));
  sum = f32x4.add(f32x4.mul(square, sum), v128.load(FLOATS, 16));
  return f32x4.mul(x, sum);
}

function cosine(phases: v128): v128 {
  return sine(i32x4.add(phases, v128.load(QUARTER)));
}
