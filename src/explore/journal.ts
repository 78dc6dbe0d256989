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
  const findings = new Map<string, Finding & { after: number }>();
  const sums = { moments: 0, tooFar: 0, cutOff: 0, states: 0, runs: 0, apart: 0, met: 0 };
  let [orders, foundAfter, differs]: [bigint, number | null, number | null] = [0n, null, null];
  const wish: Wish = {
    from,
    differs: (n) => {
      differs ??= n;
    },
    tooFar: (n, most) => {
      if (from !== null) throw new Error(tooFarAway(n, most));
      sums.tooFar += 1;
    },
  };
  const damages = [...recording.damages];
  for (const entries of livesOf(recording, damages))
    for (const moment of momentsOf(entries, window, fresh, wish)) {
      const { after } = moment;
      const found = explore(moment, { ...options, fresh });
      if (found.foundAfter !== null) foundAfter ??= sums.runs + found.foundAfter;
      sums.moments += 1;
      sums.cutOff += found.complete ? 0 : 1;
      for (const count of ["states", "runs", "apart", "met"] as const) sums[count] += found[count];
      orders += found.orders;
      for (const finding of found.findings) {
        const best = findings.get(finding.failure.rule);
        if (best === undefined || isShorter(finding, best)) findings.set(finding.failure.rule, { ...finding, after });
      }
    }
  if (sums.moments === 0 && sums.tooFar === 0) throw new Error(noSuchMoment(recording, from));
  const [first] = findings.values();
  const journal = first === undefined ? null : journalOf(first);
  return { ...sums, orders, foundAfter, differs, damages, findings: [...findings.values()], journal };
}

/** The lives of houses in a recording: a house begins anew where a file does not go on from the one before, or that was damaged. */
function* livesOf(recording: Recording, damages: Damage[]): Generator<Iterable<Recorded>, undefined> {
  const waiting = [...recording.parts];
  for (let first = waiting.shift(); first !== undefined; first = waiting.shift())
    yield lifeOf(recording, first, waiting, damages);
}

/** With the state it begins with; takes from `waiting` what belongs to it. */
function* lifeOf(
  recording: Recording,
  first: Part,
  waiting: Part[],
  damages: Damage[],
): Generator<Recorded, undefined> {
  try {
    yield* recording.stateOf(first);
    for (
      let part: Part | undefined = first;
      part !== undefined;
      part = goesOn(waiting[0]) ? waiting.shift() : undefined
    )
      for (let index = part.from; index < part.to; index++) yield recording.entry(index);
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    damages.push(error.damage);
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
