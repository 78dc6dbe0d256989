import { UpperHalf } from "../upper-half.ts";
import { type Damage, Damaged } from "../vendor/recorder/damage.ts";
import { journalVersion } from "../vendor/recorder/journal.ts";
import { type Part, Recording } from "../vendor/recorder/recording.ts";
import { type Exploration, type ExploreOptions, explore, type Finding, isShorter } from "./explore.ts";
import { momentsOf, type Recorded, type Wish } from "./moment.ts";

export interface JournalOptions extends Omit<ExploreOptions, "fresh"> {
  /** The moment after the event of that number; null: every moment of the recording. */
  readonly from: number | null;
  /** Pending events at most. */
  readonly window: number;
  /** What is explored; the house's own upper half when it is not said. Tests give one that has a fault. */
  readonly fresh?: ExploreOptions["fresh"];
}

export interface JournalExploration extends Omit<Exploration, "after" | "pending" | "complete" | "findings"> {
  readonly moments: number;
  /** Moments that were left out: too much had happened since the last quiet one. */
  readonly tooFar: number;
  /** Moments that had more states than wanted. */
  readonly cutOff: number;
  /** The number of the first event at which this program does otherwise than the one that recorded it; null: nowhere. */
  readonly differs: number | null;
  /** Where files were changed or damaged; what follows in those was not explored. */
  readonly damages: readonly Damage[];
  /** The shortest history for each rule, with the moment it begins at. */
  readonly findings: readonly (Finding & { readonly after: number })[];
  /** The history of the first of them as a journal; null when no rule was broken. */
  readonly journal: string | null;
}

/**
 * Tries every order of the next events, at one moment of a recording or at each. `paths`: files in their order, or folders
 * of them: one recording, of which no more is held than what leads to the moment in hand.
 * @throws Error with a sentence when the recording can not be read, or has no such moment
 */
export async function exploreJournal(
  paths: string | readonly string[],
  options: JournalOptions,
): Promise<JournalExploration> {
  const { from, window, fresh = () => new UpperHalf() } = options;
  const recording = new Recording([paths].flat(), null);
  const tally = new Tally(recording.damages);
  const wish: Wish = {
    from,
    differs: (n) => {
      tally.differs ??= n;
    },
    tooFar: (n, most) => {
      if (from !== null) throw new Error(tooFarAway(n, most));
      tally.sums.tooFar += 1;
    },
  };
  try {
    for (const entries of livesOf(recording, tally))
      for (const moment of momentsOf(entries, window, fresh, wish))
        tally.add(moment.after, explore(moment, { ...options, fresh }));
  } catch (error) {
    throw sentenceOf(error, tally.read);
  }
  if (tally.sums.moments === 0 && tally.sums.tooFar === 0) throw new Error(noSuchMoment(recording, from));
  return tally.result();
}

/** What was found so far. */
class Tally {
  readonly sums = { moments: 0, tooFar: 0, cutOff: 0, states: 0, runs: 0, apart: 0, met: 0 };
  readonly damages: Damage[];
  differs: number | null = null;
  /** The entry that was read last. */
  read = "";
  readonly #findings = new Map<string, Finding & { after: number }>();
  #orders = 0n;
  #foundAfter: number | null = null;

  constructor(damages: readonly Damage[]) {
    this.damages = [...damages];
  }

  add(after: number, found: Exploration): void {
    const { sums } = this;
    if (found.foundAfter !== null) this.#foundAfter ??= sums.runs + found.foundAfter;
    sums.moments += 1;
    sums.cutOff += found.complete ? 0 : 1;
    for (const count of ["states", "runs", "apart", "met"] as const) sums[count] += found[count];
    this.#orders += found.orders;
    for (const finding of found.findings) {
      const best = this.#findings.get(finding.failure.rule);
      if (best === undefined || isShorter(finding, best))
        this.#findings.set(finding.failure.rule, { ...finding, after });
    }
  }

  result(): JournalExploration {
    const [first] = this.#findings.values();
    return {
      ...this.sums,
      orders: this.#orders,
      foundAfter: this.#foundAfter,
      differs: this.differs,
      damages: this.damages,
      findings: [...this.#findings.values()],
      journal: first === undefined ? null : journalOf(first),
    };
  }
}

/** The upper half guards its handlers, but not against what is no event at all. */
function sentenceOf(error: unknown, read: string): unknown {
  if (!(error instanceof TypeError)) return error;
  const wrong = "a field there, or shortly before, is wrong or missing";
  return new Error(`${read}: can not be explored (${error.message}) — ${wrong}`);
}

/** The lives of houses in a recording: a house begins anew where a file does not go on from the one before, or that was damaged. */
function* livesOf(recording: Recording, tally: Tally): Generator<Iterable<Recorded>, undefined> {
  const waiting = [...recording.parts];
  for (let first = waiting.shift(); first !== undefined; first = waiting.shift())
    yield lifeOf(recording, first, waiting, tally);
}

/** With the state it begins with; takes from `waiting` what belongs to it. */
function* lifeOf(recording: Recording, first: Part, waiting: Part[], tally: Tally): Generator<Recorded, undefined> {
  try {
    yield* recording.stateOf(first);
    for (
      let part: Part | undefined = first;
      part !== undefined;
      part = goesOn(waiting[0]) ? waiting.shift() : undefined
    )
      for (let index = part.from; index < part.to; index++) {
        const entry = recording.entry(index);
        tally.read = `${part.file.path}: event ${entry.n}`;
        yield entry;
      }
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    tally.damages.push(error.damage);
  }
}

function goesOn(part: Part | undefined): boolean {
  return part !== undefined && part.repeated > 0 && part.gap === null;
}

function tooFarAway(n: number, most: number): string {
  return (
    `the house was not quiet for over ${most} events before event ${n}, and every order would begin there ` +
    "— name an earlier moment with --from"
  );
}

/** A history as a journal, as the flight recorder writes it. */
function journalOf({ history }: Finding): string {
  const lines = history.map(({ event, commands }, index) => JSON.stringify({ n: index + 1, event, commands }));
  return [`{"journal":"offhook","version":${journalVersion},"at":${history[0]?.event.at ?? 0}}`, ...lines, ""].join(
    "\n",
  );
}

function noSuchMoment(recording: Recording, from: number | null): string {
  const { parts, length } = recording;
  const path = parts[0]?.file.path ?? "the recording";
  const [first, last] = length === 0 ? [0, -1] : [recording.entry(0).n, recording.entry(length - 1).n - 1];
  return from === null || last < first
    ? `${path}: has too few events — name a recording in which something follows`
    : `${path}: nothing follows event ${from} — name one between ${first} and ${last}`;
}
