/** Later than this, the grid of deadlines is laid anew instead of caught up with. */
const RESYNC_MS = 100;

/**
 * Absolute deadlines, one a frame. A deadline that could not be held is skipped, never made up for: two ticks at once
 * would be a burst on the network and a gap after it.
 */
export class Pace {
  readonly #frameMs: number;
  #next: number;

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

  /** Called when the tick begins: how late it is, how many frame times it stands for; and the next deadline is set. */
  begin(now: number): { readonly lateMs: number; readonly periods: number } {
    const lateMs = Math.max(0, now - this.#next);
    const periods = 1 + Math.floor(lateMs / this.#frameMs);
    this.#next = lateMs > RESYNC_MS ? now + this.#frameMs : this.#next + periods * this.#frameMs;
    return { lateMs, periods };
  }
}
