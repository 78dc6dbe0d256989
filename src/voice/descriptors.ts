import { closeSync } from "node:fs";

/**
 * The file descriptors of a worker's sockets, in memory that outlives it: Node closes its own when a worker dies, and
 * knows nothing of those that were opened by system calls.
 */
export class Descriptors {
  readonly shared: SharedArrayBuffer;
  readonly #places: Int32Array;

  /** Room for so many. */
  static room(most: number): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * most);
  }

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared;
    this.#places = new Int32Array(shared);
  }

  get isEmpty(): boolean {
    return this.#places.every((kept) => kept === 0);
  }

  /** Throws when there is no room left. */
  remember(descriptor: number): void {
    const free = this.#places.indexOf(0);
    if (free < 0) throw new RangeError(`more than ${this.#places.length} descriptors`);
    Atomics.store(this.#places, free, descriptor + 1);
  }

  forget(descriptor: number): void {
    const place = this.#places.indexOf(descriptor + 1);
    if (place >= 0) Atomics.store(this.#places, place, 0);
  }

  /** For the host, when the worker is no more: closes what it left open. */
  closeAll(): void {
    this.#places.forEach((kept, place) => {
      if (kept === 0) return;
      Atomics.store(this.#places, place, 0);
      closeSync(kept - 1);
    });
  }
}
