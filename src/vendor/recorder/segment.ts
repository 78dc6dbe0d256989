import { close, fdatasync, fsync, open, openSync, write, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * One journal file being written. Positions are kept here, so that a synchronous write may overtake a pending one. What
 * was written is also brought to the disk, without anybody waiting for it: a flight recorder is read after the crash.
 */
export class Segment {
  readonly path: string;
  readonly #file: number;
  readonly #failed: (problem: string) => void;
  readonly #pending = new Set<Promise<void>>();
  #position = 0;
  #owed = 0;
  #syncing: Promise<void> | null = null;
  #syncAgain = false;

  /**
   * `deleted`: open files whose deletion has to be on the disk before they are closed.
   * @throws Error when the file can not be made
   */
  constructor(path: string, deleted: readonly number[], failed: (problem: string) => void) {
    this.path = path;
    this.#file = openSync(path, "wx", 0o600);
    this.#failed = failed;
    void this.#track(syncDirectory(dirname(path)).then(() => closeAll(deleted)));
  }

  /** Octets that are being written. */
  get owed(): number {
    return this.#owed;
  }

  /** Resolves when it is written, or could not be. */
  write(octets: Buffer): Promise<void> {
    const at = this.#position;
    this.#position += octets.length;
    this.#owed += octets.length;
    const written = this.#writeAll(octets, at).then(() => {
      this.#owed -= octets.length;
      this.#sync();
    });
    return this.#track(written);
  }

  writeSync(octets: Buffer): void {
    try {
      for (let from = 0; from < octets.length; ) {
        const count = writeSync(this.#file, octets, from, octets.length - from, this.#position);
        from += count;
        this.#position += count;
      }
      this.#sync();
    } catch (error) {
      this.#failed(sentence(error));
    }
  }

  /** Never rejects: a file that can not be closed is closed all the same (close(2)), and its octets were told of before. */
  async close(): Promise<void> {
    await Promise.all(this.#pending);
    await this.#syncing;
    await closed(this.#file);
  }

  #track(work: Promise<void>): Promise<void> {
    const done: Promise<void> = work.finally(() => this.#pending.delete(done));
    this.#pending.add(done);
    return done;
  }

  /** One at a time: whatever is written during one is brought to the disk by the next. */
  #sync(): void {
    if (this.#syncing !== null) {
      this.#syncAgain = true;
      return;
    }
    this.#syncAgain = false;
    this.#syncing = new Promise<void>((resolve) => {
      fdatasync(this.#file, (error) => {
        if (error !== null) this.#failed(sentence(error));
        this.#syncing = null;
        if (this.#syncAgain) this.#sync();
        resolve(this.#syncing ?? undefined);
      });
    });
  }

  /** Never rejects. */
  async #writeAll(octets: Buffer, at: number): Promise<void> {
    let from = 0;
    while (from < octets.length) {
      const count = await this.#writeSome(octets, from, at + from);
      if (count === null) return;
      from += count;
    }
  }

  #writeSome(octets: Buffer, from: number, at: number): Promise<number | null> {
    return new Promise((resolve) => {
      write(this.#file, octets, from, octets.length - from, at, (error, count) => {
        if (error !== null) this.#failed(sentence(error));
        resolve(error === null ? count : null);
      });
    });
  }
}

/** So that the file has its name after a power cut. Where that can not be asked for, there is nothing to be done. */
function syncDirectory(path: string): Promise<void> {
  return new Promise((resolve) => {
    open(path, "r", (error, directory) => {
      if (error !== null) resolve();
      else fsync(directory, () => void closed(directory).then(resolve));
    });
  });
}

async function closeAll(files: readonly number[]): Promise<void> {
  await Promise.all(files.map(closed));
}

function closed(file: number): Promise<void> {
  return new Promise((resolve) => close(file, () => resolve()));
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
