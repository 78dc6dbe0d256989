import { SAMPLE_RATE_HZ } from "../../message/device-voice.ts";
import { hann } from "./spectrum.ts";

/** Samples a comparison looks at: 60 ms tell 400 from 450 Hz (Hann, zeros 33 Hz beside the peak). */
export const WINDOW = 480;

const window = Float64Array.from({ length: WINDOW }, (_, n) => hann(n, WINDOW));
const windowSum = window.reduce((sum, weight) => sum + weight, 0);
const windowSquares = window.reduce((sum, weight) => sum + weight * weight, 0);

/** Share of the power a set must explain. A tone 9 Hz off explains 0.9 of it: E.180 lets tones be 1.5 % off. */
const EXPLAINED = 0.85;
/** Components of one tone differ by less than this in power: 8 dB. */
const BALANCE = 10 ** 0.8;

/** Tells which of several sets of sines a stretch of sound is made of. */
export class ToneSets {
  readonly #sets: readonly (readonly number[])[];
  readonly #frequencies: readonly number[];
  readonly #weighted = new Float64Array(WINDOW);

  constructor(sets: readonly (readonly number[])[]) {
    this.#sets = sets;
    this.#frequencies = [...new Set(sets.flat())];
  }

  /** Index of the set that is all there is in these `WINDOW` samples, or null. */
  match(samples: Int16Array): number | null {
    const total = this.#weigh(samples);
    const powers = new Map(this.#frequencies.map((frequency) => [frequency, this.#power(frequency)]));
    let best: number | null = null;
    let most = EXPLAINED * total;
    this.#sets.forEach((set, index) => {
      const parts = set.map((frequency) => powers.get(frequency) ?? 0);
      const sum = parts.reduce((all, part) => all + part, 0);
      if (sum < most || Math.max(...parts) > BALANCE * Math.min(...parts)) return;
      best = index;
      most = sum;
    });
    return best;
  }

  #weigh(samples: Int16Array): number {
    let mean = 0;
    for (const sample of samples) mean += sample / WINDOW;
    let total = 0;
    for (let n = 0; n < WINDOW; n++) {
      const value = ((samples[n] ?? 0) - mean) * (window[n] ?? 0);
      this.#weighted[n] = value;
      total += value * value;
    }
    return total;
  }

  /** Power of the sine near `frequency` after weighing. High tones may be further off than the window is wide. */
  #power(frequency: number): number {
    if (frequency < 1000) return this.#goertzel(frequency);
    return Math.max(...[0.99, 1, 1.01].map((off) => this.#goertzel(off * frequency)));
  }

  #goertzel(frequency: number): number {
    const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE_HZ);
    let last = 0;
    let before = 0;
    for (const value of this.#weighted) {
      const now = value + coefficient * last - before;
      before = last;
      last = now;
    }
    const magnitude = last * last + before * before - coefficient * last * before;
    const amplitudeSquared = (4 * magnitude) / (windowSum * windowSum);
    return (amplitudeSquared / 2) * windowSquares;
  }
}
