import type { BuiltInFormat } from "../../src/message/media.ts";
import { KernelRig } from "./kernel-rig.ts";

const MOST_SAMPLES = 320;
const STATE = 4096;

/** Samples and octets of 20 ms. */
export const shapes: Readonly<Record<BuiltInFormat, { readonly rate: 8000 | 16000; readonly octets: number }>> = {
  PCMU: { rate: 8000, octets: 160 },
  PCMA: { rate: 8000, octets: 160 },
  G722: { rate: 16000, octets: 160 },
  "G726-32": { rate: 8000, octets: 80 },
  "AAL2-G726-32": { rate: 8000, octets: 80 },
  "L16/8000": { rate: 8000, octets: 320 },
  "L16/16000": { rate: 16000, octets: 640 },
};

/** A far end's codec, one call long: the kernels themselves, apart from the tick. */
export class Coder {
  readonly #rig = new KernelRig();
  readonly #format: BuiltInFormat;
  readonly #encoder = this.#rig.take(STATE);
  readonly #decoder = this.#rig.take(STATE);
  readonly #samples = this.#rig.take(2 * MOST_SAMPLES);
  readonly #octets = this.#rig.take(2 * MOST_SAMPLES);

  constructor(format: BuiltInFormat) {
    this.#format = format;
    const open = format === "G722" ? "g722" : isG726(format) ? "g726" : null;
    if (open === null) return;
    this.#rig.call(`${open}EncodeOpen`, this.#encoder);
    this.#rig.call(`${open}DecodeOpen`, this.#decoder);
  }

  /** 20 ms. */
  encode(samples: Int16Array): Uint8Array {
    const { octets } = shapes[this.#format];
    this.#rig.samples(this.#samples, samples.length).set(samples);
    const count = samples.length;
    if (this.#format === "PCMU") this.#rig.call("encodePcmu", this.#samples, this.#octets, count);
    else if (this.#format === "PCMA") this.#rig.call("encodePcma", this.#samples, this.#octets, count);
    else if (this.#format === "G722") this.#rig.call("g722Encode", this.#encoder, this.#samples, this.#octets, octets);
    else if (isG726(this.#format)) this.#rig.call("g726Encode", this.#encoder, this.#samples, this.#octets, count);
    else this.#rig.call("swapOctets", this.#samples, this.#octets, count);
    if (this.#format === "AAL2-G726-32") this.#rig.call("swapNibbles", this.#octets, this.#octets, octets);
    return Uint8Array.from(this.#rig.octets(this.#octets, octets));
  }

  /** 20 ms. */
  decode(octets: Uint8Array): Int16Array {
    const count = shapes[this.#format].rate / 50;
    this.#rig.octets(this.#octets, octets.length).set(octets);
    if (this.#format === "AAL2-G726-32") this.#rig.call("swapNibbles", this.#octets, this.#octets, octets.length);
    if (this.#format === "PCMU") this.#rig.call("decodePcmu", this.#octets, this.#samples, count);
    else if (this.#format === "PCMA") this.#rig.call("decodePcma", this.#octets, this.#samples, count);
    else if (this.#format === "G722") this.#rig.call("g722Decode", this.#decoder, this.#octets, this.#samples, 160);
    else if (isG726(this.#format)) this.#rig.call("g726Decode", this.#decoder, this.#octets, this.#samples, count);
    else this.#rig.call("swapOctets", this.#octets, this.#samples, count);
    return Int16Array.from(this.#rig.samples(this.#samples, count));
  }
}

function isG726(format: BuiltInFormat): boolean {
  return format === "G726-32" || format === "AAL2-G726-32";
}
