import { CodecFault, type CodecModule } from "../codec.ts";
import { CodecBench, type Filling } from "./bench.ts";
import { compare, type Likeness } from "./compare.ts";
import { speechLike } from "./signals.ts";

export const SECONDS = 8;
/** Speech after a trouble, of which the first second is for recovering. */
const RECOVERY_SECONDS = 3;
/** It is to be as good as before but for this, and above this nobody hears a difference. */
const MOST_LOST_DB = 3;
const GOOD_SNR_DB = 30;

/** Speech there and back, with nothing in its way. */
interface Undisturbed extends Likeness {
  readonly said: Int16Array;
  readonly heard: Int16Array;
  readonly frames: readonly Uint8Array[];
}

/** By the rate: to make it takes longer than most of the checks. */
const speeches = new Map<number, Int16Array>();

/** All that is tried with one codec: what several checks need, and every instance that was made. */
export class Trial {
  readonly module: CodecModule;
  /** With the check it was made in. */
  readonly benches: { readonly bench: CodecBench; readonly check: string }[] = [];
  /** The check that is on. */
  check = "";
  #undisturbed: Undisturbed | null = null;

  constructor(module: CodecModule) {
    this.module = module;
  }

  bench(filling?: Filling): CodecBench {
    const bench = new CodecBench(this.module, filling);
    this.benches.push({ bench, check: this.check });
    return bench;
  }

  /** The beginning of the speech. */
  said(seconds: number): Int16Array {
    const { sampleRate } = this.module.shape;
    const all = speeches.get(sampleRate) ?? speechLike(sampleRate, SECONDS);
    speeches.set(sampleRate, all);
    return all.subarray(0, seconds * sampleRate);
  }

  /** @throws CodecFault when the codec fails at it */
  undisturbed(): Undisturbed {
    if (this.#undisturbed === null) {
      const { sampleRate } = this.module.shape;
      const said = this.said(SECONDS);
      const { frames, heard } = this.bench().pass(said);
      this.#undisturbed = { said, frames, heard, ...compare(said, heard, sampleRate) };
    }
    return this.#undisturbed;
  }

  /** SNR of speech after a trouble; throws when it stays worse than it was. */
  recovered(bench: CodecBench, trouble: string): number {
    const { said, heard, delay } = this.undisturbed();
    const { sampleRate } = this.module.shape;
    const part = (sound: Int16Array) => sound.subarray(sampleRate, RECOVERY_SECONDS * sampleRate);
    const again = bench.pass(said.subarray(0, RECOVERY_SECONDS * sampleRate)).heard;
    const [before, after] = [heard, again].map((sound) => compare(part(said), part(sound), sampleRate, delay).snrDb);
    if (before === undefined || after === undefined || after < Math.min(before, GOOD_SNR_DB) - MOST_LOST_DB)
      throw new CodecFault(
        `after ${trouble} speech stays at an SNR of ${after} dB, not ${before}: let the state leak, limit it, and keep NaN out`,
      );
    return after;
  }
}
