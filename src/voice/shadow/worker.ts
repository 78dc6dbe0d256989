/**
 * The shadow's thread: reads what the voice worker copied, plays it to the live module once more and to the candidates, and
 * tells the differences once a second. It comes last on the machine, and nobody waits for it.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { performance } from "node:perf_hooks";
import { CodecFault } from "../plugin/codec.ts";
import { loadCodecs } from "../plugin/host.ts";
import { CandidateFault, loadBeside, loadModule } from "./candidate.ts";
import { noSums, type ShadowFigures, Times } from "./figures.ts";
import { type Candidates, type Counters, Follower } from "./follower.ts";
import type { FromShadow, ShadowTask } from "./messages.ts";
import { FLAG_END, RECORD_LENGTH, RECORD_PLACE, TickRecord } from "./record.ts";
import { RecordRing, SHADOW_BUSY, SHADOW_STOP } from "./ring.ts";

/** After everything else. */
const NICE = 15;
/** Between two looks into the ring, which holds four seconds. */
const LOOK_MS = 40;
const TELL_MS = 1000;

export async function run(task: ShadowTask): Promise<void> {
  lowerPriority();
  const tell = (message: FromShadow) => task.port.postMessage(message);
  try {
    const shadow = new Shadow(task, await load(task), tell);
    tell({ kind: "ready" });
    shadow.run();
  } catch (error) {
    const who =
      new RecordRing(task.shared).get(SHADOW_BUSY) === 1 ? "the live module, beside itself," : "the candidate";
    tell({ kind: "failed", reason: reasonOf(error, who), file: error instanceof CandidateFault });
  }
  task.port.close();
}

/** On Linux a thread has a priority of its own. */
function lowerPriority(): void {
  try {
    setPriority(Number(readlinkSync("/proc/thread-self").split("/").at(-1)), NICE);
  } catch {
    // Not Linux: as everybody else.
  }
}

async function load({ wasm, options, codecs, timing }: ShadowTask): Promise<Candidates> {
  const { module, codec } = options;
  return {
    live: await WebAssembly.compile(readFileSync(new URL(wasm))),
    module: module === undefined ? null : await loadModule(module, timing),
    codec: codec === undefined ? null : await loadBeside(codec, codecs, timing),
    codecs: await loadCodecs(codecs),
    timing,
  };
}

function reasonOf(error: unknown, who: string): string {
  if (error instanceof CandidateFault) return error.message;
  if (error instanceof WebAssembly.RuntimeError) return `${who} trapped: ${error.message}`;
  if (error instanceof CodecFault) return `the candidate codec failed: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

class Shadow {
  readonly #ring: RecordRing;
  readonly #followers: readonly Follower[];
  readonly #sums = noSums();
  readonly #times = { live: new Times(), module: new Times(), codec: new Times() };
  readonly #tell: (message: FromShadow) => void;
  #firstDifference: string | null = null;
  #toldAt = 0;

  constructor(task: ShadowTask, candidates: Candidates, tell: (message: FromShadow) => void) {
    this.#ring = new RecordRing(task.shared);
    this.#ring.begin();
    this.#tell = tell;
    const counters: Counters = {
      sums: this.#sums,
      times: this.#times,
      busy: (who) => this.#ring.set(SHADOW_BUSY, who),
      differs: (what) => {
        this.#firstDifference ??= what;
      },
    };
    this.#followers = Array.from({ length: task.options.streams }, () => new Follower(candidates, counters));
  }

  run(): void {
    while (this.#ring.get(SHADOW_STOP) === 0) {
      this.#drain();
      if (performance.now() - this.#toldAt >= TELL_MS) this.#report();
      this.#ring.sleep(SHADOW_STOP, 0, LOOK_MS);
    }
    this.#drain();
    this.#report();
  }

  #drain(): void {
    for (let words = this.#ring.next(); words !== null; words = this.#ring.next()) {
      const tick = new TickRecord(words);
      const follower = this.#followers[tick.word(RECORD_PLACE)];
      if (tick.has(FLAG_END)) follower?.end();
      else follower?.take(tick);
      this.#ring.done(tick.word(RECORD_LENGTH));
      if (this.#ring.get(SHADOW_STOP) !== 0 && performance.now() - this.#toldAt >= TELL_MS) return;
    }
  }

  #report(): void {
    this.#toldAt = performance.now();
    const figures: ShadowFigures = {
      sums: this.#sums,
      following: this.#followers.filter(({ isFollowing }) => isFollowing).length,
      firstDifference: this.#firstDifference,
      frameUs: {
        live: this.#times.live.show(),
        module: this.#times.module.show(),
        codec: this.#times.codec.show(),
      },
    };
    this.#tell({ kind: "figures", figures });
  }
}
