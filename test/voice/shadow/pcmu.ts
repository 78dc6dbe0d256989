/** µ-law octets of samples, ITU-T G.711 §3.2. */
export function pcmuOf(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, (sample) => {
    const size = Math.min(Math.abs(sample) + 132, 32_767);
    const exponent = Math.floor(Math.log2(size)) - 7;
    const mantissa = (size >> (exponent + 3)) & 0x0f;
    return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
  });
}
