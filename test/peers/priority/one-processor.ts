import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, setPriority } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { processorMs } from "../../../bench/machine.ts";
import { StandingCalls } from "../../../bench/standing-calls.ts";
import { House } from "../harness/house.ts";
import type { Scratch } from "../harness/scratch.ts";
import { Counting } from "./counting.ts";
import { leaveBook } from "./large-book.ts";
import { compileWitness, type Testimony } from "./witness.ts";

const execute = promisify(execFile);

/** The processor that the gateway has to live on, together with whatever competes with it. */
const processor = 0;
/** Of the voice worker. */
export const voiceNice = -15;
/** Calls up all the time. */
export const callsUp = 4;
/** Entries in the phone book. */
export const bookSize = 50_000;
/** So often the book is changed, a second: all of it goes and comes again in the time of the test. */
const changesASecond = 2500;

/** A gateway with a large phone book, all of its threads on one processor. */
export class OneProcessor {
  readonly house: House;
  readonly #scratch: Scratch;
  readonly #watch: Awaited<ReturnType<typeof compileWitness>>;

  private constructor(scratch: Scratch, house: House, watch: Awaited<ReturnType<typeof compileWitness>>) {
    this.#scratch = scratch;
    this.house = house;
    this.#watch = watch;
  }

  static async start(scratch: Scratch): Promise<OneProcessor> {
    const watch = await compileWitness(scratch);
    const dir = await scratch.folder("house");
    await leaveBook(dir, bookSize);
    const house = await House.start(scratch, { dataDir: dir });
    await pin(house.program.pid, `${processor}`);
    // Far ends and whoever measures: what they take is nothing that a gateway on one processor would have to bear.
    if (availableParallelism() > 1) await pin(process.pid, `${processor + 1}-${availableParallelism() - 1}`);
    return new OneProcessor(scratch, house, watch);
  }

  standingCalls(seconds: number): Promise<StandingCalls> {
    return StandingCalls.start(this.#scratch, this.house, callsUp, seconds);
  }

  /** A download on the same processor; counts octets. */
  download(): Counting {
    return this.#competitor("download", "taskset", ["--cpu-list", `${processor}`, process.execPath], []);
  }

  /** Somebody who renews the phone book; counts changes. */
  reindex(): Counting {
    const args = [join(this.house.dataDir, "offhook.sock"), `${bookSize}`, `${changesASecond}`];
    return this.#competitor("reindex", process.execPath, [], args);
  }

  /** What the witness on this processor sees of it, and of the voice of the calls. */
  watch(seconds: number): Promise<Testimony> {
    const { rtpPort } = this.house;
    return this.#watch({ processor, seconds, ports: [rtpPort, rtpPort + 31] });
  }

  /** The nice value of every thread of the gateway, by its number; that of the process is the logic's. */
  niceValues(): ReadonlyMap<number, number> {
    const tasks = `/proc/${this.house.program.pid}/task`;
    const niceOf = (thread: string): number => {
      const fields = readFileSync(join(tasks, thread, "stat"), "latin1").replace(/^.*\) /, "");
      return Number(fields.split(" ")[16]);
    };
    return new Map(readdirSync(tasks).map((thread) => [Number(thread), niceOf(thread)]));
  }

  /** Puts the voice behind everybody else, as if its priority had never been thought of. */
  async disregardVoice(): Promise<void> {
    for (const [thread, nice] of this.niceValues()) {
      if (nice !== voiceNice) continue;
      await execute("chrt", ["--other", "--pid", "0", `${thread}`]);
      setPriority(thread, 19);
    }
  }

  #competitor(name: string, command: string, before: readonly string[], args: readonly string[]): Counting {
    const script = join(import.meta.dirname, `${name}.ts`);
    return new Counting(this.#scratch, { name, command, args: [...before, "--import", "tsx", script, ...args] });
  }
}

async function pin(pid: number, processors: string): Promise<void> {
  await execute("taskset", ["--all-tasks", "--pid", "--cpu-list", processors, `${pid}`]);
}

/**
 * Begins to watch the whole machine; the result tells how much of one processor others had since: neither this process
 * nor a program that it started.
 */
export function watchStrangers(): () => number {
  const [before, began] = [strangersMs(), performance.now()];
  return () => (strangersMs() - before) / (performance.now() - began);
}

function strangersMs(): number {
  const parentOf = (pid: number) =>
    Number(/^\S+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1]);
  const own = readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    try {
      return pid === process.pid || parentOf(pid) === process.pid ? [processorMs(pid)] : [];
    } catch {
      // No process, or it has just ended.
      return [];
    }
  });
  return busyMs() - own.reduce((sum, used) => sum + used, 0);
}

/** How long all processors together have been at work since the machine started, in ticks of 10 ms (proc_stat(5)). */
function busyMs(): number {
  const [, line = ""] = /^cpu +(.*)$/m.exec(readFileSync("/proc/stat", "latin1")) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(" ").map(Number);
  return 10 * (user + nice + system + irq + softirq);
}
