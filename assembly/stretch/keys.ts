/**
 * Whether a sound is a telephone key, ITU-T Q.23: it is to be as long as it was pressed. Goertzel's filters at the eight
 * frequencies over 20 ms; a key has nearly all its power at one of the low and one of the high ones.
 */

/** 2 cos(2 pi f / 8000) of the low and of the high frequencies, and the same at 16 kHz. */
const LOW_8K: usize = memory.data<f32>([1.7077378, 1.645281, 1.568687, 1.4782046], 16);
const HIGH_8K: usize = memory.data<f32>([1.164104, 0.9963702, 0.7986184, 0.5685327], 16);
const LOW_16K: usize = memory.data<f32>([1.9255487, 1.9092619, 1.8890969, 1.8649945], 16);
const HIGH_16K: usize = memory.data<f32>([1.7787929, 1.7310027, 1.6729072, 1.6026643], 16);
/** Of all power; senders may be 1.5 % off in frequency (Q.24), and 20 ms see 50 Hz. */
const SHARE: f32 = 0.4;
/** Of either alone: they may be 9 dB apart. */
const SHARE_OF_ONE: f32 = 0.03;

/** `samples`: 20 ms; `tenMs`: half as many, 80 or 160. */
export function stretchIsKey(samples: usize, tenMs: i32): bool {
  const wide = tenMs > 80;
  const lowTurn = v128.load(wide ? LOW_16K : LOW_8K);
  const highTurn = v128.load(wide ? HIGH_16K : HIGH_8K);
  let low = f32x4.splat(0);
  let lowBefore = f32x4.splat(0);
  let high = f32x4.splat(0);
  let highBefore = f32x4.splat(0);
  let energy: f32 = 0;
  for (const end = samples + usize(tenMs << 2); samples < end; samples += 2) {
    const sample = f32(load<i16>(samples));
    energy += sample * sample;
    const both = f32x4.splat(sample);
    const lowNext = f32x4.sub(f32x4.add(both, f32x4.mul(lowTurn, low)), lowBefore);
    const highNext = f32x4.sub(f32x4.add(both, f32x4.mul(highTurn, high)), highBefore);
    lowBefore = low;
    highBefore = high;
    low = lowNext;
    high = highNext;
  }
  // A tone of energy e over n samples has e n / 2.
  const whole = energy * f32(tenMs);
  const loudLow = loudest(low, lowBefore, lowTurn);
  const loudHigh = loudest(high, highBefore, highTurn);
  if (loudLow < SHARE_OF_ONE * whole || loudHigh < SHARE_OF_ONE * whole) return false;
  return loudLow + loudHigh > SHARE * whole;
}

function loudest(now: v128, before: v128, turn: v128): f32 {
  const squares = f32x4.add(f32x4.mul(now, now), f32x4.mul(before, before));
  const powers = f32x4.sub(squares, f32x4.mul(turn, f32x4.mul(now, before)));
  const two = f32x4.max(powers, v128.shuffle<i64>(powers, powers, 1, 0));
  return max<f32>(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1));
}
