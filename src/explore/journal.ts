import { UpperHalf } from "../upper-half.ts";
import { journalVersion, readJournal } from "../vendor/recorder/journal.ts";
import { type Exploration, type ExploreOptions, explore, type Finding, isShorter } from "./explore.ts";
import { momentsOf, type Recorded } from "./moment.ts";

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
  /** Moments that had more states than wanted. */
  readonly cutOff: number;
  /** The number of the first event at which this program does otherwise than the one that recorded it; null: nowhere. */
  readonly differs: number | null;
  /** The shortest history for each rule, with the moment it begins at. */
  readonly findings: readonly (Finding & { readonly after: number })[];
  /** The history of the first of them as a journal; null when no rule was broken. */
  readonly journal: string | null;
}

/**
 * Tries every order of the next events, at one moment of a recording or at each.
 * @throws Error with a sentence when the recording can not be read, or has no such moment
 */
export async function exploreJournal(path: string, options: JournalOptions): Promise<JournalExploration> {
  const entries = await entriesOf(path);
  const fresh = options.fresh ?? (() => new UpperHalf());
  const findings = new Map<string, Finding & { after: number }>();
  const sums = { moments: 0, cutOff: 0, states: 0, runs: 0, apart: 0, met: 0 };
  let orders = 0n;
  let foundAfter: number | null = null;
  for (const moment of momentsOf(entries, options.window, fresh)) {
    const { after } = moment;
    if (options.from !== null && after !== options.from) continue;
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
  if (sums.moments === 0) throw new Error(noSuchMoment(path, entries, options.from));
  const [first] = findings.values();
  return {
    ...sums,
    orders,
    foundAfter,
    differs: firstDifference(entries, fresh),
    findings: [...findings.values()],
    journal: first === undefined ? null : journalOf(first),
  };
}

async function entriesOf(path: string): Promise<Recorded[]> {
  const entries: Recorded[] = [];
  for await (const item of readJournal(path)) if (item.kind === "entry") entries.push(item);
  return entries;
}

/** A history as a journal, as the flight recorder writes it. */
function journalOf({ history }: Finding): string {
  const lines = history.map(({ event, commands }, index) => JSON.stringify({ n: index + 1, event, commands }));
  return [`{"journal":"offhook","version":${journalVersion},"at":${history[0]?.event.at ?? 0}}`, ...lines, ""].join(
    "\n",
  );
}

function noSuchMoment(path: string, entries: readonly Recorded[], from: number | null): string {
  const numbers = entries.map(({ n }) => n);
  const [first, last] = [numbers[0] ?? 0, (numbers.at(-1) ?? 0) - 1];
  return from === null || last < first
    ? `${path}: has too few events — name a recording in which something follows`
    : `${path}: nothing follows event ${from} — name one between ${first} and ${last}`;
}

function firstDifference(entries: readonly Recorded[], fresh: ExploreOptions["fresh"]): number | null {
  const upper = fresh();
  const other = entries.find(({ event, commands }) => JSON.stringify(upper.handle(event)) !== JSON.stringify(commands));
  return other?.n ?? null;
}
