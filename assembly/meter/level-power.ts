/**
 * Level of a frame. 0 dBov is the overload point, a square wave of 32768; a sine at full scale is -3.01 dBov and, in
 * A-law, +3.14 dBm0 (ITU-T G.711 table 5, G.100.1): so dBm0 = dBov + 6.15.
 */

/** What digital silence is said to be, hundredths of a dB. */
const SILENCE: i32 = -10000;
const OVERLOAD: f64 = 1073741824;
const DBM0: i32 = 615;

/** Mean square of `count` samples, a multiple of 8. */
export function powerFrame(samples: usize, count: i32): i32 {
  let low: v128 = i64x2.splat(0);
  let high: v128 = low;
  for (let n = 0; n < 2 * count; n += 16) {
    const eight = v128.load(samples + usize(n));
    const squares = i32x4.dot_i16x8_s(eight, eight);
    // Two squares of -32768 make 2^31: unsigned.
    low = i64x2.add(low, i64x2.extend_low_i32x4_u(squares));
    high = i64x2.add(high, i64x2.extend_high_i32x4_u(squares));
  }
  const sum = i64x2.add(low, high);
  return i32((i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1)) / i64(count));
}

/** Greatest magnitude of `count` samples, a multiple of 8; 0 … 32768. */
export function peakFrame(samples: usize, count: i32): i32 {
  let peak: v128 = i16x8.splat(0);
  for (let n = 0; n < 2 * count; n += 16) peak = i16x8.max_u(peak, i16x8.abs(v128.load(samples + usize(n))));
  let most: v128 = i16x8.max_u(peak, v128.shuffle<i64>(peak, peak, 1, 0));
  most = i16x8.max_u(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2));
  return max<i32>(i32(i16x8.extract_lane_u(most, 0)), i32(i16x8.extract_lane_u(most, 1)));
}

/** Hundredths of a dBov of a mean square. */
export function levelDbov(meanSquare: i32): i32 {
  return meanSquare <= 0 ? SILENCE : hundredths(decibels(f64(meanSquare) / OVERLOAD));
}

/** Hundredths of a dBm0 of a mean square. */
export function levelDbm0(meanSquare: i32): i32 {
  return meanSquare <= 0 ? SILENCE : levelDbov(meanSquare) + DBM0;
}

export function hundredths(level: f64): i32 {
  return i32(level < 0 ? level * 100 - 0.5 : level * 100 + 0.5);
}

/** 10 log10 of what is greater than 0, by the series of artanh: the same bits on every processor. */
export function decibels(value: f64): f64 {
  const bits = reinterpret<i64>(value);
  let exponent = i32((bits >> 52) & 0x7ff) - 1023;
  let mantissa = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent++;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum: f64 = 0;
  for (let n = 19; n > 0; n -= 2) sum = sum * square + 1 / f64(n);
  return 3.010299956639812 * f64(exponent) + 8.685889638065037 * s * sum;
}
