import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { StandingCalls } from "../../../bench/standing-calls.ts";
import { House } from "../harness/house.ts";
import type { Scratch } from "../harness/scratch.ts";
import { Counting } from "./counting.ts";
import { leaveBook } from "./large-book.ts";
import { compileWitness, type Testimony } from "./witness.ts";

const execute = promisify(execFile);

/** The processor that the gateway has to live on, together with whatever competes with it. */
const processor = 0;
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
    await execute("taskset", ["--all-tasks", "--pid", "--cpu-list", `${processor}`, `${house.program.pid}`]);
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

  /** Puts the voice behind everybody else, as if its priority had never been thought of. */
  disregardVoice(): void {
    const tasks = `/proc/${this.house.program.pid}/task`;
    for (const thread of readdirSync(tasks)) {
      const fields = readFileSync(join(tasks, thread, "stat"), "latin1")
        .replace(/^.*\) /, "")
        .split(" ");
      if (fields[16] === "-15") setPriority(Number(thread), 19);
    }
  }

  #competitor(name: string, command: string, before: readonly string[], args: readonly string[]): Counting {
    const script = join(import.meta.dirname, `${name}.ts`);
    return new Counting(this.#scratch, { name, command, args: [...before, "--import", "tsx", script, ...args] });
  }
}
