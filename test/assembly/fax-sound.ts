/** What fax machines and modems begin with, as sound, and what the detector says of it. */
import { FAX_DETECT_STATE } from "../../assembly/fax/state.ts";
import type { KernelRig } from "./kernel-rig.ts";
import { gauss, peakOf, saturate } from "./key-sound.ts";
import { randomFrom } from "./rtp.ts";

export interface FaxSound {
  readonly hertz: number;
  readonly ms: number;
  readonly dbm0?: number;
  readonly beforeMs?: number;
  /** The phase turns by half a period this often. */
  readonly reversalMs?: number;
  /** Depth of an amplitude modulation with 15 Hz, 0 … 1. */
  readonly depth?: number;
  readonly noiseDb?: number;
}

export function faxSound(sound: FaxSound): Int16Array {
  const random = randomFrom(17);
  const peak = peakOf(sound.dbm0 ?? -12);
  const noise = sound.noiseDb === undefined ? 0 : peak * Math.SQRT1_2 * 10 ** (-sound.noiseDb / 20);
  const beforeMs = sound.beforeMs ?? 600;
  const samples = Math.ceil((beforeMs + sound.ms + 500) / 20) * 160;
  return Int16Array.from({ length: samples }, (_, n) => {
    const ms = n / 8 - beforeMs;
    const hiss = noise === 0 ? 0 : noise * gauss(random);
    if (ms < 0 || ms >= sound.ms) return saturate(hiss);
    const sign = sound.reversalMs === undefined ? 1 : 1 - 2 * (Math.floor(ms / sound.reversalMs) & 1);
    const swing = 1 + (sound.depth ?? 0) * Math.sin((2 * Math.PI * 15 * ms) / 1000);
    return saturate(sign * swing * peak * Math.sin((2 * Math.PI * sound.hertz * n) / 8000) + hiss);
  });
}

export type FaxSignal = "CNG" | "CED" | "disabler";

export interface FaxHeard {
  readonly signal: FaxSignal;
  /** From the beginning of the samples. */
  readonly atMs: number;
}

const signals: Readonly<Record<number, FaxSignal>> = { 1: "CNG", 2: "CED", 3: "disabler" };

export class FaxListener {
  readonly #rig: KernelRig;
  readonly #state: number;
  readonly #at: number;
  readonly #frame: number;

  constructor(rig: KernelRig, frame = 160) {
    this.#rig = rig;
    this.#frame = frame;
    this.#state = rig.take(FAX_DETECT_STATE);
    this.#at = rig.take(2 * frame);
  }

  listen(samples: Int16Array): FaxHeard[] {
    this.#rig.call("faxDetectOpen", this.#state);
    const heard: FaxHeard[] = [];
    const view = this.#rig.samples(this.#at, this.#frame);
    for (let n = 0; n + this.#frame <= samples.length; n += this.#frame) {
      view.set(samples.subarray(n, n + this.#frame));
      const signal = signals[this.#rig.call("faxDetect", this.#state, this.#at, this.#frame)];
      if (signal !== undefined) heard.push({ signal, atMs: (n + this.#frame) / 8 });
    }
    return heard;
  }

  signals(sound: FaxSound): readonly FaxSignal[] {
    return this.listen(faxSound(sound)).map(({ signal }) => signal);
  }
}
