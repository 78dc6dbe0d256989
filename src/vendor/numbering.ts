import type { DeviceName } from "../message/name.ts";

/** A device's name, and the number of its first handset or port. */
export interface Numbers {
  readonly name: DeviceName;
  readonly firstNumber: number;
}

interface Known {
  readonly name: DeviceName;
  firstNumber: number;
  /** How many numbers it has; 0 until it was attached once. */
  size: number;
}

/** The blocks in which handset numbers are given out: a base's list of handsets grows while others have theirs. */
const HANDSETS_PER_BASE = 10;

/**
 * Gives out names and numbers. A device that comes back gets what it had: same kind, product and serial are the same
 * device. Bases have blocks of ten: `handset:1` …, `handset:11` …. Ports are numbered without gaps, in the order
 * their dongles were first attached.
 */
export class Numbering {
  readonly #known = new Map<string, Known>();

  /** `identity`: what makes the device the same when it is plugged again. */
  numbersOf(kind: "base" | "dongle", identity: string): Numbers {
    const key = `${kind} ${identity}`;
    const known = this.#known.get(key) ?? this.#meet(key, kind);
    // One that has never worked does not hold numbers back from others.
    if (known.size === 0) known.firstNumber = this.#nextFree(kind);
    if (known.size === 0 && kind === "base") known.size = HANDSETS_PER_BASE;
    return { name: known.name, firstNumber: known.firstNumber };
  }

  /** How many handsets or ports the device has turned out to have: the numbers after them are free for others. */
  reserve(name: DeviceName, count: number): void {
    for (const known of this.#known.values()) {
      if (known.name === name) known.size = Math.max(known.size, count);
    }
  }

  firstNumberOf(name: DeviceName): number {
    for (const known of this.#known.values()) if (known.name === name) return known.firstNumber;
    return 1;
  }

  #meet(key: string, kind: "base" | "dongle"): Known {
    const known: Known = { name: `${kind}:${this.#ofKind(kind).length + 1}`, firstNumber: 1, size: 0 };
    this.#known.set(key, known);
    return known;
  }

  #nextFree(kind: "base" | "dongle"): number {
    return this.#ofKind(kind).reduce((first, known) => Math.max(first, known.firstNumber + known.size), 1);
  }

  #ofKind(kind: "base" | "dongle"): Known[] {
    return [...this.#known.values()].filter(({ name }) => name.startsWith(`${kind}:`));
  }
}
