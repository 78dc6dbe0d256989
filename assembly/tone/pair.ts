/**
 * Sines by polynomial and rotation, eight samples at a time: the same bits on every processor, however a sound is cut
 * into frames, as long as it is cut at multiples of eight samples (a millisecond).
 *
 *   block b of 8:   sin(p_b + k w) = sin(p_b) cos(k w) + cos(p_b) sin(k w),   k = 0 … 7
 *
 * The phase p_b at a block's first sample is exact (2^32 a period), so that nothing is carried over but that word.
 */

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
  store<u64>(state, 0);
  store<u32>(state, incrementA, 8);
  store<i32>(state, peakA, 12);
  store<u32>(state, incrementB, 16);
  store<i32>(state, peakB, 20);
}

/** The next `count` samples of both sines together, saturated. */
export function tonePair(state: usize, samples: usize, count: i32): void {
  const a = load<u32>(state, 8);
  writePair(samples, count, state, a, load<i32>(state, 12), load<u32>(state, 16), load<i32>(state, 20));
}

/**
 * Two sines in place of what `samples` hold; their phases are the words at `phases` and after it, and are put forward.
 * Written in whole blocks, as by writeTone.
 */
export function writePair(
  samples: usize,
  count: i32,
  phases: usize,
  incrementA: u32,
  peakA: i32,
  incrementB: u32,
  peakB: i32,
): void {
  if (count <= 0) return;
  const nearA = ramp(incrementA);
  const nearB = ramp(incrementB);
  const farA = i32x4.add(nearA, i32x4.splat(i32(incrementA << 2)));
  const farB = i32x4.add(nearB, i32x4.splat(i32(incrementB << 2)));
  const amplitudeA = f32x4.splat(f32(peakA));
  const amplitudeB = f32x4.splat(f32(peakB));
  const cosineNearA = f32x4.mul(cosine(nearA), amplitudeA);
  const sineNearA = f32x4.mul(sine(nearA), amplitudeA);
  const cosineFarA = f32x4.mul(cosine(farA), amplitudeA);
  const sineFarA = f32x4.mul(sine(farA), amplitudeA);
  const cosineNearB = f32x4.mul(cosine(nearB), amplitudeB);
  const sineNearB = f32x4.mul(sine(nearB), amplitudeB);
  const cosineFarB = f32x4.mul(cosine(farB), amplitudeB);
  const sineFarB = f32x4.mul(sine(farB), amplitudeB);
  const round = v128.load(ROUND);
  let a = load<u32>(phases);
  let b = load<u32>(phases, 4);
  store<u32>(phases, a + incrementA * u32(count));
  store<u32>(phases, b + incrementB * u32(count), 4);
  let to = samples;
  let left = count;
  do {
    const atA = i32x4.add(i32x4.splat(i32(a)), i32x4.shl(nearA, 3));
    const atB = i32x4.add(i32x4.splat(i32(b)), i32x4.shl(nearB, 3));
    let sA = sine(atA);
    let cA = cosine(atA);
    let sB = sine(atB);
    let cB = cosine(atB);
    let block = 4;
    do {
      const low = f32x4.add(rotated(sA, cA, cosineNearA, sineNearA), rotated(sB, cB, cosineNearB, sineNearB));
      const high = f32x4.add(rotated(sA, cA, cosineFarA, sineFarA), rotated(sB, cB, cosineFarB, sineFarB));
      writeBlock(to, rounded(low, high, round), left);
      to += 16;
      left -= 8;
      sA = turned(sA);
      cA = turned(cA);
      sB = turned(sB);
      cB = turned(cB);
    } while (--block > 0 && left > 0);
    a += incrementA << 5;
    b += incrementB << 5;
  } while (left > 0);
}

/**
 * A sine from phase `start` on, in place of what `samples` hold or (`onto`) added to it and saturated; returns the phase
 * after it. Written in whole blocks of eight: up to seven samples behind `count` keep what they hold, but must be there.
 */
export function writeTone(samples: usize, count: i32, start: u32, increment: u32, peak: i32, onto: bool): u32 {
  if (count <= 0) return start;
  const near = ramp(increment);
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
      const low = rotated(s, c, cosineNear, sineNear);
      const high = rotated(s, c, cosineFar, sineFar);
      const before = v128.and(v128.load(to), keep);
      writeBlock(to, i16x8.add_sat_s(before, rounded(low, high, round)), left);
      to += 16;
      left -= 8;
      s = turned(s);
      c = turned(c);
    } while (--block > 0 && left > 0);
    phase += increment << 5;
  } while (left > 0);
  return start + increment * u32(count);
}

/** Phases of four samples from 0 on. */
function ramp(increment: u32): v128 {
  return i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(i32(increment)));
}

/** The block's first sine and cosine turned by each of four angles. */
function rotated(sines: v128, cosines: v128, cosine: v128, sine: v128): v128 {
  return f32x4.add(f32x4.mul(first(sines), cosine), f32x4.mul(first(cosines), sine));
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

function writeBlock(to: usize, block: v128, left: i32): void {
  if (left >= 8) {
    v128.store(to, block);
    return;
  }
  const within = i16x8.lt_s(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(i16(left)));
  v128.store(to, v128.bitselect(block, v128.load(to), within));
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
