import type { Part } from "../../vendor/recorder/recording.ts";
import type { Filter, Walk } from "../../vendor/recorder/walk.ts";

/** Where a walk stops: at every event, or at those of a filter, which are looked for file by file when they are asked for. */
export class Stops {
  readonly #walk: Walk;
  readonly #filter: Filter | null;
  readonly #found = new Map<Part, readonly number[]>();

  constructor(walk: Walk, filter: Filter | null) {
    this.#walk = walk;
    this.#filter = filter;
  }

  /** The first behind this place; null: there is none. */
  after(index: number): number | null {
    if (this.#filter === null) return index < this.#walk.end ? index + 1 : null;
    for (const part of this.#walk.recording.parts) {
      if (part.to <= index + 1 || part.from > this.#walk.end) continue;
      const found = this.#in(part, this.#filter).find((stop) => stop > index);
      if (found !== undefined) return found <= this.#walk.end ? found : null;
    }
    return null;
  }

  /** The last before this place; null: there is none. */
  before(index: number): number | null {
    if (this.#filter === null) return index > 0 ? index - 1 : null;
    for (const part of this.#walk.recording.parts.toReversed()) {
      if (part.from >= index) continue;
      const found = this.#in(part, this.#filter).findLast((stop) => stop < index);
      if (found !== undefined) return found;
    }
    return null;
  }

  #in(part: Part, filter: Filter): readonly number[] {
    const found = this.#found.get(part) ?? this.#walk.stops(part, filter);
    this.#found.set(part, found);
    return found;
  }
}
