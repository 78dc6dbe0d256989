import type { Entry } from "./journal.ts";

/** A file was changed or damaged there; what follows in it is not read. */
export interface Damage {
  readonly file: string;
  /** From 1; the header is the first. */
  readonly line: number;
  /** A sentence that names the file and the place. */
  readonly why: string;
}

/** Thrown where a file can not be read on. */
export class Damaged extends Error {
  readonly damage: Damage;

  constructor(damage: Damage) {
    super(damage.why);
    this.damage = damage;
  }
}

/** What a power cut leaves behind a hole was written in that moment at most, ms. */
const moment = 60_000;

/**
 * What stands behind a line that can not be the next one. When the power went, nothing: blocks that the file was given and
 * that were not written are empty, or hold lines of an older journal. Where the recording goes on behind the line, the file
 * was changed or damaged.
 */
export class Tail {
  readonly #file: string;
  readonly #line: number;
  readonly #what: string;
  readonly #after: number;
  damage: Damage | null = null;

  /** `line`: the bad one; `last`: the entry before it; `n`: the number that stands in it, null where nothing was ever written. */
  constructor(file: string, line: number, last: Entry, n: number | null) {
    this.#file = file;
    this.#line = line;
    this.#after = last.event.at + (n === null ? moment : 0);
    this.#what =
      n === null ? `nothing was ever written after event ${last.n}` : `it has event ${n} after event ${last.n}`;
  }

  /** To be told of each whole line from the bad one on, until there is a damage. */
  take(text: string): void {
    const at = timeIn(text);
    if (at === null || at < this.#after) return;
    const why = `${this.#file}: line ${this.#line}: ${this.#what}, and the recording goes on — the file was changed or damaged there`;
    this.damage ??= { file: this.#file, line: this.#line, why };
  }
}

/** When that was recorded; null: it is no entry. */
function timeIn(text: string): number | null {
  try {
    const entry = JSON.parse(text) as { readonly event?: { readonly at?: unknown } } | null;
    const at = entry?.event?.at;
    return typeof at === "number" && Number.isFinite(at) ? at : null;
  } catch {
    return null;
  }
}
