/** Keys as sound, as telephones and test tapes make them, and what the detector says of it. */
import { DTMF_DETECT_STATE, DTMF_DURATION } from "../../assembly/dtmf/detect-state.ts";
import type { KernelRig } from "./kernel-rig.ts";
import { randomFrom } from "./rtp.ts";

/** As the keypad has them, row by row, and by number of RFC 4733. */
export const keypad = "123A456B789C*0#D";
const events = "0123456789*#ABCD";
const rows = [697, 770, 852, 941] as const;
const columns = [1209, 1336, 1477, 1633] as const;

export interface KeySound {
  readonly key: string;
  readonly ms: number;
  readonly lowDbm0?: number;
  readonly highDbm0?: number;
  /** Relative error of the two frequencies. */
  readonly lowOff?: number;
  readonly highOff?: number;
  /** Silence before and after. */
  readonly beforeMs?: number;
  readonly afterMs?: number;
  /** Of both tones together over white noise that is there all the time, dB. */
  readonly noiseDb?: number;
  readonly seed?: number;
}

export interface Heard {
  readonly key: string;
  readonly what: "begins" | "ends";
  readonly ms: number;
  /** Samples put in so far. */
  readonly at: number;
}

export function peakOf(dbm0: number): number {
  return 32768 * 10 ** ((dbm0 - 3.14) / 20);
}

export function saturate(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)));
}

/** Gaussian of deviation 1, near enough. */
export function gauss(random: () => number): number {
  let sum = -6;
  for (let n = 0; n < 12; n++) sum += random();
  return sum;
}

/** Filled up to whole frames of 20 ms. */
export function keySound(sound: KeySound): Int16Array {
  const random = randomFrom(sound.seed ?? 1);
  for (let n = 0; n < 3; n++) random();
  const place = keypad.indexOf(sound.key);
  const low = { hertz: rows[(place >> 2) as 0] * (1 + (sound.lowOff ?? 0)), peak: peakOf(sound.lowDbm0 ?? -10) }; // 0-3
  const high = { hertz: columns[(place & 3) as 0] * (1 + (sound.highOff ?? 0)), peak: peakOf(sound.highDbm0 ?? -10) }; // 0-3
  const from = Math.round((sound.beforeMs ?? 60) * 8);
  const to = from + Math.round(sound.ms * 8);
  const phases = [random() * 2 * Math.PI, random() * 2 * Math.PI] as const;
  const noise =
    sound.noiseDb === undefined ? 0 : Math.hypot(low.peak, high.peak) * Math.SQRT1_2 * 10 ** (-sound.noiseDb / 20);
  const samples = Math.ceil((to + (sound.afterMs ?? 80) * 8) / 160) * 160;
  return Int16Array.from({ length: samples }, (_, n) => {
    const turn = (2 * Math.PI * n) / 8000;
    const tones =
      low.peak * Math.sin(turn * low.hertz + phases[0]) + high.peak * Math.sin(turn * high.hertz + phases[1]);
    return saturate((n >= from && n < to ? tones : 0) + (noise === 0 ? 0 : noise * gauss(random)));
  });
}

/** Listens frame by frame; `after`, when given, is filled with what the detector left of the samples. */
export class KeyListener {
  readonly #rig: KernelRig;
  readonly #state: number;
  readonly #at: number;
  readonly #frame: number;

  constructor(rig: KernelRig, frame = 160) {
    this.#rig = rig;
    this.#frame = frame;
    this.#state = rig.take(DTMF_DETECT_STATE);
    this.#at = rig.take(2 * frame);
  }

  listen(samples: Int16Array, mode = 0, after?: Int16Array): Heard[] {
    this.#rig.call("dtmfDetectOpen", this.#state);
    this.#rig.call("dtmfDetectMode", this.#state, mode);
    const heard: Heard[] = [];
    const view = this.#rig.samples(this.#at, this.#frame);
    for (let n = 0; n + this.#frame <= samples.length; n += this.#frame) {
      view.set(samples.subarray(n, n + this.#frame));
      const told = this.#rig.call("dtmfDetect", this.#state, this.#at, this.#frame);
      after?.set(view, n);
      if (told < 0) continue;
      const ms = this.#rig.words(this.#state + DTMF_DURATION, 1)[0] ?? 0;
      heard.push({
        key: events[told & 15] ?? "",
        what: (told & 256) === 0 ? "ends" : "begins",
        ms,
        at: n + this.#frame,
      });
    }
    return heard;
  }

  /** The keys that began and ended, in order; throws when one did not end or ended without beginning. */
  keys(samples: Int16Array): string {
    const heard = this.listen(samples);
    const begun = heard.filter(({ what }) => what === "begins").map(({ key }) => key);
    const ended = heard.filter(({ what }) => what === "ends").map(({ key }) => key);
    if (begun.join("") !== ended.join("")) throw new Error(`begun ${begun.join("")}, ended ${ended.join("")}`);
    return begun.join("");
  }

  /** How many of `trials` sounds are heard as just their key. */
  accepted(trials: number, make: (trial: number) => KeySound): number {
    let good = 0;
    for (let trial = 0; trial < trials; trial++) {
      const sound = make(trial);
      if (this.keys(keySound({ seed: trial + 1, ...sound })) === sound.key) good++;
    }
    return good;
  }
}
