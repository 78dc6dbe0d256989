import { type Instant, instant, type Milliseconds } from "../../message/units.ts";

/** Ends a pending timer; harmless when it has fired. */
export type Cancel = () => void;

/** Time for the lower half. The upper half has none: it reads `at` and asks for timers by command. */
export interface Clock {
  now(): Instant;
  after(delay: Milliseconds, run: () => void): Cancel;
}

const origin = Date.now() - performance.now();

/** Monotonic: set to wall time once at start, then never moved by clock steps. */
export const systemClock: Clock = {
  now: () => instant(Math.round(origin + performance.now())),
  after(delay, run) {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until told: for simulation and tests. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(start = 0) {
    this.#now = start;
  }

  now(): Instant {
    return instant(this.#now);
  }

  after(delay: Milliseconds, run: () => void): Cancel {
    const entry = { due: this.#now + Math.max(0, delay), order: this.#order++, run };
    this.#pending.add(entry);
    return () => this.#pending.delete(entry);
  }

  /** How many timers still tick. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Moves time on, running every timer due on the way at its own moment, in order. */
  advance(by: Milliseconds): void {
    const end = this.#now + by;
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.run();
    }
    this.#now = end;
  }

  #next(end: number): Pending | null {
    let first: Pending | null = null;
    for (const entry of this.#pending) {
      if (entry.due > end) continue;
      if (first === null || entry.due < first.due || (entry.due === first.due && entry.order < first.order))
        first = entry;
    }
    return first;
  }
}
