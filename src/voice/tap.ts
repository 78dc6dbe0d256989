import * as layout from "../../assembly/tap/layout.ts";

/** Octets of a ring of `capacity` samples, a power of two. */
export function tapOctets(capacity: number): number {
  return layout.TAP_DATA + 2 * capacity;
}

/**
 * A ring of samples in shared memory between the tick and a file (assembly/tap/layout.ts): one writer, one reader, on
 * any two threads. Neither ever waits; what finds no room is counted.
 */
export class TapRing {
  readonly #words: Int32Array;
  readonly #samples: Int16Array;
  readonly #capacity: number;

  private constructor(memory: SharedArrayBuffer, at: number, capacity: number) {
    this.#words = new Int32Array(memory, at, layout.TAP_DATA / 4);
    this.#samples = new Int16Array(memory, at + layout.TAP_DATA, capacity);
    this.#capacity = capacity;
  }

  /** Makes an empty ring at `at` (a multiple of 64). Throws when `capacity` is no power of two or does not fit. */
  static make(memory: SharedArrayBuffer, at: number, capacity: number): TapRing {
    const powerOfTwo = capacity > 0 && (capacity & (capacity - 1)) === 0;
    if (!powerOfTwo) throw new Error(`a ring of ${capacity} samples: the number must be a power of two`);
    if (at % 64 !== 0) throw new Error(`a ring at ${at}: the address must be a multiple of 64`);
    const ring = new TapRing(memory, at, capacity);
    ring.#words.fill(0);
    Atomics.store(ring.#words, layout.TAP_CAPACITY / 4, capacity);
    return ring;
  }

  /** The ring that another thread made at `at`. Throws when there is none. */
  static at(memory: SharedArrayBuffer, at: number): TapRing {
    const capacity = new Int32Array(memory, at, 1)[0] ?? 0;
    if (capacity <= 0 || (capacity & (capacity - 1)) !== 0) throw new Error(`there is no ring of samples at ${at}`);
    return new TapRing(memory, at, capacity);
  }

  /** Samples written and not read. */
  get fill(): number {
    const fill = (this.#load(layout.TAP_WRITTEN) - this.#load(layout.TAP_READ)) | 0;
    return fill < 0 || fill > this.#capacity ? 0 : fill;
  }

  get room(): number {
    return this.#capacity - this.fill;
  }

  /** Samples that found no room since the ring was made, modulo 2^32. */
  get lost(): number {
    return this.#load(layout.TAP_LOST) >>> 0;
  }

  /** Samples that the reader wanted and that were not there, modulo 2^32. */
  get dry(): number {
    return this.#load(layout.TAP_DRY) >>> 0;
  }

  /** True when the writer writes no more. */
  get ended(): boolean {
    return this.#load(layout.TAP_ENDED) !== 0;
  }

  /** Writes all of `samples`, or nothing and counts them as lost. */
  write(samples: Int16Array): boolean {
    if (samples.length > this.room) {
      Atomics.add(this.#words, layout.TAP_LOST / 4, samples.length);
      return false;
    }
    const written = this.#load(layout.TAP_WRITTEN);
    const first = written & (this.#capacity - 1);
    const before = Math.min(samples.length, this.#capacity - first);
    this.#samples.set(samples.subarray(0, before), first);
    this.#samples.set(samples.subarray(before), 0);
    Atomics.store(this.#words, layout.TAP_WRITTEN / 4, (written + samples.length) | 0);
    return true;
  }

  /** Reads into the beginning of `into` what is there; returns how many samples. */
  read(into: Int16Array): number {
    const read = this.#load(layout.TAP_READ);
    const there = Math.min(this.fill, into.length);
    const first = read & (this.#capacity - 1);
    const before = Math.min(there, this.#capacity - first);
    into.set(this.#samples.subarray(first, first + before));
    into.set(this.#samples.subarray(0, there - before), before);
    Atomics.store(this.#words, layout.TAP_READ / 4, (read + there) | 0);
    return there;
  }

  /** The writer writes no more. */
  end(): void {
    Atomics.store(this.#words, layout.TAP_ENDED / 4, 1);
  }

  #load(word: number): number {
    return Atomics.load(this.#words, word / 4);
  }
}
