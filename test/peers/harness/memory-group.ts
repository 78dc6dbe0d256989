import { existsSync } from "node:fs";
import { mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Program } from "./program.ts";
import type { Scratch } from "./scratch.ts";

const version1 = {
  mount: "/sys/fs/cgroup/memory",
  limit: "memory.limit_in_bytes",
  usage: "memory.usage_in_bytes",
  noSwap: ["memory.swappiness", "0"],
} as const;
const version2 = {
  mount: "/sys/fs/cgroup",
  limit: "memory.max",
  usage: "memory.current",
  noSwap: ["memory.swap.max", "0"],
} as const;

/** A control group of Linux that bounds the memory of the programs started in it. */
export class MemoryGroup {
  readonly #folder: string;
  readonly #files: typeof version1 | typeof version2;
  readonly #limit: number;
  readonly #ballast: string;

  private constructor(folder: string, files: typeof version1 | typeof version2, limit: number) {
    this.#folder = folder;
    this.#files = files;
    this.#limit = limit;
    // In memory, and charged to the group of whoever writes it, until it is removed.
    this.#ballast = `/dev/shm/offhook-ballast-${process.pid}`;
  }

  /** Rejects with the way out where control groups can not be made. */
  static async open(scratch: Scratch, limit: number): Promise<MemoryGroup> {
    const files = existsSync(join(version1.mount, version1.limit)) ? version1 : version2;
    const folder = join(files.mount, `offhook-${process.pid}`);
    try {
      await mkdir(folder);
      scratch.atEnd(() => rmdir(folder));
      await writeFile(join(folder, files.limit), String(limit));
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new Error(
        `no control group for memory can be made here (${words}): run as root, where cgroups are writable`,
      );
    }
    const [noSwap, value] = files.noSwap;
    if (existsSync(join(folder, noSwap))) await writeFile(join(folder, noSwap), value);
    const group = new MemoryGroup(folder, files, limit);
    scratch.atEnd(() => group.empty());
    return group;
  }

  /** What comes before a command so that it runs in the group. */
  get prefix(): readonly string[] {
    return ["sh", "-c", `echo $$ > ${join(this.#folder, "cgroup.procs")} && exec "$@"`, "sh"];
  }

  async usage(): Promise<number> {
    return Number(await this.#read(this.#files.usage));
  }

  /** Fills the group until only so many octets are left below its limit. */
  async fillUpTo(left: number): Promise<void> {
    const octets = Math.max(0, this.#limit - left - (await this.usage()));
    const [command = "", ...args] = [...this.prefix, "sh", "-c", `head -c ${octets} /dev/zero >> ${this.#ballast}`];
    const program = new Program({ name: "ballast", command, args });
    const code = await program.ends(10_000);
    if (code !== 0) throw new Error(`the ballast could not be written: ${program.tail()}`);
  }

  async empty(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  /** Processes of the group that the kernel killed for memory. */
  async killed(): Promise<number> {
    const file = this.#files === version1 ? "memory.oom_control" : "memory.events";
    return Number(/^oom_kill (\d+)$/m.exec(await this.#read(file))?.[1] ?? Number.NaN);
  }

  #read(file: string): Promise<string> {
    return readFile(join(this.#folder, file), "latin1");
  }
}
