import { setImmediate as turn } from "node:timers/promises";
import { ms } from "../../src/message/units.ts";
import type { VirtualClock } from "../../src/vendor/clock/clock.ts";

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let n = 0; n < 3; n++) await turn();
}

/** Moves time on in small steps, so that whoever awaits something in between is served in time. */
export async function pass(clock: VirtualClock, forMs: number): Promise<void> {
  await turn();
  for (let left = forMs; left > 0; left -= 5) {
    clock.advance(ms(Math.min(5, left)));
    await turn();
  }
}

/** Moves time on until the promise is settled; fails after `mostMs`. */
export async function until<Result>(clock: VirtualClock, promise: Promise<Result>, mostMs = 20_000): Promise<Result> {
  let over = false;
  const mark = () => {
    over = true;
  };
  promise.then(mark, mark);
  await settle();
  for (let passed = 0; !over; passed += 5) {
    if (passed > mostMs) throw new Error(`not settled within ${mostMs} ms`);
    await pass(clock, 5);
  }
  return promise;
}

/** Moves time on until this holds; fails after `mostMs`. Returns how long it took. */
export async function when(clock: VirtualClock, holds: () => boolean, mostMs = 20_000): Promise<number> {
  await settle();
  for (let passed = 0; ; passed += 5) {
    if (holds()) return passed;
    if (passed > mostMs) throw new Error(`did not happen within ${mostMs} ms: ${holds}`);
    await pass(clock, 5);
  }
}
