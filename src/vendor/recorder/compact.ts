import { constants, createReadStream, createWriteStream } from "node:fs";
import { link, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { segmentsIn } from "./segments.ts";

/** A journal is the same words over and over: a tenth of it is left. More effort saves little, and takes a router's processor. */
const effort = 3;
/** Octets read at once: few steps, each in a thread of its own. */
const atOnce = 128 * 1024;
const unfinished = /^journal-[0-9]+\.jsonl\.gz\.new$/;

/** Compresses the files of a data directory that are written to their end, one at a time, in Node's own threads. */
export class Compactor {
  readonly #dir: string;
  #current = "";
  #running: Promise<void> = Promise.resolve();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** All but the file that is being written, once the one before it is `closed`. What fails stays as it is till the next. */
  run(current: string, closed: Promise<void>): void {
    this.#current = current;
    this.#running = Promise.all([this.#running, closed]).then(
      () => this.#all().catch(() => undefined),
      () => undefined,
    );
  }

  /** Resolves when nothing is being compressed. Never rejects. */
  idle(): Promise<void> {
    return this.#running;
  }

  async #all(): Promise<void> {
    for (const name of await readdir(this.#dir))
      if (unfinished.test(name)) await rm(join(this.#dir, name), { force: true });
    for (const path of segmentsIn(this.#dir)) {
      if (path === this.#current || path.endsWith(".gz") || (await stat(path)).size === 0) continue;
      await compress(path);
    }
  }
}

/** The name is there when the file is on the disk; only then the old one goes. */
async function compress(path: string): Promise<void> {
  const made = `${path}.gz.new`;
  try {
    await gzip(path, made);
    await rename(made, `${path}.gz`);
    await sync(dirname(path));
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
  await compressKept(path);
  // Held open until its end is on the disk: a power cut before that must not bring its name back with others' blocks.
  const old = await open(path, constants.O_RDONLY);
  try {
    await rm(path, { force: true });
    await sync(dirname(path));
  } finally {
    await old.close();
  }
}

/** A file that outlives its turn has a second name. */
async function compressKept(path: string): Promise<void> {
  const kept = join(dirname(path), `kept-${basename(path)}`);
  const is = (name: string) => stat(name).catch(() => null);
  if ((await is(kept))?.ino !== (await is(path))?.ino) return;
  await link(`${path}.gz`, `${kept}.gz`);
  await rm(kept);
}

async function gzip(path: string, to: string): Promise<void> {
  const from = createReadStream(path, { highWaterMark: atOnce });
  const into = createWriteStream(to, { flags: "wx", mode: 0o600 });
  await pipeline(from, createGzip({ level: effort, chunkSize: atOnce / 2 }), into);
  await sync(to);
}

/** A file or a folder. */
async function sync(path: string): Promise<void> {
  const file = await open(path, constants.O_RDONLY);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
