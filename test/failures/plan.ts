import { type Kind, kinds } from "./boundary/tally.ts";
import { usbWays } from "./boundary/usb.ts";
import type { Trial } from "./trials.ts";

export type Operation = Omit<Trial, "scenario">;

/** Which of all trials are run: every `stride`th from `offset` on, and only what is named. */
export interface Choice {
  readonly stride: number;
  readonly offset: number;
  readonly scenario: string;
  readonly kind: string;
  readonly nth: number | null;
  readonly way: number | null;
}

/** A call that takes less time has fewer packets: after so many operations in a row that did not come, no more will. */
const mostMisses = 3;

/** Of so many operations of each kind those that are chosen; each fails in one of its ways, by turns. */
export class Plan {
  readonly #choice: Choice;
  #place = 0;
  #misses = 0;

  constructor(choice: Choice) {
    this.#choice = choice;
  }

  has(scenario: string): boolean {
    return scenario.includes(this.#choice.scenario);
  }

  /** Whether the operation that was tried last came. */
  came(did: boolean): void {
    this.#misses = did ? 0 : this.#misses + 1;
  }

  *operations(counts: ReadonlyMap<Kind, number>): Generator<Operation> {
    const { kind: wanted, nth: only, way: how, stride, offset } = this.#choice;
    for (const kind of kinds) {
      this.#misses = 0;
      for (let nth = 0; nth < (counts.get(kind) ?? 0); nth++) {
        if (this.#misses >= mostMisses) break;
        if (!wanted.split(",").some((part) => kind.includes(part)) || (only !== null && nth !== only)) continue;
        // Other operations of the same kind fail in other ways when the offset is another.
        const way = how ?? (nth + offset) % usbWays;
        if (this.#place++ % stride === offset % stride) yield { kind, nth, way };
      }
    }
  }
}
