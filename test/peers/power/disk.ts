import { execFile } from "node:child_process";
import { copyFile, mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Scratch } from "../harness/scratch.ts";

const execute = promisify(execFile);

/** Mounting takes root; elsewhere the tests say so and are left out. */
export const needsRoot: { readonly skip: string | false } = {
  skip: process.platform === "linux" && process.getuid?.() === 0 ? false : "needs root on Linux: it mounts disks",
};

/** As little help as ext4 can give: what was not synced may be lost, in any order, and no rename is taken as a hint. */
const harsh = "data=writeback,noauto_da_alloc,commit=1";

/** @throws Error with the program's own words */
export async function run(program: string, ...args: readonly string[]): Promise<void> {
  await execute(program, [...args]).catch((error: unknown) => {
    const words = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new Error(`${program} ${args.join(" ")}: ${words.trim()}`);
  });
}

/** Mounts, and unmounts at the end. The folder is made. */
export async function mount(scratch: Scratch, folder: string, ...args: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run("mount", ...args, folder);
  scratch.atEnd(() => run("umount", folder));
}

/**
 * A disk whose power can be cut at any moment.
 *
 *   tmpfs | outer.img = ext4 on a loop | disk.img = ext4 on a loop, mounted harshly | the data directory
 *
 * The outer file system is frozen while the image is copied: every write that has reached the disk is in the copy, every
 * later one waits, and what the inner file system still keeps in memory is lost, as when the power goes.
 */
export class Disk {
  /** Where it is mounted. */
  readonly path: string;
  readonly #folder: string;
  #copies = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, "disk");
  }

  static async open(scratch: Scratch): Promise<Disk> {
    const folder = await scratch.folder("disk");
    await mount(scratch, folder, "-t", "tmpfs", "-o", "size=96m", "tmpfs");
    const outer = join(folder, "outer.img");
    await format(outer, 24, "-O", "^has_journal");
    await mount(scratch, join(folder, "outer"), "-o", "loop", outer);
    const disk = new Disk(folder);
    await format(disk.#image, 8);
    await mount(scratch, disk.path, "-o", `loop,${harsh}`, disk.#image);
    return disk;
  }

  get #image(): string {
    return join(this.#folder, "outer", "disk.img");
  }

  /** Cuts the power of a copy: its image as the disk has it at one moment. `seen` is asked within that moment. */
  async cut<T>(seen: () => T): Promise<{ readonly image: string; readonly seen: T }> {
    const image = join(this.#folder, `cut-${++this.#copies}.img`);
    const outer = join(this.#folder, "outer");
    await run("fsfreeze", "--freeze", outer);
    try {
      await copyFile(this.#image, image);
      return { image, seen: seen() };
    } finally {
      await run("fsfreeze", "--unfreeze", outer);
    }
  }

  /** The power is back: the image is mounted, which replays its journal, looked at, and checked. Then it is deleted. */
  async restore<T>(image: string, look: (path: string) => Promise<T>): Promise<T> {
    const path = `${image}.mounted`;
    await mkdir(path);
    await run("mount", "-o", `loop,${harsh}`, image, path);
    try {
      return await look(path);
    } finally {
      await run("umount", path);
      await run("e2fsck", "-fn", image);
      await rm(image);
    }
  }
}

async function format(image: string, megabytes: number, ...options: readonly string[]): Promise<void> {
  await writeFile(image, "");
  await truncate(image, megabytes * 1024 * 1024);
  await run("mkfs.ext4", "-q", ...options, image);
}
