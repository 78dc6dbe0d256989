/** Waits of protocols and people are this much shorter. */
const faster = 20;
/** Below it are the times of sound and rings, ms. */
const shortest = 400;
/** USB transfers and those who watch them: the one has to end before the other, ms. */
const [exactFrom, exactTo] = [1000, 2000];

/** A thousand calls wait for a lost message's repetition, for a device to be tried again: nobody waits so long here. */
export function hurryTimers(): void {
  const real = globalThis.setTimeout;
  const hurried = (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) =>
    real(run, hurry(delay), ...args);
  globalThis.setTimeout = Object.assign(hurried, real);
}

function hurry(delay: number): number {
  if (delay < shortest || (delay >= exactFrom && delay <= exactTo)) return delay;
  return delay / faster;
}
