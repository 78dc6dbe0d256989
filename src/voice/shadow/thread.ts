import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import { ms } from "../../message/units.ts";
import type { Clock } from "../../vendor/clock/clock.ts";
import type { FromShadow, ShadowTask } from "./messages.ts";
import { RecordRing, SHADOW_BUSY, SHADOW_STOP } from "./ring.ts";

/** A thread that does not end by itself within this time is ended. */
const HURRY_MS = 1000;
/** The heap of a candidate's thread; WebAssembly memory is bounded by the module's own. */
const MOST_HEAP_MB = 64;

/** Where the thread's code lies, seen from this source file or from a bundle in dist/. */
function workerAt(from: string): URL {
  return new URL(from.endsWith("/src/voice/shadow/thread.ts") ? "./worker.ts" : "./shadow-worker.js", from);
}

/** The shadow's thread while it runs. What happens in it stays in it: it can be ended at any moment. */
export class ShadowThread {
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;
  readonly #ring: RecordRing;
  readonly #clock: Clock;
  readonly #pool: Piscina<ShadowTask, void>;

  constructor(task: Omit<ShadowTask, "port">, clock: Clock, hear: (message: FromShadow) => void) {
    this.#ring = new RecordRing(task.shared);
    this.#clock = clock;
    this.#ring.set(SHADOW_STOP, 0);
    this.#ring.set(SHADOW_BUSY, 0);
    this.#pool = new Piscina({
      filename: fileURLToPath(workerAt(import.meta.url)),
      name: "run",
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: "disabled",
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    });
    const { port1, port2 } = new MessageChannel();
    port1.on("message", hear);
    const standing = this.#pool.run({ ...task, port: port2 }, { transferList: [port2] });
    this.ended = standing
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        hear({ kind: "failed", reason: `its thread ended: ${reason}`, file: false });
      })
      .then(() => this.#pool.destroy())
      .finally(() => port1.close());
  }

  /** Asks the thread to end, and ends it when it does not. Resolves when it is gone. */
  stop(): Promise<void> {
    this.#ring.set(SHADOW_STOP, 1);
    this.#ring.wake(SHADOW_STOP);
    const cancel = this.#clock.after(ms(HURRY_MS), () => this.abort());
    return this.ended.finally(cancel);
  }

  /** Ends the thread wherever it is. */
  abort(): void {
    for (const thread of this.#pool.threads) void thread.terminate();
  }
}
