import { FRAME_MS } from "../../message/device-voice.ts";
import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../../vendor/clock/clock.ts";

/** Frames made up for at once when the clock was held up; those before are skipped. */
const CATCH_UP = 3;

/**
 * The device's own clock: a tick every 20 ms at its absolute moment, so that it never drifts.
 * It rests when nobody needs it and goes on in step.
 */
export class FrameClock {
  readonly #clock: Clock;
  readonly #tick: (skipped: number) => void;
  #start: number;
  #frame = 0;
  #timer: Cancel | null = null;

  /** `tick` is told how many frames before this one were skipped. */
  constructor(clock: Clock, tick: (skipped: number) => void) {
    this.#clock = clock;
    this.#tick = tick;
    this.#start = clock.now();
  }

  get running(): boolean {
    return this.#timer !== null;
  }

  /** Samples since `restart`, uint32. */
  get samples(): number {
    return Math.floor((this.#clock.now() - this.#start) * 8) >>> 0;
  }

  /** Samples at the beginning of the tick under way, uint32. */
  get frameSamples(): number {
    return (this.#frame * FRAME_MS * 8) >>> 0;
  }

  /** Counts samples from now on. */
  restart(): void {
    this.#start = this.#clock.now();
    this.#frame = 0;
    if (this.#timer === null) return;
    this.rest();
    this.run();
  }

  run(): void {
    if (this.#timer !== null) return;
    this.#frame = Math.floor((this.#clock.now() - this.#start) / FRAME_MS) + 1;
    this.#arm();
  }

  rest(): void {
    this.#timer?.();
    this.#timer = null;
  }

  #arm(): void {
    const wait = this.#start + this.#frame * FRAME_MS - this.#clock.now();
    this.#timer = this.#clock.after(ms(Math.max(0, Math.ceil(wait))), () => this.#due());
  }

  #due(): void {
    const newest = Math.floor((this.#clock.now() - this.#start) / FRAME_MS);
    const skipped = Math.max(0, newest - this.#frame - CATCH_UP + 1);
    this.#frame += skipped;
    for (let first = true; this.#timer !== null && this.#frame <= newest; first = false) {
      this.#tick(first ? skipped : 0);
      this.#frame++;
    }
    if (this.#timer !== null) this.#arm();
  }
}
