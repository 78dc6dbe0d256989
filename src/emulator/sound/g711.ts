import type { VoiceFormat } from "../../message/media.ts";
import { type Frame, silentFrame } from "./frame.ts";

/** ITU-T G.711 A-law, 16-bit sample to octet (even bits inverted). */
export function encodeAlaw(sample: number): number {
  let magnitude = (sample < 0 ? ~sample : sample) >> 4;
  if (magnitude > 15) {
    let segment = 1;
    while (magnitude > 31) {
      magnitude >>= 1;
      segment++;
    }
    magnitude = magnitude - 16 + (segment << 4);
  }
  return (sample >= 0 ? magnitude | 0x80 : magnitude) ^ 0x55;
}

/** ITU-T G.711 µ-law, 16-bit sample to octet. */
export function encodeMulaw(sample: number): number {
  const magnitude = Math.min(0x1fff, ((sample < 0 ? ~sample : sample) >> 2) + 33);
  let segment = 1;
  for (let rest = magnitude >> 6; rest > 0; rest >>= 1) segment++;
  const octet = ((8 - segment) << 4) | (15 - ((magnitude >> segment) & 15));
  return sample >= 0 ? octet | 0x80 : octet;
}

const alaw = Int16Array.from({ length: 256 }, (_, octet) => {
  const code = octet ^ 0x55;
  const segment = (code >> 4) & 7;
  let magnitude = (((code & 15) + (segment > 0 ? 16 : 0)) << 4) + 8;
  if (segment > 1) magnitude <<= segment - 1;
  return code & 0x80 ? magnitude : -magnitude;
});

const mulaw = Int16Array.from({ length: 256 }, (_, octet) => {
  const code = ~octet;
  const segment = (code >> 4) & 7;
  const step = 8 << segment;
  const magnitude = (128 << segment) + step * (code & 15) + step / 2 - 132;
  return octet & 0x80 ? magnitude : -magnitude;
});

/** Octets a frame of `format` takes: 160, or 320 for L16. */
export function octetsOf(format: VoiceFormat): number {
  return format === "L16" ? 320 : 160;
}

/** Decodes one frame; `octets` must hold `octetsOf(format)` of them. */
export function decodeFrame(format: VoiceFormat, octets: Uint8Array, into: Frame): void {
  if (format === "L16") {
    for (let n = 0; n < into.length; n++) into[n] = (octets[2 * n] ?? 0) | ((octets[2 * n + 1] ?? 0) << 8);
    return;
  }
  const table = format === "PCMA" ? alaw : mulaw;
  for (let n = 0; n < into.length; n++) into[n] = table[octets[n] ?? 0] ?? 0;
}

/** What an idle channel carries. */
const silence: Readonly<Record<VoiceFormat, Uint8Array>> = {
  PCMA: new Uint8Array(160).fill(0xd5),
  PCMU: new Uint8Array(160).fill(0xff),
  L16: new Uint8Array(320),
};

/** True when these octets are an idle channel's: most frames are, and need no decoding. */
export function isIdle(format: VoiceFormat, octets: Uint8Array): boolean {
  const idle = silence[format][0];
  for (const octet of octets) if (octet !== idle) return false;
  return true;
}

/** Encodes one frame; the octets are not to be written to. */
export function encodeFrame(format: VoiceFormat, frame: Frame): Uint8Array {
  if (frame === silentFrame) return silence[format];
  const octets = new Uint8Array(octetsOf(format));
  if (format === "L16") {
    frame.forEach((sample, n) => {
      octets[2 * n] = sample & 0xff;
      octets[2 * n + 1] = (sample >> 8) & 0xff;
    });
    return octets;
  }
  const encode = format === "PCMA" ? encodeAlaw : encodeMulaw;
  for (let n = 0; n < frame.length; n++) octets[n] = encode(frame[n] ?? 0);
  return octets;
}
