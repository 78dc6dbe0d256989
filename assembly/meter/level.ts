/** Mean square of `count` samples, a multiple of 8. */
export function meanSquare(samples: usize, count: i32): i32 {
  let high: i64 = 0;
  for (let i = 0; i < count * 2; i += 16) {
    const eight = v128.load(samples + usize(i));
    const squares = i32x4.dot_i16x8_s(eight, eight);
    // Two squares of -32768 make 2^31: unsigned.
    high += i64(u32(i32x4.extract_lane(squares, 0))) + i64(u32(i32x4.extract_lane(squares, 1)));
    high += i64(u32(i32x4.extract_lane(squares, 2))) + i64(u32(i32x4.extract_lane(squares, 3)));
  }
  return i32(high / count);
}
