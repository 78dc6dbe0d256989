/** `sum` and the products of two samples and two taps in each of the four lanes. */
export function add(sum: v128, samples: v128, taps: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(samples, taps));
}

/** Eight sums in Q14 to samples, rounded and saturated. */
export function narrow(low: v128, high: v128): v128 {
  const half = i32x4.splat(1 << 13);
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, half), 14), i32x4.shr_s(i32x4.add(high, half), 14));
}
