import { setFlagsFromString } from "node:v8";

/**
 * The voice worker collects its garbage alone. V8 shares the work with helper threads and waits for them; they have the
 * priority of everybody else, so on a busy processor the thread that comes first waits for one that comes last. Measured
 * with one processor and a download on it: frames 8 to 19 ms late, eight seconds after the start, when V8 finds the new
 * heap so quiet that it would make it smaller.
 *
 * To be called before the worker is made. The main thread keeps its memory reducer; its small collections, a millisecond
 * each, are its own, too.
 */
export function collectGarbageAlone(): void {
  setFlagsFromString("--no-memory-reducer");
  setFlagsFromString("--no-parallel-scavenge");
  // So that `clearOut` in the worker needs no context of its own, which would stay as garbage.
  setFlagsFromString("--expose-gc");
}
