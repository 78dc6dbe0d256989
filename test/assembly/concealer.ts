import { CONCEAL_STATE } from "../../assembly/conceal/state.ts";
import { KernelRig } from "./kernel-rig.ts";

/** One channel's concealment: frames that come, and frames that do not. */
export class Concealer {
  readonly rig = new KernelRig();
  readonly state: number;
  readonly #samples: number;
  readonly #frame: number;

  /** `frame`: samples of one, a multiple of 80. */
  constructor(rate: 8000 | 16_000, frame: number) {
    this.state = this.rig.take(CONCEAL_STATE);
    this.#samples = this.rig.take(frame * 2);
    this.#frame = frame;
    this.rig.call("concealOpen", this.state, rate);
  }

  good(samples: Int16Array): Int16Array {
    const view = this.rig.samples(this.#samples, this.#frame);
    view.set(samples);
    this.rig.call("concealGood", this.state, this.#samples, this.#frame);
    return Int16Array.from(view);
  }

  lost(): Int16Array {
    this.rig.call("concealLost", this.state, this.#samples, this.#frame);
    return Int16Array.from(this.rig.samples(this.#samples, this.#frame));
  }

  /** What is heard of `sound` when the frames that `isLost` names do not come; what is left of a frame is dropped. */
  play(sound: Int16Array, isLost: (frame: number) => boolean): Int16Array {
    const frames = Math.floor(sound.length / this.#frame);
    const heard = new Int16Array(frames * this.#frame);
    for (let n = 0; n < frames; n++) {
      const at = n * this.#frame;
      heard.set(isLost(n) ? this.lost() : this.good(sound.subarray(at, at + this.#frame)), at);
    }
    return heard;
  }
}
