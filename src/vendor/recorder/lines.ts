const newline = 10;
/** Octets of UTF-8 that a character of UTF-16 may take. */
const widest = 3;

/** Lines as octets, in chunks of about that size. */
export class Lines {
  readonly #chunkSize: number;
  #full: Buffer[] = [];
  #chunk: Buffer | null = null;
  #used = 0;
  #length = 0;

  constructor(chunkSize: number) {
    this.#chunkSize = chunkSize;
  }

  /** Octets that were added and not taken. */
  get length(): number {
    return this.#length;
  }

  /** Gives the line's octets. */
  add(line: string): number {
    const most = line.length * widest + 1;
    if (this.#chunk !== null && this.#used + most > this.#chunk.length) this.#close();
    this.#chunk ??= Buffer.allocUnsafe(Math.max(this.#chunkSize, most));
    const octets = this.#chunk.write(line, this.#used) + 1;
    this.#chunk[this.#used + octets - 1] = newline;
    this.#used += octets;
    this.#length += octets;
    return octets;
  }

  /** All of it, in order. */
  take(): readonly Buffer[] {
    this.#close();
    const taken = this.#full;
    this.#full = [];
    this.#length = 0;
    return taken;
  }

  #close(): void {
    if (this.#chunk !== null && this.#used > 0) this.#full.push(this.#chunk.subarray(0, this.#used));
    this.#chunk = null;
    this.#used = 0;
  }
}
