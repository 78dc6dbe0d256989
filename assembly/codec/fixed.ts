/**
 * Fixed-point arithmetic of the ITU-T basic operators (G.191) on eight lanes of 16 bits, where WebAssembly has no
 * instruction of its own: `mult`, the upper 16 bits of a product in Q15, cut and not rounded.
 */

/** The even lanes, zero between them. */
// @ts-ignore: decorator
@inline
export function evenOf(value: v128): v128 {
  return v128.shuffle<u16>(value, i16x8.splat(0), 0, 9, 2, 11, 4, 13, 6, 15);
}

/** The odd lanes, zero between them. */
// @ts-ignore: decorator
@inline
export function oddOf(value: v128): v128 {
  return v128.shuffle<u16>(value, i16x8.splat(0), 8, 1, 10, 3, 12, 5, 14, 7);
}

/** Q15 product of each lane, rounded down; the two factors are not both -32768. `even` and `odd` are one of them. */
// @ts-ignore: decorator
@inline
export function multParts(even: v128, odd: v128, other: v128): v128 {
  const low = i32x4.shr_u(i32x4.dot_i16x8_s(even, other), 15);
  const high = i32x4.shl(i32x4.dot_i16x8_s(odd, other), 1);
  return evenOdd(low, high);
}

// @ts-ignore: decorator
@inline
export function mult(one: v128, other: v128): v128 {
  return multParts(evenOf(one), oddOf(one), other);
}

/** The even lanes of one, the odd lanes of the other. */
// @ts-ignore: decorator
@inline
export function evenOdd(even: v128, odd: v128): v128 {
  return v128.shuffle<u16>(even, odd, 0, 9, 2, 11, 4, 13, 6, 15);
}

/** Indices of 0 to 7 as indices of octet pairs for a look-up in a table of eight words. */
// @ts-ignore: decorator
@inline
export function pairs(index: v128): v128 {
  return i16x8.add(i16x8.mul(index, i16x8.splat(0x0202)), i16x8.splat(0x0100));
}

/** ITU-T `add(x, x)` of a scalar, and its saturation. */
// @ts-ignore: decorator
@inline
export function saturate(value: i32): i32 {
  return max(min(value, 32767), -32768);
}

// @ts-ignore: decorator
@inline
export function clamp(value: v128, least: v128, most: v128): v128 {
  return i16x8.min_s(i16x8.max_s(value, least), most);
}

// @ts-ignore: decorator
@inline
export function clampTo(value: i32, least: i32, most: i32): i32 {
  return max(min(value, most), least);
}
