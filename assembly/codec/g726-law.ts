/**
 * The log-PCM interface of ITU-T G.726: blocks EXPAND, COMPRESS and SYNC of §4.2. Linear values have 14 bits here, as
 * the recommendation's; octets are those of G.711.
 */
export const LAW_LINEAR: i32 = 0;
export const LAW_MU: i32 = 1;
export const LAW_A: i32 = 2;

/** Block EXPAND. */
export function expand(octet: i32, law: i32): i32 {
  return law == LAW_A ? expandA(octet ^ 0x55) : expandMu(~octet & 0xff);
}

function expandMu(code: i32): i32 {
  const magnitude = ((((code & 15) << 1) + 33) << ((code >> 4) & 7)) - 33;
  return code > 127 ? -magnitude : magnitude;
}

function expandA(code: i32): i32 {
  const exponent = (code >> 4) & 7;
  const steps = ((code & 15) << 1) + 1;
  const magnitude = (exponent > 0 ? (steps + 32) << (exponent - 1) : steps) << 1;
  return code > 127 ? magnitude : -magnitude;
}

/** Block COMPRESS. */
export function compress(value: i32, law: i32): i32 {
  return law == LAW_A ? compressA(value) : compressMu(value);
}

function compressMu(value: i32): i32 {
  const magnitude = min((value < 0 ? -value : value) + 33, 8191);
  const exponent = 26 - clz(magnitude);
  const code = (exponent << 4) | ((magnitude >> (exponent + 1)) & 15);
  return code ^ (value < 0 ? 0x7f : 0xff);
}

function compressA(value: i32): i32 {
  // 13 bits in one's complement.
  const half = value >> 1;
  const magnitude = min((half ^ (half >> 31)) >> 1, 2047);
  const exponent = magnitude < 16 ? 0 : 28 - clz(magnitude);
  const mantissa = exponent > 1 ? magnitude >> (exponent - 1) : magnitude;
  return ((exponent << 4) | (mantissa & 15)) ^ (value < 0 ? 0x55 : 0xd5);
}

/**
 * Block SYNC: the octet, or its neighbour when coding it again would not give `code`. `again`: what it would give; both
 * of four bits.
 */
export function synchronize(octet: i32, code: i32, again: i32, law: i32): i32 {
  if (again == code) return octet;
  const lower = (again ^ 8) > (code ^ 8);
  return law == LAW_A ? neighbourA(octet, lower) : neighbourMu(octet, lower);
}

function neighbourA(octet: i32, lower: bool): i32 {
  const code = octet ^ 0x55;
  if (code > 127) return lower ? (code == 0x80 ? 0x55 : (code - 1) ^ 0x55) : code == 0xff ? octet : (code + 1) ^ 0x55;
  return lower ? (code == 0x7f ? octet : (code + 1) ^ 0x55) : code == 0 ? 0xd5 : (code - 1) ^ 0x55;
}

function neighbourMu(octet: i32, lower: bool): i32 {
  if (octet > 127) return lower ? (octet == 0xff ? 0x7e : octet + 1) : octet == 0x80 ? octet : octet - 1;
  return lower ? (octet == 0 ? octet : octet - 1) : octet == 0x7f ? 0xfe : octet + 1;
}
