import type { HouseView } from "../message/view.ts";
import type { Names } from "./names.ts";
import { everything } from "./touched.ts";

/**
 * What a state is known by. The upper half can not be asked for all that it holds, but what an object holds follows from the
 * events that touched it, in their order: each has a hash of those, and of what the others they touched had been through. Two
 * orders of events that touched different things give the same hashes. A call that is over and a phone that
 * rests have no past: so orders that end alike meet again.
 */
export class Fingerprint {
  readonly #past = new Map<string, number>();
  /** Of everything that has no past of its own since. */
  #all = 0;

  /** An event, named as in every order, and what it touched. */
  touched(choice: string, objects: readonly string[]): void {
    if (objects.includes(everything)) {
      this.#all = hash(`${choice} ${this.#all} ${this.#pasts()}`);
      this.#past.clear();
      return;
    }
    const before = objects.map((object) => `${object} ${this.#past.get(object) ?? this.#all}`).sort();
    const after = hash(`${choice} ${before.join()}`);
    for (const object of objects) this.#past.set(object, after);
  }

  /** Forgets the past of what has none any more. `quiet`: the whole house rests. */
  settle(view: HouseView, names: Names, quiet: boolean): void {
    const up = new Set(view.calls.map(({ call }) => names.callName(call)));
    for (const object of this.#past.keys()) if (isCall(object) && !up.has(object)) this.#past.delete(object);
    for (const { phone, state } of view.phones)
      if (state === "idle" || state === "absent" || state === "fault") this.#past.set(phone, hash(state));
    if (!quiet) return;
    const { lines, devices, memory, voice } = view;
    this.#past.clear();
    this.#all = hash(JSON.stringify([lines, view.phones, devices, memory, voice]));
  }

  /** `up`: the calls that are up, by names that are the same in every order. */
  key(rest: string): number {
    return hash(`${this.#all} ${this.#pasts()} ${rest}`);
  }

  #pasts(): string {
    return [...this.#past]
      .map(([object, past]) => `${object} ${past}`)
      .sort()
      .join();
  }
}

function isCall(object: string): boolean {
  return object.startsWith("call");
}

/** 53 bits of a text (two multiplying hashes of 32, mixed). */
export function hash(text: string): number {
  let [one, two] = [0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ code, 0x27d4eb2d) ^ (two >>> 15);
  }
  one = Math.imul(one ^ (one >>> 16), 0x7feb352d) ^ (two >>> 13);
  two = Math.imul(two ^ (two >>> 15), 0x846ca68b) ^ (one >>> 16);
  return (two >>> 0) * 0x200000 + (one >>> 11);
}
