import { readdirSync, readFileSync } from "node:fs";

/** Longest excuse a busy machine gives, ms: what is worse is a fault whatever the load. */
const LONGEST_EXCUSE_MS = 250;

/** Time each thread of a process has been ready to run without a processor to run on, ms (Linux schedstat). */
function waitedMs(pid: number): ReadonlyMap<string, number> {
  const waited = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [, delayNs = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ");
    waited.set(thread, Number(delayNs) / 1e6);
  }
  return waited;
}

/**
 * Begins to watch a process; the result tells how long others on this machine kept its worst thread from running since
 * then, at most 250 ms. On a quiet machine that is a few ms.
 */
export function watchStarvation(pid: number): () => number {
  const before = waitedMs(pid);
  return () => {
    const delays = [...waitedMs(pid)].map(([thread, waited]) => waited - (before.get(thread) ?? 0));
    return Math.min(LONGEST_EXCUSE_MS, Math.max(...delays));
  };
}
