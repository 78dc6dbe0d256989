/** The orders of octets and nibbles on the way out and in. */

/**
 * The two nibbles of each octet change places: G.726 of RFC 3551 (first sample low) to that of AAL2, I.366.2 and DECT
 * (first sample high), and back. `count` octets, any number; both may be the same address.
 */
export function swapNibbles(from: usize, to: usize, count: i32): void {
  let n: usize = 0;
  for (; n + 16 <= usize(count); n += 16) {
    const octets = v128.load(from + n);
    v128.store(to + n, v128.or(i8x16.shl(octets, 4), i8x16.shr_u(octets, 4)));
  }
  for (; n < usize(count); n++) store<u8>(to + n, rotl<u8>(load<u8>(from + n), 4));
}

/**
 * The two octets of each sample change places: L16 of RTP is big-endian (RFC 3551 §4.5.11), the memory little-endian.
 * `count` samples, any number; both may be the same address.
 */
export function swapOctets(from: usize, to: usize, count: i32): void {
  const end = usize(count) << 1;
  let n: usize = 0;
  for (; n + 16 <= end; n += 16) {
    const samples = v128.load(from + n);
    v128.store(to + n, v128.shuffle<u8>(samples, samples, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
  }
  for (; n < end; n += 2) store<u16>(to + n, bswap<u16>(load<u16>(from + n)));
}
