import type { BuiltInFormat } from "../../../src/message/media.ts";
import { randomFrom, writeRtp } from "../../assembly/rtp.ts";

/** Octets of a 20 ms frame, and units of the RTP clock. */
const shapes: Readonly<Record<BuiltInFormat, readonly [number, number]>> = {
  PCMU: [160, 160],
  PCMA: [160, 160],
  G722: [160, 160],
  "G726-32": [80, 160],
  "AAL2-G726-32": [80, 160],
  "L16/8000": [320, 160],
  "L16/16000": [640, 320],
};
export const formats = Object.keys(shapes) as BuiltInFormat[];

export function payloadTypeOf(format: BuiltInFormat): number {
  return format === "PCMU" ? 0 : format === "PCMA" ? 8 : 96;
}

/** Octets of silence, or nearly. */
const quiet: Readonly<Record<BuiltInFormat, number>> = {
  PCMU: 0xff,
  PCMA: 0xd5,
  G722: 0xfe,
  "G726-32": 0xff,
  "AAL2-G726-32": 0xff,
  "L16/8000": 0,
  "L16/16000": 0,
};

/**
 * A network whose delay wanders: for a second, packets come up to five ticks late, else as they are sent. Every second has
 * a pause of 300 ms.
 */
export function wanderingCall(format: BuiltInFormat, frames: number): Uint8Array[][] {
  const random = randomFrom(11);
  const [octets, units] = shapes[format];
  const ticks: Uint8Array[][] = Array.from({ length: frames + 6 }, () => []);
  for (let n = 0; n < frames; n++) {
    const loud = n % 50 < 35;
    const payload = Uint8Array.from({ length: octets }, () => (loud ? Math.floor(random() * 256) : quiet[format]));
    const packet = writeRtp({ payloadType: payloadTypeOf(format), sequence: n, timestamp: n * units, payload });
    const worst = n >= 100 && n < 145 ? 5 : 0;
    ticks[n + Math.round(worst * random() ** 2)]?.push(packet);
  }
  return ticks;
}

/** What the network delivers in each tick: octets of chance, some packets lost, some a tick late, some twice. */
export function troubledCall(format: BuiltInFormat, frames: number, seed = 7): Uint8Array[][] {
  const random = randomFrom(seed);
  const [octets, units] = shapes[format];
  const ticks: Uint8Array[][] = Array.from({ length: frames + 2 }, () => []);
  for (let n = 0; n < frames; n++) {
    const payload = Uint8Array.from({ length: octets }, () => Math.floor(random() * 256));
    const packet = writeRtp({ payloadType: payloadTypeOf(format), sequence: n, timestamp: n * units, payload });
    const fate = random();
    if (fate < 0.1) continue;
    ticks[fate < 0.2 ? n + 2 : n]?.push(packet);
    if (fate > 0.95) ticks[n + 1]?.push(packet);
  }
  return ticks;
}
