/** Later than this, the grid of deadlines is laid anew instead of caught up with. */
const RESYNC_MS = 100;

/** How late a tick begins, and how many frame times it stands for. */
export interface Begun {
  readonly lateMs: number;
  readonly periods: number;
}

/**
 * Absolute deadlines, one a frame. A deadline that could not be held is skipped, never made up for: two ticks at once
 * would be a burst on the network and a gap after it.
 */
export class Pace {
  readonly #frameMs: number;
  #next: number;
  /** Made once: a tick makes nothing. */
  readonly #begun = { lateMs: 0, periods: 1 };

  constructor(now: number, frameMs: number) {
    this.#frameMs = frameMs;
    this.#next = now + frameMs;
  }

  /** Milliseconds to sleep, 0 when the deadline has passed. */
  untilNext(now: number): number {
    return Math.max(0, this.untilDue(now));
  }

  /** Milliseconds to the deadline; negative when it has passed. */
  untilDue(now: number): number {
    return this.#next - now;
  }

  /** The deadlines from now on are so much later, ms. */
  move(by: number): void {
    this.#next += by;
  }

  /** Called when the tick begins; the next deadline is set. What is returned is only good until the next tick. */
  begin(now: number): Begun {
    const lateMs = Math.max(0, now - this.#next);
    const periods = 1 + Math.floor(lateMs / this.#frameMs);
    this.#next = lateMs > RESYNC_MS ? now + this.#frameMs : this.#next + periods * this.#frameMs;
    this.#begun.lateMs = lateMs;
    this.#begun.periods = periods;
    return this.#begun;
  }
}
