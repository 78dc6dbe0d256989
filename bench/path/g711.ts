/** ITU-T G.711, 14- and 13-bit values scaled to 16 bits. */
export function decodePcma(octet: number): number {
  const code = octet ^ 0x55;
  const exponent = (code >> 4) & 7;
  const mantissa = ((code & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (code & 0x80) !== 0 ? magnitude : -magnitude;
}

export function decodePcmu(octet: number): number {
  const code = ~octet & 0xff;
  const magnitude = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
  return (code & 0x80) !== 0 ? -magnitude : magnitude;
}
