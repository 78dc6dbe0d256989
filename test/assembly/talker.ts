import type { BuiltInFormat } from "../../src/message/media.ts";
import { Coder, shapes } from "./coder.ts";
import { sine } from "./measure.ts";
import { randomFrom, writeRtp } from "./rtp.ts";

/** Ticks from a packet's arrival to its being heard: the jitter buffer. */
export const DELAY = 2;

/** A far end that says noise, or a sine. */
export class Talker {
  readonly format: BuiltInFormat;
  readonly said: Uint8Array[] = [];
  readonly #coder: Coder;
  readonly #random: () => number;
  readonly #hertz: number | null;

  constructor(format: BuiltInFormat, seed: number, hertz: number | null = null) {
    this.format = format;
    this.#coder = new Coder(format);
    this.#random = randomFrom(seed);
    this.#hertz = hertz;
  }

  packet(n: number): Uint8Array {
    const { rate } = shapes[this.format];
    const length = rate / 50;
    const samples =
      this.#hertz === null
        ? Int16Array.from({ length }, () => (2 * this.#random() - 1) * 5000)
        : sine((this.#hertz * 8000) / rate, -10, length, n * length);
    const payload = this.#coder.encode(samples);
    this.said.push(payload);
    const payloadType = this.format === "PCMU" ? 0 : this.format === "PCMA" ? 8 : 96;
    const timestamp = n * (this.format === "L16/16000" ? 320 : 160);
    return writeRtp({ payloadType, sequence: n, timestamp, payload });
  }
}

/** What a far end's octets are as samples, behind so many frames of silence, `frames` in all. */
export function decoded(
  format: BuiltInFormat,
  octets: readonly Uint8Array[],
  silent: number,
  frames: number,
): Int16Array {
  const coder = new Coder(format);
  const length = shapes[format].rate / 50;
  const sound = octets.slice(0, frames - silent).flatMap((payload) => [...coder.decode(payload)]);
  return Int16Array.from([...new Int16Array(silent * length), ...sound]);
}
