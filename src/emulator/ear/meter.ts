import { SAMPLE_RATE_HZ, SAMPLES_PER_FRAME } from "../../message/device-voice.ts";
import { type Frame, isSilent } from "../sound/frame.ts";
import { levelOf } from "../sound/level.ts";
import { Spectrum } from "./spectrum.ts";

const FRAMES = 10;

/** Remembers the last 200 ms of sound: how loud, and which frequency is strongest. */
export class Meter {
  readonly #samples = new Int16Array(FRAMES * SAMPLES_PER_FRAME);
  readonly #power = new Float64Array(FRAMES);
  #at = 0;
  #silent = FRAMES;

  hear(frame: Frame): void {
    const quiet = isSilent(frame);
    this.#silent = quiet ? Math.min(FRAMES, this.#silent + 1) : 0;
    this.#samples.set(frame, this.#at * SAMPLES_PER_FRAME);
    this.#power[this.#at] = quiet ? 0 : alternatingPower(frame);
    this.#at = (this.#at + 1) % FRAMES;
  }

  reset(): void {
    this.#samples.fill(0);
    this.#power.fill(0);
    this.#silent = FRAMES;
  }

  /** RMS over the last 200 ms without its direct component, dBm0. */
  get levelDbm0(): number {
    if (this.#silent === FRAMES) return levelOf(0);
    let sum = 0;
    for (const power of this.#power) sum += power;
    return Math.round(levelOf(sum / FRAMES) * 10) / 10;
  }

  /** Strongest frequency over the last 200 ms, Hz to 1 decimal; null when silent. */
  get frequencyHz(): number | null {
    if (this.levelDbm0 < -60) return null;
    const inOrder = new Float64Array(this.#samples.length);
    const cut = this.#at * SAMPLES_PER_FRAME;
    for (let n = 0; n < inOrder.length; n++) inOrder[n] = this.#samples[(cut + n) % inOrder.length] ?? 0;
    return Math.round(new Spectrum(inOrder, SAMPLE_RATE_HZ).peakHz() * 10) / 10;
  }
}

/** Mean square of a block around its mean: a constant is silence. */
export function alternatingPower(samples: Int16Array, from = 0, to = samples.length): number {
  let sum = 0;
  let squares = 0;
  for (let n = from; n < to; n++) {
    const sample = samples[n] ?? 0;
    sum += sample;
    squares += sample * sample;
  }
  const count = to - from;
  return Math.max(0, squares / count - (sum / count) ** 2);
}
