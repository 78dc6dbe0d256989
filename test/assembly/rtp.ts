export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
}

/** A packet as RFC 3550 §5.1 has it, without extras. Numbers wrap. */
export function writeRtp(packet: Partial<RtpPacket>): Uint8Array {
  const payload = packet.payload ?? new Uint8Array(160).fill(0xd5);
  const octets = new Uint8Array(12 + payload.length);
  const view = new DataView(octets.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, (packet.payloadType ?? 8) | (packet.marker === true ? 0x80 : 0));
  view.setUint16(2, packet.sequence ?? 0);
  view.setUint32(4, packet.timestamp ?? 0);
  view.setUint32(8, packet.ssrc ?? 0x0ff00c);
  octets.set(payload, 12);
  return octets;
}

/** Reads what the voice path sends; the payload is copied. */
export function readRtp(octets: Uint8Array): RtpPacket {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return {
    payloadType: view.getUint8(1) & 0x7f,
    marker: view.getUint8(1) >= 0x80,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: Uint8Array.from(octets.subarray(12)),
  };
}

/** A telephone event, RFC 4733 §2.3. */
export function writeEvent(event: number, end: boolean, duration: number, more: Partial<RtpPacket>): Uint8Array {
  const payload = Uint8Array.from([event, end ? 0x8a : 0x0a, duration >> 8, duration & 0xff]);
  return writeRtp({ payloadType: 101, payload, ...more });
}

/** A frame that says which one it is: its number in the last two octets, and a pattern made from it. */
export function numberedFrame(number: number, length = 160): Uint8Array {
  return Uint8Array.from({ length }, (_, n) =>
    n === length - 2 ? number >> 8 : n === length - 1 ? number & 0xff : (number * 31 + n * 7) & 0xff,
  );
}

/**
 * The number of a numbered frame that is untouched from octet `from` on, null for anything else. After a loss the first
 * 10 ms are crossfaded with what was made up.
 */
export function numberOf(frame: Uint8Array, from = 0): number | null {
  const number = ((frame.at(-2) ?? 0) << 8) | (frame.at(-1) ?? 0);
  const expected = numberedFrame(number, frame.length).subarray(from);
  return Buffer.from(expected).equals(Buffer.from(frame.subarray(from))) ? number : null;
}

/** Small deterministic generator: 0 <= value < 1. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}
