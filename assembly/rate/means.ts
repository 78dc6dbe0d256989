/** Means of neighbouring samples: a sound at a half or a quarter of its rate. */

/** Of eight samples at `from`: four means of two, i32. */
export function pairs(from: usize): v128 {
  return i32x4.shr_s(i32x4.extadd_pairwise_i16x8_s(v128.load(from)), 1);
}

/** Of 32 samples at `from`: eight means of four, i16. */
export function fours(from: usize): v128 {
  return i16x8.narrow_i32x4_s(four(from), four(from + 32));
}

function four(from: usize): v128 {
  const ones = i16x8.splat(1);
  const low = i32x4.shr_s(i32x4.dot_i16x8_s(v128.load(from), ones), 1);
  const high = i32x4.shr_s(i32x4.dot_i16x8_s(v128.load(from, 16), ones), 1);
  return i32x4.shr_s(i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(low, high), ones), 1);
}
