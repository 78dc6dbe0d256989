import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../../vendor/clock/clock.ts";

/** Believes a contact only when it has stayed the same for a while. */
export class Debounce {
  readonly #clock: Clock;
  readonly #believe: (closed: boolean) => void;
  #timer: Cancel | null = null;

  constructor(clock: Clock, believe: (closed: boolean) => void) {
    this.#clock = clock;
    this.#believe = believe;
  }

  /** The contact differs from what is believed: after `delayMs` it will be believed. Runs on when it was said before. */
  start(closed: boolean, delayMs: number): void {
    this.#timer ??= this.#clock.after(ms(delayMs), () => {
      this.#timer = null;
      this.#believe(closed);
    });
  }

  /** The contact is as believed again. */
  stop(): void {
    this.#timer?.();
    this.#timer = null;
  }
}
