/**
 * How much may be written: at first as much as is kept, then as much again each hour. Flash wears out by writing, and a flood
 * must not wash away what happened before it.
 */
export class Budget {
  readonly #most: number;
  #left: number;
  #at: number;

  /** `most`: octets at once and an hour. `now`: ms. */
  constructor(most: number, now: number) {
    this.#most = most;
    this.#left = most;
    this.#at = now;
  }

  /** Octets that may be written now; less than none, when a state was longer. */
  left(now: number): number {
    const more = (Math.max(0, now - this.#at) / 3_600_000) * this.#most;
    this.#left = Math.min(this.#most, this.#left + more);
    this.#at = now;
    return this.#left;
  }

  spend(octets: number): void {
    this.#left -= octets;
  }
}
