import { performance } from "node:perf_hooks";
import type { Libc } from "./libc.ts";
import type { PinnedMemory } from "./pinned-memory.ts";

/** `struct pollfd` and `struct timespec` of Linux on 64-bit processors. */
const POLLFD = 8;
const TIMESPEC = 16;
const POLLIN = 1;
const RECEIVED = 16;
const MSG_PEEK = 2;
const MSG_DONTWAIT = 0x40;
/** Messages of ICMP that are taken away before a packet is given up. */
const MOST_ERRORS = 8;

/** Waits for a socket; nothing else of this thread runs meanwhile. */
export class Patience {
  /** Octets of pinned memory. */
  static readonly size = 16 + TIMESPEC;
  readonly #libc: Libc;
  readonly #memory: PinnedMemory;
  readonly #polled: number;
  readonly #time: number;

  constructor(libc: Libc, memory: PinnedMemory) {
    this.#libc = libc;
    this.#memory = memory;
    this.#polled = memory.take(POLLFD);
    this.#time = memory.take(TIMESPEC);
  }

  /** True as soon as a packet can be read, false when none can after so many milliseconds. */
  packetComes(descriptor: number, withinMs: number): boolean {
    const until = performance.now() + withinMs;
    for (let errors = 0, left = withinMs; errors < MOST_ERRORS; errors++, left = until - performance.now()) {
      const found = this.#poll(descriptor, left);
      if ((found & POLLIN) !== 0) return true;
      if (found === 0) return false;
      // A far end that is gone is told of by ICMP: an error in place of a packet.
      this.#libc.recv(descriptor, 0, 0, MSG_PEEK | MSG_DONTWAIT);
    }
    return false;
  }

  /** What poll says of it (poll(2)); 0 when the time is over. */
  #poll(descriptor: number, withinMs: number): number {
    const { words } = this.#memory;
    const at = this.#polled >> 2;
    words[at] = descriptor;
    words[at + 1] = POLLIN;
    const nanoseconds = Math.max(0, Math.min(999_999_999, Math.round(withinMs * 1e6)));
    words[this.#time >> 2] = 0;
    words[(this.#time >> 2) + 2] = nanoseconds;
    const ready = this.#libc.ppoll(this.#memory.addressAt(this.#polled), 1, this.#memory.addressAt(this.#time));
    return ready > 0 ? (words[at + 1] ?? 0) >> RECEIVED : 0;
  }
}
