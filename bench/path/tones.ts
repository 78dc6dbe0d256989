/** Speech-like contents for codecs that do not give back the same octets: each frame a tone, another than its neighbours. */
import { KernelRig } from "../../test/assembly/kernel-rig.ts";
import { decodePcma, decodePcmu } from "./g711.ts";
import type { CodecName } from "./relay.ts";
import { FRAMES } from "./traffic.ts";

const TONES = 16;
const AMPLITUDE = 8000;
/** Where a frame's tone is looked for, of 20 ms: its middle, which filters have settled in. */
const WINDOW = { from: 0.3, to: 0.8 };
/** The tone that was sent must be so much stronger than any other. */
const LEAST_RATIO = 4;

/** Every frame of one side, FRAMES of FRAME_OCTETS. */
export function toneFrames(codec: CodecName): Uint8Array {
  const rate = rateOf(codec);
  const samples = Int16Array.from({ length: (FRAMES * rate) / 50 }, (_, n) => {
    const frame = Math.floor((n * 50) / rate);
    return Math.round(AMPLITUDE * Math.sin((2 * Math.PI * frequency(frame) * n) / rate));
  });
  return codec === "G722" ? encodeG722(samples) : encodeG711(samples, codec);
}

/** Null when the payloads carry the tones of consecutive frames, `skipped` first ones aside. */
export function verifyTones(payloads: readonly Uint8Array[], codec: CodecName, skipped: number): string | null {
  const heard = decode(Buffer.concat(payloads), codec);
  const length = rateOf(codec) / 50;
  let [first, fault]: [number | null, string | null] = [null, null];
  // A relay that converts rates delays by some milliseconds.
  for (const delay of [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875]) {
    first = null;
    fault = null;
    for (let n = skipped; n < payloads.length - 1 && fault === null; n++) {
      const from = Math.round((n + delay + WINDOW.from) * length);
      const tone = toneOf(heard.subarray(from, from + (WINDOW.to - WINDOW.from) * length), rateOf(codec));
      first ??= tone === null ? null : (tone - n + TONES * payloads.length) % TONES;
      if (first === null || tone !== (first + n) % TONES) fault = `packet ${n} has another tone than was sent`;
    }
    if (fault === null) return null;
  }
  return fault;
}

function frequency(frame: number): number {
  return 400 + 150 * (frame % TONES);
}

function rateOf(codec: CodecName): number {
  return codec === "G722" ? 16_000 : 8000;
}

/** Number of the tone; null when none is clear. */
function toneOf(samples: Int16Array, rate: number): number | null {
  const powers = Array.from({ length: TONES }, (_, tone) => power(samples, frequency(tone) / rate));
  const best = powers.indexOf(Math.max(...powers));
  const others = Math.max(...powers.filter((_, tone) => Math.abs(tone - best) > 1));
  return (powers[best] ?? 0) > LEAST_RATIO * others ? best : null;
}

function power(samples: Int16Array, cycles: number): number {
  let [inPhase, quadrature] = [0, 0];
  samples.forEach((sample, n) => {
    inPhase += sample * Math.cos(2 * Math.PI * cycles * n);
    quadrature += sample * Math.sin(2 * Math.PI * cycles * n);
  });
  return inPhase ** 2 + quadrature ** 2;
}

function encodeG711(samples: Int16Array, codec: CodecName): Uint8Array {
  const decoded = Array.from({ length: 256 }, (_, octet) => decodeG711(octet, codec));
  return Uint8Array.from(samples, (sample) => {
    const off = decoded.map((value) => Math.abs(value - sample));
    return off.indexOf(Math.min(...off));
  });
}

function encodeG722(samples: Int16Array): Uint8Array {
  const rig = new KernelRig();
  const octets = samples.length / 2;
  const [state, from, to] = [rig.take(4096), rig.take(2 * samples.length), rig.take(octets)];
  rig.samples(from, samples.length).set(samples);
  rig.call("g722EncodeOpen", state);
  rig.call("g722Encode", state, from, to, octets);
  return rig.octets(to, octets).slice();
}

function decode(octets: Uint8Array, codec: CodecName): Int16Array {
  if (codec !== "G722") return Int16Array.from(octets, (octet) => decodeG711(octet, codec));
  const rig = new KernelRig();
  const [state, from, to] = [rig.take(4096), rig.take(octets.length), rig.take(4 * octets.length)];
  rig.octets(from, octets.length).set(octets);
  rig.call("g722DecodeOpen", state);
  rig.call("g722Decode", state, from, to, octets.length);
  return rig.samples(to, 2 * octets.length).slice();
}

function decodeG711(octet: number, codec: CodecName): number {
  return codec === "PCMA" ? decodePcma(octet) : decodePcmu(octet);
}
