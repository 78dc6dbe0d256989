import { performance } from "node:perf_hooks";
import { monotonicMicros } from "./monotonic.ts";
import { openSystemClock } from "./system-clock.ts";

/** A clock of milliseconds that never goes back, and sleep by it. */
export interface Timepiece {
  now(): number;
  /** Nothing else of this thread runs meanwhile. Not at all when the time is 0 or less. */
  sleep(ms: number): void;
}

/** One that can be looked at often: what it says is not allocated, as other numbers are that are not whole and small. */
export interface Watch extends Timepiece {
  /** µs of the monotonic clock modulo 2^32, as an int32. */
  micros(): number;
}

/** The lead grows by so much a sleep, until one wakes sooner; and so far at most. */
const CREEP_MS = 0.001;
const MOST_MS = 0.2;

/**
 * The thread's own. Atomics.wait keeps the time as well as a native sleep, but waking from it takes a lock that all
 * threads of V8 share: a helper that holds it and is put off by other programs keeps even a real-time thread waiting, 10
 * to 30 ms on a busy machine (seen with perf: FutexEmulation::WaitSync in __lll_lock_wait). So where koffi is at work
 * anyway, the sleep is the system's own.
 */
export async function openTimepiece(withKoffi: boolean): Promise<Watch> {
  const time = withKoffi ? await systemTimepiece() : threadTimepiece();
  return { ...punctual(time), micros: time.micros };
}

/**
 * Sleeps so much less as waking took lately at least: timer, scheduler and the way back into JavaScript cost 25 to 60 µs
 * even where nothing is in the way. It is never more than a moment early.
 */
export function punctual(time: Timepiece): Timepiece {
  // Places for numbers that change without allocating others: the lead, and the moment slept for.
  const kept = new Float64Array([0, Number.NaN]);
  const learn = (now: number): void => {
    const lead = kept[0] ?? 0;
    const until = kept[1] ?? 0;
    kept[0] = Math.max(0, Math.min(lead + CREEP_MS, now - until + lead, MOST_MS));
    kept[1] = Number.NaN;
  };
  return {
    // Whoever wakes looks at the clock first; to learn from it takes time, too.
    now: () => {
      const now = time.now();
      if ((kept[1] ?? 0) > 0) learn(now);
      return now;
    },
    sleep: (ms) => {
      const lead = kept[0] ?? 0;
      if (ms <= lead) return;
      kept[1] = time.now() + ms;
      time.sleep(ms - lead);
    },
  };
}

/** Sleeps in Atomics.wait. */
function threadTimepiece(): Watch {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  return {
    now: () => performance.now(),
    micros: monotonicMicros,
    sleep: (ms) => {
      if (ms > 0) Atomics.wait(sleeper, 0, 0, ms);
    },
  };
}

/** Sleeps in clock_nanosleep. */
async function systemTimepiece(): Promise<Watch> {
  const { now, micros, sleepUntil } = await openSystemClock();
  return {
    now,
    micros,
    sleep: (ms) => {
      if (ms > 0) sleepUntil(now() + ms);
    },
  };
}
