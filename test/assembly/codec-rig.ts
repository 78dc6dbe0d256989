import { readFileSync } from "node:fs";
import { KernelRig } from "./kernel-rig.ts";
import { randomFrom } from "./rtp.ts";

const vectors = new URL("../../../shared/vectors/codec/", import.meta.url);

/** A file of the ITU-T's: words of 16 bits, little-endian. */
export function words(name: string): Int16Array {
  const octets = readFileSync(new URL(name, vectors));
  return new Int16Array(octets.buffer.slice(octets.byteOffset, octets.byteOffset + octets.length));
}

/** As `words`, of which only the lower octet counts. */
export function lowOctets(name: string): Uint8Array {
  return Uint8Array.from(words(name), (word) => word & 0xff);
}

export type CodecName = "g722" | "g726";

/** Octets of a channel's state, and octets of samples and of code words for each unit of the kernels' `count`. */
const shapes = {
  g722: { state: 208, samples: 4, code: 1 },
  g726: { state: 64, samples: 2, code: 0.5 },
} as const;

/** One direction of one channel, with room for so many units at once. */
export interface Channel {
  readonly state: number;
  readonly from: number;
  readonly to: number;
}

/** Channels of one codec and one direction, coded one by one or side by side. */
export class CodecRig {
  readonly rig = new KernelRig();
  readonly #codec: CodecName;
  readonly #direction: "Encode" | "Decode";
  readonly #room: number;

  constructor(codec: CodecName, direction: "Encode" | "Decode", room: number) {
    this.#codec = codec;
    this.#direction = direction;
    this.#room = room;
  }

  open(): Channel {
    const { state, samples } = shapes[this.#codec];
    const room = () => this.rig.take(samples * this.#room);
    const channel = { state: this.rig.take(state), from: room(), to: room() };
    this.reset(channel);
    return channel;
  }

  reset(channel: Channel): void {
    this.stateOf(channel).fill(0);
    this.rig.call(`${this.#codec}${this.#direction}Open`, channel.state);
  }

  stateOf(channel: Channel): Uint8Array {
    return this.rig.octets(channel.state, shapes[this.#codec].state);
  }

  /** Samples (of 16 bits) or code words go in, `count` units of them. */
  put(channel: Channel, input: ArrayBufferView): void {
    this.rig
      .octets(channel.from, input.byteLength)
      .set(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
  }

  take(channel: Channel, count: number): Uint8Array {
    const { samples, code } = shapes[this.#codec];
    return this.rig.octets(channel.to, count * (this.#direction === "Encode" ? code : samples)).slice();
  }

  alone(channel: Channel, count: number): Uint8Array {
    this.rig.call(`${this.#codec}${this.#direction}`, channel.state, channel.from, channel.to, count);
    return this.take(channel, count);
  }

  sideBySide(channels: readonly Channel[], count: number): readonly Uint8Array[] {
    const jobs = this.rig.take(12 * channels.length);
    this.rig.words(jobs, 3 * channels.length).set(channels.flatMap(({ state, from, to }) => [state, from, to]));
    this.rig.call(`${this.#codec}${this.#direction}Lanes`, jobs, channels.length, count);
    return channels.map((channel) => this.take(channel, count));
  }
}

/** Eight sounds that are hard in different ways: `at` counts samples. */
export function hardSounds(): readonly ((at: number) => number)[] {
  const speech = words("g722/inpsp.bin");
  const random = randomFrom(5);
  return [
    (at) => speech[(at + 4000) % speech.length] ?? 0,
    () => 0,
    () => 32_767,
    (at) => (at & 1 ? 32_767 : -32_768),
    (at) => (at & 2 ? 32_767 : -32_768),
    () => Math.floor(random() * 65_536) - 32_768,
    (at) => (at % 1600 < 800 ? Math.round(20_000 * Math.sin(at / 2)) : 0),
    (at) => Math.round((at % 800 < 400 ? 8000 : 80) * (Math.sin(at * 0.6) + Math.sin(at * 1.1))),
  ];
}
