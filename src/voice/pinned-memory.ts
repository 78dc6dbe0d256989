import type { Libc } from "./libc.ts";

/** Memory for the structures of system calls: it never moves, and is handed out in pieces that are never given back. */
export class PinnedMemory {
  readonly octets: Uint8Array;
  readonly words: Int32Array;
  readonly #base: number;
  #used = 0;

  constructor(libc: Libc, size: number) {
    // Small ones may lie on the heap that the garbage collector moves.
    const buffer = new ArrayBuffer(Math.max(4096, size));
    this.octets = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.#base = libc.addressOf(this.octets);
  }

  /** The offset of the next so many octets, zeroed, aligned to 16. Throws when there are not so many. */
  take(size: number): number {
    const offset = this.#used;
    this.#used += (size + 15) & ~15;
    if (this.#used > this.octets.length) throw new RangeError(`no ${size} octets are left of ${this.octets.length}`);
    return offset;
  }

  addressAt(offset: number): number {
    return this.#base + offset;
  }

  /** A pointer of 64 bits, little-endian. */
  setPointer(offset: number, address: number): void {
    this.words[offset >> 2] = address | 0;
    this.words[(offset >> 2) + 1] = Math.floor(address / 2 ** 32);
  }
}
