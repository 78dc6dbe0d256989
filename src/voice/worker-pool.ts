import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { WorkerTask } from "./messages.ts";
import { collectGarbageAlone } from "./own-garbage.ts";

/** A pool of one thread, for one standing task; `worker`: the bundle that exports `run`. */
export function openPool(worker: URL): Piscina<WorkerTask, void> {
  collectGarbageAlone();
  return new Piscina({
    filename: fileURLToPath(worker),
    name: "run",
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    // With the default an idle worker blocks in Atomics.wait, and its own sockets with it.
    atomics: "disabled",
    // Histograms of how long tasks take: there is one task, for ever.
    recordTiming: false,
    // A turn makes next to nothing: a small young generation is 2 MB less, and its collections are shorter.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
}
