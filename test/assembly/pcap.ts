/** UDP payloads of a classic pcap file (Ethernet or Linux cooked), in order. */
export function udpPayloads(file: Buffer): Buffer[] {
  return timedUdpPayloads(file).map(({ payload }) => payload);
}

/** The same with the time of their capture, ms. */
export function timedUdpPayloads(file: Buffer): { readonly ms: number; readonly payload: Buffer }[] {
  const little = file.readUInt32LE(0) === 0xa1b2c3d4;
  const word = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const link = word(20) === 113 ? 16 : 14;
  const payloads: { ms: number; payload: Buffer }[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const length = word(at + 8);
    const ms = word(at) * 1000 + word(at + 4) / 1000;
    const frame = file.subarray(at + 16, at + 16 + length);
    at += 16 + length;
    const ip = frame.subarray(link);
    if (ip.length < 28 || (ip[0] ?? 0) >> 4 !== 4 || ip[9] !== 17) continue;
    payloads.push({ ms, payload: ip.subarray(((ip[0] ?? 0) & 15) * 4 + 8) });
  }
  return payloads;
}
