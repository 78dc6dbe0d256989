import type { Libc } from "./libc.ts";
import type { PinnedMemory } from "./pinned-memory.ts";

/** `struct pollfd` and `struct timespec` of Linux on 64-bit processors. */
const POLLFD = 8;
const TIMESPEC = 16;
const POLLIN = 1;
const MOST = 2;

/** Waits for sockets; nothing else of this thread runs meanwhile. */
export class Patience {
  /** Octets of pinned memory. */
  static readonly size = MOST * POLLFD + TIMESPEC;
  readonly #libc: Libc;
  readonly #memory: PinnedMemory;
  readonly #polled: number;
  readonly #time: number;

  constructor(libc: Libc, memory: PinnedMemory) {
    this.#libc = libc;
    this.#memory = memory;
    this.#polled = memory.take(MOST * POLLFD);
    this.#time = memory.take(TIMESPEC);
  }

  /** True as soon as one of the two can be read, false when none can after so many milliseconds. -1 is no socket. */
  isReadable([a, b]: readonly [number, number], withinMs: number): boolean {
    const { words } = this.#memory;
    const at = this.#polled >> 2;
    words[at] = a;
    words[at + 1] = POLLIN;
    words[at + 2] = b;
    words[at + 3] = POLLIN;
    const nanoseconds = Math.max(0, Math.min(999_999_999, Math.round(withinMs * 1e6)));
    words[this.#time >> 2] = 0;
    words[(this.#time >> 2) + 2] = nanoseconds;
    return this.#libc.ppoll(this.#memory.addressAt(this.#polled), MOST, this.#memory.addressAt(this.#time)) > 0;
  }
}
