import { performance } from "node:perf_hooks";
import * as words from "../../../assembly/endpoint-words.ts";
import type { CodecInstance, CodecModule } from "../plugin/codec.ts";
import type { Player } from "./player.ts";
import { compareOctets, compareSamples, type DifferenceSums } from "./tally.ts";

/** Where a candidate codec's comparison is counted. */
export interface CodecSums {
  readonly heard: DifferenceSums;
  readonly sent: DifferenceSums;
}

const noOctets = new Uint8Array(0);

/** A candidate codec beside the live one of the same format: the same octets to decode, the same samples to encode. */
export class CodecBeside {
  readonly #instance: CodecInstance;
  readonly #format: number;
  readonly #live: Player;
  readonly #sums: CodecSums;
  #us = 0;
  #decoderOpen = false;
  #encoderOpen = false;

  /** `format`: the number that the live module has for it. */
  constructor(codec: CodecModule, format: number, live: Player, sums: CodecSums) {
    this.#instance = codec.open();
    this.#format = format;
    this.#live = live;
    this.#sums = sums;
    live.onDecoded = (fresh) => this.#decode(fresh);
  }

  /** A session begins. */
  begin(): void {
    this.#decoderOpen = false;
    this.#encoderOpen = false;
  }

  /** After the live module's tick: what is left to do. Returns the time for this frame, µs; null when it had none. */
  finish(): number | null {
    const { played } = this.#live;
    const isOurs = this.#live.word(words.CONTROL_FORMAT) === this.#format;
    if (isOurs && (played.kind & words.INPUT_LOST) !== 0 && this.#decoderOpen) this.#conceal(played.samples);
    // A silence makes every decoder begin anew.
    if (this.#live.word(words.DECODER_WARM) === 0) this.#decoderOpen = false;
    if (isOurs && played.sent.length > 0) this.#encode(played.samples, played.sent);
    const us = this.#us;
    this.#us = 0;
    return us === 0 ? null : us;
  }

  #decode(fresh: boolean): void {
    if (this.#live.word(words.INPUT_FORMAT) !== this.#format) return;
    if (fresh || !this.#decoderOpen) this.#instance.openDecoder();
    this.#decoderOpen = true;
    // Before concealment joins it to what was lost: that is not the codec's.
    const samples = this.#timed(() => this.#instance.decode(this.#live.coded));
    this.#compare(this.#live.linear, samples);
  }

  #conceal(madeUp: Int16Array): void {
    if (!this.#instance.shape.conceals) return;
    this.#compare(
      madeUp,
      this.#timed(() => this.#instance.conceal()),
    );
  }

  #encode(samples: Int16Array, sent: Uint8Array): void {
    if (this.#live.encodedAfresh || !this.#encoderOpen) this.#instance.openEncoder();
    this.#encoderOpen = true;
    const octets = new Uint8Array(2 * this.#instance.samples);
    octets.set(new Uint8Array(samples.buffer, samples.byteOffset, Math.min(samples.byteLength, octets.length)));
    compareOctets(
      this.#sums.sent,
      sent,
      this.#timed(() => this.#instance.encode(octets)),
    );
  }

  /** Null: the candidate says that this is no frame of it. */
  #compare(live: Int16Array, candidate: Uint8Array | null): void {
    if (candidate === null) return compareOctets(this.#sums.heard, new Uint8Array(2 * live.length), noOctets);
    compareSamples(this.#sums.heard, live, new Int16Array(candidate.slice().buffer));
  }

  #timed<Result>(work: () => Result): Result {
    const began = performance.now();
    const result = work();
    this.#us += (performance.now() - began) * 1000;
    return result;
  }
}
