import { CodecFault, type CodecInstance, type CodecModule, GUARD } from "../codec.ts";

/** What octets that tell a codec nothing may be filled with: whoever reads them has other results with another filling. */
export const fillings = [0xa5, 0x3c] as const;
export type Filling = (typeof fillings)[number];

/** One instance under test: what it costs is kept, and what it may not touch is watched. */
export class CodecBench {
  readonly instance: CodecInstance;
  readonly #filling: Filling;
  /** µs of each call. */
  readonly times: number[] = [];
  mostInstructions = 0;

  constructor(module: CodecModule, filling: Filling = fillings[0]) {
    this.instance = module.open();
    this.#filling = filling;
    const { memory, places } = this.instance.fence;
    memory.fill(filling, module.pages * 65536, places.end);
    this.open();
  }

  open(): void {
    this.instance.openEncoder();
    this.instance.openDecoder();
  }

  /** A copy of the frame. */
  encode(samples: Int16Array): Uint8Array {
    const octets = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    this.#fillOctets(this.instance.shape.frameOctets);
    return this.#timed(() => this.instance.encode(octets)).slice();
  }

  /** Samples, copied; null when the codec says that this is no frame of it. It may be longer than one of the codec's. */
  decode(octets: Uint8Array): Int16Array | null {
    this.#fillOctets(this.instance.shape.frameOctets);
    this.#fillSamples();
    const heard = samplesOf(this.#timed(() => this.instance.decode(octets)));
    if (octets.length > this.instance.shape.frameOctets) this.#fillOctets(octets.length);
    return heard;
  }

  /** What is heard for a lost frame: silence when the codec makes up nothing. */
  lose(): Int16Array {
    this.#fillSamples();
    return samplesOf(this.#timed(() => this.instance.conceal())) ?? new Int16Array(this.instance.samples);
  }

  /** All of a sound there and back; frames for which `lost` says so do not come. */
  pass(sound: Int16Array, lost: (frame: number) => boolean = () => false): { frames: Uint8Array[]; heard: Int16Array } {
    const { samples } = this.instance;
    const frames: Uint8Array[] = [];
    const heard = new Int16Array(Math.floor(sound.length / samples) * samples);
    for (let n = 0; (n + 1) * samples <= sound.length; n++) {
      const frame = this.encode(sound.slice(n * samples, (n + 1) * samples));
      frames.push(frame);
      const got = lost(n) ? this.lose() : this.decode(frame);
      if (got === null) throw new CodecFault(`decode refuses frame ${n}, which encode made`);
      heard.set(got, n * samples);
    }
    return { frames, heard };
  }

  /** Octets changed outside what it was given; the first one's place in words, or null. */
  trespass(): string | null {
    const { memory, places } = this.instance.fence;
    const { encoderState, decoderState, frameOctets } = this.instance.shape;
    const gaps = [
      ["before the encoder's state", places.encoder - GUARD, places.encoder],
      [`behind the ${encoderState} octets of the encoder's state`, places.encoder + encoderState, places.decoder],
      [`behind the ${decoderState} octets of the decoder's state`, places.decoder + decoderState, places.samples],
      ["behind the room for samples", places.samples + 2 * this.instance.samples, places.octets],
      ["behind the room for octets", places.octets + frameOctets, places.end],
    ] as const;
    for (const [where, from, to] of gaps)
      if (memory.subarray(from, to).some((octet) => octet !== this.#filling)) return where;
    return null;
  }

  /** What lies there is left over from the call before. */
  #fillOctets(octets: number): void {
    const { memory, places } = this.instance.fence;
    memory.fill(this.#filling, places.octets, places.octets + octets);
  }

  #fillSamples(): void {
    const { memory, places } = this.instance.fence;
    memory.fill(this.#filling, places.samples, places.samples + 2 * this.instance.samples);
  }

  #timed<Result>(call: () => Result): Result {
    const began = performance.now();
    const result = call();
    this.times.push((performance.now() - began) * 1000);
    this.mostInstructions = Math.max(this.mostInstructions, this.instance.fence.spent);
    return result;
  }
}

function samplesOf(octets: Uint8Array | null): Int16Array | null {
  return octets === null ? null : new Int16Array(octets.slice().buffer);
}
