import { JITTER_PLAYOUT, SCALE_LEFT } from "../../assembly/endpoint-words.ts";
import { DEPTH_WISH } from "../../assembly/jitter/depth-words.ts";
import { KERNEL_JITTER } from "../../assembly/layout.ts";
import type { FrameMs } from "../../src/voice/contract.ts";
import { kernelAddress } from "../../src/voice/map.ts";
import { Coder } from "./coder.ts";
import { adaptive } from "./network.ts";
import { Rig } from "./rig.ts";
import { randomFrom, writeRtp } from "./rtp.ts";
import { speech } from "./speech.ts";

export interface Way {
  readonly format?: "PCMA" | "G722";
  readonly frameMs?: FrameMs;
  /** By which the sender's clock is faster than ours, parts in a million. */
  readonly ppm?: number;
  /** Of the packet sent at so many ms. */
  readonly delayMs?: (at: number, random: () => number) => number;
}

export interface HeardSpeech {
  readonly heard: Int16Array;
  /** What was said, as the far end's coder made it; and for each sample heard, which of these it should be. */
  readonly original: Int16Array;
  readonly places: readonly number[];
  /** Where in `heard` frames begin in which the sound was made longer or shorter, or spliced. */
  readonly changes: readonly number[];
  /** Frames with other samples than the original has at their place, changes and made-up ones not counted. */
  readonly inexact: number;
  /** The most that was ever left, ms. */
  readonly mostLeft: number;
  /** For how long the buffer was not as deep as it should be, ms: too shallow, and too deep. */
  readonly waited: { readonly longer: number; readonly shorter: number };
  readonly status: ReturnType<Rig["status"]>;
}

/** Speech without its pauses, so that the depth changes in the middle of sound. */
export function talkWithoutPause(rate: 8000 | 16_000, step: number): Int16Array {
  const kept: number[] = [];
  const frame = rate / 50;
  for (const one of speech(rate, step))
    for (let at = 0; at + frame <= one.length; at += frame) {
      const samples = one.subarray(at, at + frame);
      if (samples.reduce((sum, sample) => sum + sample * sample, 0) / frame > 40_000) kept.push(...samples);
    }
  return Int16Array.from(kept);
}

/** A vowel without end, whose pitch wanders: nowhere a pause. */
export function vowel(seconds: number): Int16Array {
  const random = randomFrom(4);
  let phase = 0;
  const pulses = Float64Array.from({ length: 8000 * seconds }, (_, n) => {
    phase += (120 + 20 * Math.sin(n / 5000) + 6 * Math.sin(n / 900)) / 8000;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    return pulse + 0.01 * (random() - 0.5);
  });
  for (const [hertz, width] of [
    [650, 80],
    [1200, 100],
    [2500, 150],
  ] as const) {
    const radius = Math.exp((-Math.PI * width) / 8000);
    let [before, last] = [0, 0];
    pulses.forEach((pulse, n) => {
      const next = pulse + 2 * radius * Math.cos((2 * Math.PI * hertz) / 8000) * last - radius ** 2 * before;
      [before, last] = [last, next];
      pulses[n] = next;
    });
  }
  const peak = pulses.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Int16Array.from(pulses, (value) => (12_000 * value) / peak);
}

/** What another stream hears of `sound` in linear samples, over a network. */
export function hear(sound: Int16Array, way: Way = {}): HeardSpeech {
  const { format = "PCMA", frameMs = 20, ppm = 0, delayMs = (_at, random) => 3 + 5 * random() } = way;
  const rate = format === "PCMA" ? 8000 : 16_000;
  const packets = packetsOf(sound, format, rate / 50);
  const random = randomFrom(1);
  const sentAt = (n: number) => 7 + (20 * n) / (1 + ppm / 1e6);
  const arrivals = packets.payloads.map((payload, n) => ({ n, payload, at: sentAt(n) + delayMs(sentAt(n), random) }));
  arrivals.sort((a, b) => a.at - b.at);
  const rig = new Rig({ ...adaptive, frameMs });
  rig.openRtp(0, format);
  rig.openRtp(1, rate === 8000 ? "L16/8000" : "L16/16000");
  rig.join("rtp:0", "rtp:1");
  const listener = new Listener(rig, packets.original, rate);
  let next = 0;
  for (let now = 0; next < arrivals.length; now += frameMs) {
    for (let one = arrivals[next]; one !== undefined && one.at <= now; one = arrivals[++next]) {
      const payloadType = format === "PCMA" ? 8 : 96;
      rig.deliver(0, writeRtp({ payloadType, sequence: one.n, timestamp: 160 * one.n, payload: one.payload }));
    }
    listener.take(rig.tickFor(1));
  }
  return listener.outcome();
}

function packetsOf(sound: Int16Array, format: "PCMA" | "G722", frame: number) {
  const [far, near] = [new Coder(format), new Coder(format)];
  const payloads = Array.from({ length: Math.floor(sound.length / frame) }, (_, n) =>
    far.encode(sound.subarray(n * frame, (n + 1) * frame)),
  );
  const original: number[] = [];
  for (const payload of payloads) original.push(...near.decode(payload));
  return { payloads, original: Int16Array.from(original) };
}

class Listener {
  readonly #rig: Rig;
  readonly #original: Int16Array;
  readonly #rate: number;
  readonly #heard: number[] = [];
  readonly #places: number[] = [];
  readonly #changes: number[] = [];
  readonly #waited = { longer: 0, shorter: 0 };
  #concealed = 0;
  #inexact = 0;
  #mostLeft = 0;

  constructor(rig: Rig, original: Int16Array, rate: number) {
    this.#rig = rig;
    this.#original = original;
    this.#rate = rate;
  }

  /** Samples in network order. */
  take(payload: Uint8Array | null): void {
    if (payload === null) return;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const frame = Array.from({ length: payload.length >> 1 }, (_, n) => view.getInt16(2 * n));
    const left = this.#rig.word("rtp:0", SCALE_LEFT);
    const end = (this.#rig.word("rtp:0", JITTER_PLAYOUT) * this.#rate) / 8000 - left;
    this.#note(frame, end - frame.length);
    this.#heard.push(...frame);
    for (let n = 0; n < frame.length; n++) this.#places.push(end - frame.length + n);
    this.#mostLeft = Math.max(this.#mostLeft, (1000 * left) / this.#rate);
    const wish = this.#rig.map.word(kernelAddress(0, KERNEL_JITTER) + DEPTH_WISH);
    if (wish > 0) this.#waited.longer += this.#rig.frameMs;
    else if (wish < 0) this.#waited.shorter += this.#rig.frameMs;
  }

  #note(frame: readonly number[], from: number): void {
    const { concealed } = this.#rig.status("rtp:0");
    const goesOn = this.#places.length === 0 || from === (this.#places.at(-1) ?? 0) + 1;
    // The first second: the buffer begins.
    const isEarly = this.#heard.length < this.#rate;
    if (!goesOn && !isEarly) this.#changes.push(this.#heard.length);
    const isSame = frame.every((sample, n) => sample === (this.#original[from + n] ?? 0));
    if (goesOn && !isSame && !isEarly && concealed === this.#concealed) this.#inexact++;
    this.#concealed = concealed;
  }

  outcome(): HeardSpeech {
    return {
      heard: Int16Array.from(this.#heard),
      original: this.#original,
      places: this.#places,
      changes: this.#changes,
      inexact: this.#inexact,
      mostLeft: this.#mostLeft,
      waited: this.#waited,
      status: this.#rig.status("rtp:0"),
    };
  }
}
