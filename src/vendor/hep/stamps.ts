import type { Instant } from "../../message/units.ts";

/**
 * Microseconds of moments that are known by the millisecond: those of one millisecond follow each other by one, in the
 * order of asking. A collector sorts by time.
 */
export class Stamps {
  #last = -1;
  #sameMs = 0;

  of(at: Instant): number {
    this.#sameMs = at === this.#last ? Math.min(999, this.#sameMs + 1) : 0;
    this.#last = at;
    return at * 1000 + this.#sameMs;
  }
}
