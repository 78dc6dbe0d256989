/** Seeded chance (mulberry32): one seed, one sequence, on every machine. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 0 … `bound` - 1. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * bound);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True that many times of a hundred. */
  percent(share: number): boolean {
    return this.below(100) < share;
  }

  /** @throws Error when there is nothing to pick from */
  pick<T>(things: readonly T[]): T {
    const thing = things[this.below(things.length)];
    if (thing === undefined) throw new Error("nothing to pick from");
    return thing;
  }
}

/** A seed from a seed and what it is for: whoever is left out of a history changes nobody else's chance. */
export function mix(seed: number, what: number, which: number): number {
  let mixed = Math.imul(seed ^ Math.imul(what, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(which + 1, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) | 0;
}
