import { readFileSync } from "node:fs";
import { KernelRig } from "./kernel-rig.ts";
import { randomFrom } from "./rtp.ts";
import { readSamples } from "./speech.ts";

/** ITU-T G.168's names of the hybrids in vectors/g168. */
export type HybridName = "D.2" | "D.3" | "D.5" | "D.6" | "D.9";
export const hybrids: readonly HybridName[] = ["D.2", "D.3", "D.5", "D.6", "D.9"];

interface G168 {
  readonly css_voiced_single_talk_C1: readonly number[];
  readonly css_voiced_double_talk_C3: readonly number[];
  readonly models: Readonly<Record<HybridName, { readonly k_i: number; readonly coefficients: readonly number[] }>>;
}

const vectors = new URL("../../../shared/vectors/", import.meta.url);
const g168 = JSON.parse(readFileSync(new URL("g168/g168-echo-paths.json", vectors), "utf8")) as G168;

/** Root mean square of 0 dBm0; a full-scale sine is +3.14 dBm0. */
const ROOT_DBM0 = (32768 / Math.SQRT2) * 10 ** (-3.14 / 20);
const RATE = 8000;
/** The tables of the voiced parts are sampled so. */
const TABLE_RATE = 44_100;

const LONGEST_STATE = 65_536;
const LONGEST_FRAME = 1600;

/** Echo canceller flags, assembly/echo/canceller.ts. */
export const NLP = 1;
export const ADAPT = 2;
export const DOUBLE_TALK = 1;
export const SUPPRESSED = 2;
export const FROZEN = 4;

/** Power of samples from one second to another, less `known`, dBm0. */
export function powerOf(samples: ArrayLike<number>, from: number, to: number, known?: ArrayLike<number>): number {
  let sum = 0;
  const [first, last] = [Math.round(from * RATE), Math.round(to * RATE)];
  for (let n = first; n < last; n++) sum += ((samples[n] ?? 0) - (known?.[n] ?? 0)) ** 2;
  return 10 * Math.log10(Math.max(sum / (last - first), 1e-3) / ROOT_DBM0 ** 2);
}

export function atLevel(samples: Float64Array, dbm0: number): Float64Array {
  const gain = 10 ** ((dbm0 - powerOf(samples, 0, samples.length / RATE)) / 20);
  return samples.map((sample) => sample * gain);
}

/** Nearly Gaussian. */
export function noise(seconds: number, dbm0: number, seed: number): Float64Array {
  const random = randomFrom(seed);
  const samples = Float64Array.from({ length: Math.round(seconds * RATE) }, () => {
    let sum = -3;
    for (let n = 0; n < 6; n++) sum += random();
    return sum;
  });
  return atLevel(samples, dbm0);
}

/** Composite source signal, G.168 Annex C: voiced, noise, pause, and again with the sign turned. Far end C.1, talk C.3. */
export function compositeSource(seconds: number, dbm0: number, seed: number, talk = false): Float64Array {
  const table = talk ? g168.css_voiced_double_talk_C3 : g168.css_voiced_single_talk_C1;
  const lengths = (talk ? [72.69, 200, 127.31] : [48.62, 200, 101.38]).map((ms) => Math.round((ms * RATE) / 1000));
  const [voicedLength = 0, noiseLength = 0, pauseLength = 0] = lengths;
  const voiced = atLevel(voicedSound(table, voicedLength), 0);
  const hiss = noise(8192 / RATE, 0, seed);
  const samples = new Float64Array(Math.round(seconds * RATE));
  for (let at = 0, sign = 1, from = 0; at < samples.length; sign = -sign) {
    for (const sample of voiced) if (at < samples.length) samples[at++] = sign * sample;
    for (let n = 0; n < noiseLength && at < samples.length; n++) samples[at++] = sign * (hiss[from++ % 8192] ?? 0);
    at += pauseLength;
  }
  return atLevel(samples, dbm0);
}

/** The table's period over and over at 8 kHz: its harmonics below 3.8 kHz. */
function voicedSound(table: readonly number[], length: number): Float64Array {
  const pitch = TABLE_RATE / table.length;
  const sound = new Float64Array(length);
  for (let harmonic = 1; harmonic * pitch < 3800; harmonic++) {
    let [real, imaginary] = [0, 0];
    table.forEach((sample, n) => {
      real += sample * Math.cos((2 * Math.PI * harmonic * n) / table.length);
      imaginary += sample * Math.sin((2 * Math.PI * harmonic * n) / table.length);
    });
    const step = (2 * Math.PI * harmonic * pitch) / RATE;
    for (let n = 0; n < length; n++)
      sound[n] = (sound[n] ?? 0) + real * Math.cos(step * n) + imaginary * Math.sin(step * n);
  }
  return sound;
}

/** Recordings of vectors/audio/speech-8k one after the other. */
export function talk(names: readonly string[], dbm0: number, seconds: number): Float64Array {
  const recorded = names.flatMap((name) => [...readSamples(`speech-8k/${name}.wav`)]);
  return atLevel(
    Float64Array.from({ length: Math.round(seconds * RATE) }, (_, n) => recorded[n] ?? 0),
    dbm0,
  );
}

/** Sines of so many Hz, each at `dbm0`. */
export function tones(seconds: number, dbm0: number, ...hertz: readonly number[]): Float64Array {
  const peak = Math.SQRT2 * ROOT_DBM0 * 10 ** (dbm0 / 20);
  return Float64Array.from({ length: Math.round(seconds * RATE) }, (_, n) =>
    hertz.reduce((sum, one) => sum + peak * Math.sin((2 * Math.PI * one * n) / RATE), 0),
  );
}

/** Impulse response: the hybrid with that echo return loss behind a delay, samples. */
export function hybrid(name: HybridName, lossDb: number, delay = 0): Float64Array {
  const { k_i, coefficients } = g168.models[name];
  const response = new Float64Array(delay + coefficients.length);
  response.set(
    coefficients.map((one) => one * k_i * 10 ** (-lossDb / 20)),
    delay,
  );
  return response;
}

export function echoOf(far: ArrayLike<number>, response: Float64Array): Float64Array {
  const taps = [...response.entries()].filter(([, gain]) => gain !== 0);
  return Float64Array.from({ length: far.length }, (_, n) => {
    let sum = 0;
    for (const [delay, gain] of taps) sum += gain * (far[n - delay] ?? 0);
    return sum;
  });
}

/** Sample by sample; the first gives the length. */
export function together(first: Float64Array, ...others: readonly Float64Array[]): Float64Array {
  return first.map((sample, n) => others.reduce((sum, other) => sum + (other[n] ?? 0), sample));
}

export function after(first: Float64Array, ...others: readonly Float64Array[]): Float64Array {
  return Float64Array.from([first, ...others].flatMap((part) => [...part]));
}

/** 16 bits, cut off. */
export function linear(samples: Float64Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample))));
}

export interface EchoOptions {
  readonly tailMs: number;
  /** NLP | ADAPT; else adaption without the non-linear processor, so that the filter itself is seen. */
  readonly enable?: number;
  /** Samples of a call. */
  readonly frame?: number;
  /** Before the frame that begins at so many seconds: other flags to enable. */
  readonly later?: { readonly at: number; readonly enable: number };
}

export interface Cancelled {
  readonly samples: Int16Array;
  /** What the canceller said of each frame. */
  readonly flags: readonly number[];
}

/** Room for one echo canceller after the other. */
export class EchoLine {
  readonly #rig = new KernelRig();
  readonly #state = this.#rig.take(LONGEST_STATE);
  readonly #far = this.#rig.take(LONGEST_FRAME * 2);
  readonly #near = this.#rig.take(LONGEST_FRAME * 2);

  stateSize(tailMs: number): number {
    return this.#rig.call("echoStateSize", tailMs);
  }

  /** Everything behind the state's end. */
  beyondState(tailMs: number): Uint8Array {
    const size = this.stateSize(tailMs);
    return this.#rig.octets(this.#state + size, LONGEST_STATE - size);
  }

  /** As it comes back from a µ-law trunk: the noise floor of any real line. */
  companded(samples: Float64Array): Int16Array {
    const heard = linear(samples);
    for (let n = 0; n < heard.length; n += LONGEST_FRAME) {
      const part = heard.subarray(n, n + LONGEST_FRAME);
      this.#rig.samples(this.#far, part.length).set(part);
      this.#rig.call("encodePcmu", this.#far, this.#near, LONGEST_FRAME);
      this.#rig.call("decodePcmu", this.#near, this.#far, LONGEST_FRAME);
      part.set(this.#rig.samples(this.#far, part.length));
    }
    return heard;
  }

  /** Runs a new canceller over it all; what is left of a frame at the end is silent. */
  cancel(far: Int16Array, near: Int16Array, options: EchoOptions): Cancelled {
    const { tailMs, enable = ADAPT, frame = 160, later } = options;
    this.#rig.octets(this.#state, this.stateSize(tailMs)).fill(0);
    this.#rig.call("echoOpen", this.#state, tailMs);
    this.#rig.call("echoEnable", this.#state, enable);
    const echoFrame = this.#rig.kernel("echoFrame");
    const [farView, nearView] = [this.#rig.samples(this.#far, frame), this.#rig.samples(this.#near, frame)];
    const samples = new Int16Array(near.length);
    const flags: number[] = [];
    for (let n = 0; n + frame <= near.length; n += frame) {
      if (n === Math.round((later?.at ?? -1) * RATE))
        this.#rig.call("echoEnable", this.#state, later?.enable ?? enable);
      farView.set(far.subarray(n, n + frame));
      nearView.set(near.subarray(n, n + frame));
      flags.push(echoFrame(this.#state, this.#far, this.#near, frame));
      samples.set(nearView, n);
    }
    return { samples, flags };
  }
}

/** Echo return loss enhancement, dB: how much less there is from one second to another; `talk` is nobody's echo. */
export function enhancement(
  near: ArrayLike<number>,
  out: ArrayLike<number>,
  from: number,
  to: number,
  talk?: ArrayLike<number>,
): number {
  return powerOf(near, from, to, talk) - powerOf(out, from, to, talk);
}

/** Seconds after `from` until 20 dB are held over 200 ms; NaN when never. */
export function secondsTo20Db(near: Int16Array, out: Int16Array, from = 0): number {
  for (let at = from; at + 0.2 <= near.length / RATE; at += 0.01)
    if (powerOf(near, at, at + 0.2) > -60 && enhancement(near, out, at, at + 0.2) >= 20) return at - from;
  return Number.NaN;
}
