import { ms } from "../message/units.ts";
import type { Clock } from "../vendor/clock/clock.ts";

const LOOK_MS = 1000;
/** Looks in a row without a tick: one can be a machine that slept. */
const LOOKS = 2;

export interface Watchdog {
  stop(): void;
}

/** Calls `stuck` once when the count of ticks stands still for two seconds. */
export function watch(ticks: () => number, clock: Clock, stuck: () => void): Watchdog {
  let seen = ticks();
  let still = 0;
  const look = () => {
    const now = ticks();
    still = now === seen ? still + 1 : 0;
    seen = now;
    if (still >= LOOKS) stuck();
    else cancel = clock.after(ms(LOOK_MS), look);
  };
  let cancel = clock.after(ms(LOOK_MS), look);
  return { stop: () => cancel() };
}
