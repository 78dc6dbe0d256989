import { performance } from "node:perf_hooks";

/** A clock of milliseconds that never goes back, and sleep by it. */
export interface Timepiece {
  now(): number;
  /** Nothing else of this thread runs meanwhile. Not at all when the time is 0 or less. */
  sleep(ms: number): void;
}

/** Sleeps in Atomics.wait, which follows the clock as well as a native sleep. */
export function threadTimepiece(): Timepiece {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  return {
    now: () => performance.now(),
    sleep: (ms) => {
      if (ms > 0) Atomics.wait(sleeper, 0, 0, ms);
    },
  };
}
