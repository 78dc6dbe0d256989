import { closeSync, openSync, write, writeSync } from "node:fs";

/** One journal file being written. Positions are kept here, so that a synchronous write may overtake a pending one. */
export class Segment {
  readonly path: string;
  readonly #file: number;
  readonly #failed: (problem: string) => void;
  readonly #pending = new Set<Promise<void>>();
  #position = 0;

  /** @throws Error when the file can not be made */
  constructor(path: string, failed: (problem: string) => void) {
    this.path = path;
    this.#file = openSync(path, "wx", 0o600);
    this.#failed = failed;
  }

  /** Resolves when it is written, or could not be. */
  write(text: string): Promise<void> {
    const octets = Buffer.from(text);
    const at = this.#position;
    this.#position += octets.length;
    const done: Promise<void> = this.#writeAll(octets, at).finally(() => this.#pending.delete(done));
    this.#pending.add(done);
    return done;
  }

  writeSync(text: string): void {
    const octets = Buffer.from(text);
    try {
      for (let from = 0; from < octets.length; ) {
        const count = writeSync(this.#file, octets, from, octets.length - from, this.#position);
        from += count;
        this.#position += count;
      }
    } catch (error) {
      this.#failed(sentence(error));
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#pending);
    closeSync(this.#file);
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

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
