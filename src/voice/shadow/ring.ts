/**
 * What the voice worker copies for the shadow: records of 32-bit words in shared memory, one writer, one reader. The writer
 * never waits: what finds no room is not written, and counted.
 *
 *   header | records …        a record lies in one piece: first its length in words; a negative one is a gap up to the end
 */
const WRITTEN = 0;
const READ = 16;
const HEADER_WORDS = 64;
/** Host writes: 0 while nothing is to be followed, else the number of the shadow's start. */
export const SHADOW_ON = 32;
/** Host writes: 1 when the shadow's thread is to end. */
export const SHADOW_STOP = 33;
/** Shadow writes: whose work it does: 0 nobody's, 1 the live module's, 2 a candidate's. */
export const SHADOW_BUSY = 34;
/** Voice worker writes: ticks that found no room, ticks, ticks that began late. Modulo 2^32. */
export const SHADOW_SKIPPED = 48;
export const SHADOW_TICKS = 49;
export const SHADOW_LATE = 50;

export class RecordRing {
  /** The words of all records; a record's own begin at `at`. */
  readonly words: Int32Array;
  readonly #header: Int32Array;
  readonly #mask: number;

  constructor(shared: SharedArrayBuffer) {
    this.#header = new Int32Array(shared, 0, HEADER_WORDS);
    this.words = new Int32Array(shared, 4 * HEADER_WORDS);
    this.#mask = this.words.length - 1;
  }

  /** Room for so many words, a power of two. */
  static room(words: number): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (HEADER_WORDS + words));
  }

  get(word: number): number {
    return Atomics.load(this.#header, word);
  }

  set(word: number, value: number): void {
    Atomics.store(this.#header, word, value);
  }

  /** Of a word with one writer. */
  count(word: number): void {
    Atomics.store(this.#header, word, (Atomics.load(this.#header, word) + 1) | 0);
  }

  /** Sleeps until somebody rings, or so long. */
  sleep(word: number, whileItIs: number, ms: number): void {
    Atomics.wait(this.#header, word, whileItIs, ms);
  }

  wake(word: number): void {
    Atomics.notify(this.#header, word);
  }

  /** Words written and not read. */
  get fill(): number {
    return (this.get(WRITTEN) - this.get(READ)) | 0;
  }

  /** How far the reader is, modulo 2^32. */
  get read(): number {
    return this.get(READ);
  }

  /** Writer: where `length` words may be written in one piece; -1 when there is no room. Publish them afterwards. */
  reserve(length: number): number {
    const written = this.get(WRITTEN);
    const at = written & this.#mask;
    const left = this.words.length - at;
    const gap = left < length ? left : 0;
    if (this.words.length - this.fill < gap + length) return -1;
    if (gap === 0) return at;
    this.words[at] = -gap;
    Atomics.store(this.#header, WRITTEN, (written + gap) | 0);
    return 0;
  }

  publish(length: number): void {
    Atomics.store(this.#header, WRITTEN, (this.get(WRITTEN) + length) | 0);
  }

  /** Reader: forgets what was written before it came. */
  begin(): void {
    this.set(READ, this.get(WRITTEN));
  }

  /** Reader: the next record, a view that is good until `done`; null when there is none. */
  next(): Int32Array | null {
    while (this.fill > 0) {
      const at = this.get(READ) & this.#mask;
      const length = this.words[at] ?? 0;
      if (length > 0) return this.words.subarray(at, at + length);
      this.done(-length);
    }
    return null;
  }

  done(length: number): void {
    this.set(READ, (this.get(READ) + length) | 0);
  }
}
