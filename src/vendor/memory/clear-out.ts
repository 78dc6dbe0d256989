import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * For the collections of `clearOut` alone: code goes that does not run at the moment (it is compiled again when it does),
 * and pages that are a fifth empty are moved together. V8 has no interface for either. Not with `flush-baseline-code`:
 * with it Node 20 crashes after some thousand collections.
 */
const thorough = ["stress-flush-code", "optimize-for-size"];
/** What was found to be garbage is counted after the first, so that the second can move what is left. */
const TIMES = 2;

/**
 * Gives back what a thread needed for its start only: garbage, and the code of what runs once. V8 would keep most of it
 * for ever in a heap that hardly grows: it was 1 MB of 7 in the gateway's, 2 of 7 in the voice worker's.
 *
 * Nothing else of the thread runs for 10 to 25 ms. Does nothing where there is no way to ask for a collection.
 */
export function clearOut(): void {
  const collect = collector();
  if (collect === null) return;
  for (const flag of thorough) setFlagsFromString(`--${flag}`);
  for (let n = 0; n < TIMES; n++) collect();
  for (const flag of thorough) setFlagsFromString(`--no-${flag}`);
}

/** V8 gives `gc` to contexts that are made after it was told so. */
function collector(): (() => void) | null {
  if (typeof globalThis.gc === "function") return globalThis.gc;
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("globalThis.gc");
  return typeof found === "function" ? () => found() : null;
}
