import type { PinnedMemory } from "./pinned-memory.ts";

/** `struct mmsghdr` and `struct iovec` of Linux with 64-bit pointers: offsets and sizes in octets. */
const NAME = 0;
const NAME_LENGTH = 8;
const VECTOR = 16;
const VECTORS = 24;
const MESSAGE_LENGTH = 56;
const HEADER = 64;
const VECTOR_BASE = 0;
const VECTOR_LENGTH = 8;
const VECTOR_SIZE = 16;

/** A row of message headers for recvmmsg and sendmmsg, each with one piece of memory. */
export class MessageHeaders {
  readonly #memory: PinnedMemory;
  readonly #headers: number;
  readonly #vectors: number;
  readonly #count: number;

  /** Octets that a row of so many takes of pinned memory. */
  static size(count: number): number {
    return count * (HEADER + VECTOR_SIZE);
  }

  constructor(memory: PinnedMemory, count: number) {
    this.#memory = memory;
    this.#count = count;
    this.#headers = memory.take(count * HEADER);
    this.#vectors = memory.take(count * VECTOR_SIZE);
    for (let n = 0; n < count; n++) {
      memory.setPointer(this.#headers + n * HEADER + VECTOR, memory.addressAt(this.#vectors + n * VECTOR_SIZE));
      memory.setPointer(this.#headers + n * HEADER + VECTORS, 1);
    }
  }

  /** The piece of memory that message `n` is read from or written to. */
  setPlace(n: number, address: number, length: number): void {
    this.#memory.setPointer(this.#vectors + n * VECTOR_SIZE + VECTOR_BASE, address);
    this.setLength(n, length);
  }

  setLength(n: number, length: number): void {
    this.#memory.words[(this.#vectors + n * VECTOR_SIZE + VECTOR_LENGTH) >> 2] = length;
  }

  /** Where the far end's address of message `n` is. */
  setName(n: number, address: number, length: number): void {
    this.#memory.setPointer(this.#headers + n * HEADER + NAME, address);
    this.#memory.words[(this.#headers + n * HEADER + NAME_LENGTH) >> 2] = length;
  }

  /** Octets of the datagram that was received into message `n`, also those that found no room (MSG_TRUNC). */
  receivedLength(n: number): number {
    return this.#memory.words[(this.#headers + n * HEADER + MESSAGE_LENGTH) >> 2] ?? 0;
  }

  /** Address of message `first`. Throws when there are not `count` from there. */
  addressOf(first: number, count: number): number {
    if (first < 0 || count < 0 || first + count > this.#count)
      throw new RangeError(`messages ${first} to ${first + count}: there are ${this.#count}`);
    return this.#memory.addressAt(this.#headers + first * HEADER);
  }
}
