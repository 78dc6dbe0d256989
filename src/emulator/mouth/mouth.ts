import { SAMPLE_RATE_HZ, SAMPLES_PER_FRAME } from "../../message/device-voice.ts";
import { clip, type Frame, silentFrame } from "../sound/frame.ts";
import { sinePeak } from "../sound/level.ts";
import type { Sine } from "./sines.ts";

interface Utterance {
  /** Next 20 ms, or null when all has been said. */
  next(): Frame | null;
  done(): void;
  cut(why: string): void;
}

/** Speaks into a receiver, one thing after the other, 20 ms at a time. */
export class Mouth {
  readonly #queue: Utterance[] = [];

  get speaking(): boolean {
    return this.#queue.length > 0;
  }

  /** Resolves when said (or hushed); rejects when cut short. */
  say(samples: Int16Array): Promise<void> {
    let at = 0;
    return this.#enqueue(() => {
      if (at >= samples.length) return null;
      const frame = new Int16Array(SAMPLES_PER_FRAME);
      frame.set(samples.subarray(at, at + SAMPLES_PER_FRAME));
      at += SAMPLES_PER_FRAME;
      return frame;
    });
  }

  /** Hums for `ms`, or until hushed when null; then it resolves at once. */
  async hum(sine: Sine, ms: number | null): Promise<void> {
    const step = (2 * Math.PI * sine.frequencyHz) / SAMPLE_RATE_HZ;
    const peak = sinePeak(sine.levelDbm0);
    let phase = 0;
    let left = ms === null ? Number.POSITIVE_INFINITY : Math.round((ms * SAMPLE_RATE_HZ) / 1000);
    const said = this.#enqueue(() => {
      if (left <= 0) return null;
      const frame = Int16Array.from({ length: SAMPLES_PER_FRAME }, (_, n) =>
        n < left ? clip(peak * Math.sin(phase + step * n)) : 0,
      );
      phase = (phase + step * SAMPLES_PER_FRAME) % (2 * Math.PI);
      left -= SAMPLES_PER_FRAME;
      return frame;
    });
    if (ms !== null) return said;
    // Nobody waits for a hum without an end.
    said.catch(() => undefined);
  }

  hush(): void {
    for (const utterance of this.#queue.splice(0)) utterance.done();
  }

  /** Ends all speech; who waits for it is told why. */
  cut(why: string): void {
    for (const utterance of this.#queue.splice(0)) utterance.cut(why);
  }

  /** The next 20 ms. */
  next(): Frame {
    for (let utterance = this.#queue[0]; utterance !== undefined; utterance = this.#queue[0]) {
      const frame = utterance.next();
      if (frame !== null) return frame;
      this.#queue.shift();
      utterance.done();
    }
    return silentFrame;
  }

  #enqueue(next: () => Frame | null): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ next, done: resolve, cut: (why) => reject(new Error(why)) });
    });
  }
}
