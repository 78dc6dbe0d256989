import { decodePcma, decodePcmu } from "./g711.ts";
import type { CodecName } from "./relay.ts";
import { payloadTypes } from "./relay.ts";
import { toneFrames, verifyTones } from "./tones.ts";
import { type Arrival, FRAME_OCTETS, FRAMES } from "./traffic.ts";

export interface Scene {
  readonly name: string;
  /** Spoken by the even sockets. */
  readonly a: CodecName;
  /** Spoken by the odd sockets. */
  readonly b: CodecName;
}

export const scenes: readonly Scene[] = [
  { name: "pass-through", a: "PCMA", b: "PCMA" },
  { name: "A-law to u-law", a: "PCMA", b: "PCMU" },
  { name: "A-law to G.722", a: "PCMA", b: "G722" },
];

/** Laws differ in the last bit of a few values between implementations of the same tables. */
const LEAST_SNR_DB = 30;
/** Frames until a decoder that begins in the middle follows. */
const SETTLED = 5;

/** Frames of each side: noise where the octets can be foretold, else a tone for each frame. */
export function framesOf(scene: Scene): readonly [Uint8Array, Uint8Array] {
  if (isTonal(scene)) return [toneFrames(scene.a), toneFrames(scene.b)];
  return [noise(scene.a, 1), noise(scene.b, 2)];
}

function isTonal({ b }: Scene): boolean {
  return b === "G722";
}

function noise(codec: CodecName, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: FRAMES * FRAME_OCTETS }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    // The smallest steps of one law are none in the other.
    return codec === "PCMU" ? (state >>> 16) & 0xbf : (state >>> 16) & 0xff;
  });
}

/**
 * Null when each socket heard each frame of its pair's other socket in the measured seconds, in order and in its own
 * law; else what was wrong first.
 */
export function verify(scene: Scene, arrivals: readonly Arrival[], sockets: number, seconds: number): string | null {
  const frames = framesOf(scene);
  for (let socket = 0; socket < sockets; socket++) {
    const [heard, spoken] = socket % 2 === 0 ? [scene.a, scene.b] : [scene.b, scene.a];
    const own = arrivals.filter((one) => one.socket === socket && one.us < seconds * 1e6);
    const fault = isTonal(scene)
      ? verifyTonal(own, heard, seconds * 50)
      : verifySocket(own, heard, spoken, frames[1 - (socket % 2)] ?? new Uint8Array(0), seconds * 50);
    if (fault !== null) return `socket ${socket}: ${fault}`;
  }
  return null;
}

function verifySocket(
  own: readonly Arrival[],
  heard: CodecName,
  spoken: CodecName,
  frames: Uint8Array,
  wanted: number,
): string | null {
  // One more or less at each edge: the relay has its own time.
  if (Math.abs(own.length - wanted) > 2) return `${own.length} packets came, ${wanted} were sent`;
  const [first] = own;
  if (first === undefined) return "nothing came";
  const start = bestFrame(first.payload, heard, spoken, frames);
  for (const [n, { payload, payloadType, sequence }] of own.entries()) {
    if (payloadType !== payloadTypes[heard]) return `packet ${n} has type ${payloadType}`;
    if (sequence !== ((first.sequence + n) & 0xffff)) return `packet ${n} is missing or out of order`;
    const place = ((start + n) % FRAMES) * FRAME_OCTETS;
    const snr = snrDb(frames.subarray(place, place + FRAME_OCTETS), spoken, payload, heard);
    if (snr < LEAST_SNR_DB) return `packet ${n} is another than was sent: ${snr.toFixed(1)} dB`;
  }
  return null;
}

function verifyTonal(own: readonly Arrival[], heard: CodecName, wanted: number): string | null {
  if (Math.abs(own.length - wanted) > 2) return `${own.length} packets came, ${wanted} were sent`;
  const first = own[0]?.sequence ?? 0;
  for (const [n, { payloadType, sequence }] of own.entries()) {
    if (payloadType !== payloadTypes[heard]) return `packet ${n} has type ${payloadType}`;
    if (sequence !== ((first + n) & 0xffff)) return `packet ${n} is missing or out of order`;
  }
  const payloads = own.map(({ payload }) => payload);
  return verifyTones(payloads, heard, SETTLED);
}

function bestFrame(payload: Uint8Array, heard: CodecName, spoken: CodecName, frames: Uint8Array): number {
  const likeness = Array.from({ length: FRAMES }, (_, n) =>
    snrDb(frames.subarray(n * FRAME_OCTETS, (n + 1) * FRAME_OCTETS), spoken, payload, heard),
  );
  return likeness.indexOf(Math.max(...likeness));
}

/** Infinite when nothing was converted and every octet is the same. */
function snrDb(sent: Uint8Array, spoken: CodecName, received: Uint8Array, heard: CodecName): number {
  if (spoken === heard) return Buffer.compare(sent, received) === 0 ? Number.POSITIVE_INFINITY : 0;
  const [original, copy] = [linear(sent, spoken), linear(received, heard)];
  let [signal, noisy] = [0, 0];
  original.forEach((sample, n) => {
    signal += sample ** 2;
    noisy += (sample - (copy[n] ?? 0)) ** 2;
  });
  return 10 * Math.log10(signal / noisy);
}

function linear(octets: Uint8Array, codec: CodecName): number[] {
  return Array.from(octets, codec === "PCMA" ? decodePcma : decodePcmu);
}
