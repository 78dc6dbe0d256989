import { randomFrom } from "../../test/assembly/rtp.ts";
import { readSamples } from "../../test/assembly/speech.ts";

/** One kind of sound that a kernel must be right on. */
export interface Sibling {
  readonly name: string;
  readonly samples: Int16Array;
}

const voices = ["en-vm-intro", "fr-demo-thanks", "es-agent-user", "it-options", "c2-morig", "en-conf-invalid"];
const wideVoices = ["c2-speech_orig_16k", "c2-wia_16kHz", "ps-goforward", "ps-numbers", "ps-something"];

/** Real speech, silence, full scale, alternating extremes and noise, `frames` frames of 20 ms each. */
export function siblings(rate: 8000 | 16_000, frames: number): readonly Sibling[] {
  const length = (frames * rate) / 50;
  const make = (name: string, sound: (n: number) => number): Sibling => ({
    name,
    samples: Int16Array.from({ length }, (_, n) => sound(n)),
  });
  const random = randomFrom(7);
  return [
    { name: "speech", samples: talk(rate, frames, 0) },
    { name: "other speech", samples: talk(rate, frames, 2) },
    make("silence", () => 0),
    make("full scale", (n) => Math.round(32767 * Math.sin((2 * Math.PI * 1004 * n) / rate))),
    make("steady full scale", () => -32768),
    make("alternating extremes", (n) => (n & 1 ? 32767 : -32768)),
    make("noise", () => Math.floor(random() * 65536) - 32768),
    make("soft noise", () => Math.floor(random() * 2048) - 1024),
  ];
}

/** `frames` frames of speech, from the `first` recording on; the quiet before it begins is left out. */
export function talk(rate: 8000 | 16_000, frames: number, first: number): Int16Array {
  const length = (frames * rate) / 50;
  const names = rate === 8000 ? voices : wideVoices;
  const samples = new Int16Array(length);
  for (let at = 0, n = first; at < length; n++) {
    const whole = readSamples(`speech-${rate / 1000}k/${names[n % names.length]}.wav`);
    const part = whole.subarray(whole.findIndex((sample) => Math.abs(sample) > 1000));
    samples.set(part.subarray(0, length - at), at);
    at += part.length;
  }
  return samples;
}

export function octetsOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

export function samplesOf(octets: Uint8Array): Int16Array {
  return new Int16Array(octets.buffer, octets.byteOffset, octets.length >> 1);
}

/** Places at which two octet strings differ, over the length of the first. */
export function differences(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let count = 0;
  for (let n = 0; n < one.length; n++) if (one[n] !== other[n]) count++;
  return count;
}
