const table = new Uint16Array(256);
for (let index = 0; index < 256; index++) {
  let remainder = index << 8;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 0x8000 ? (remainder << 1) ^ 0x1021 : remainder << 1;
  table[index] = remainder;
}

/**
 * CRC-16 with polynomial 0x1021, start 0xFFFF, not reflected, no final inversion ("123456789" gives 0x29B1),
 * over octets `from` (included) to `to` (excluded).
 */
export function crc16(octets: Uint8Array, from: number, to: number): number {
  let crc = 0xffff;
  for (let at = from; at < to; at++) {
    crc = ((crc << 8) ^ (table[((crc >> 8) ^ (octets[at] ?? 0)) & 0xff] ?? 0)) & 0xffff;
  }
  return crc;
}
