import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import { asHandled } from "../vendor/recorder/trap.ts";
import type { Subject } from "./branch.ts";
import { Ledger } from "./ledger.ts";
import { isBarrier } from "./source.ts";

/** An entry of a journal. */
export interface Recorded {
  readonly n: number;
  readonly event: Event;
  readonly commands: readonly Command[];
  readonly trips?: number;
}

/** A moment of a recording: how to get there, and what came then. */
export interface Moment {
  /** The number of the event that it follows. */
  readonly after: number;
  /** From a fresh house to the moment, and what the world outside knew before the first of them. */
  readonly before: readonly Event[];
  readonly outside: Ledger;
  readonly pending: readonly { readonly n: number; readonly event: Event }[];
  /** They did come in that order; else it is one in which nobody has to believe. */
  readonly happened: boolean;
}

/** A book so large that it is not loaded for every order: names are missing then. */
const mostLoaded = 2;
/** Every order begins at the last quiet moment: so many events after it nobody waits for that, and they are not held. */
export const mostBefore = 5000;

/** Which moments are wanted, and what is told on the way to them. */
export interface Wish {
  /** The number of the event they follow; null: all. */
  readonly from: number | null;
  /** An event that comes out otherwise than it was recorded. */
  differs(n: number): void;
  /** A moment too far from the last quiet one. */
  tooFar(n: number, most: number): void;
}

const everything: Wish = { from: null, differs() {}, tooFar() {} };

/**
 * The moments of a recording, one after the other. The way to each is short: it begins at the last quiet moment before it.
 * Of the recording no more is held than that way, and the window. `window`: how many events are pending at most.
 */
export function* momentsOf(
  entries: Iterable<Recorded>,
  window: number,
  fresh: () => Subject,
  wish: Wish = everything,
): Generator<Moment, undefined> {
  const way = new Way(fresh());
  for (const [entry, ...next] of windowsOf(entries, window + 1)) {
    if (entry === undefined) return;
    const { n } = entry;
    if (!way.take(entry, next[0], mayLeadTo(n, wish.from))) wish.differs(n);
    if (wish.from !== null && wish.from !== n) continue;
    const pending = pendingOf(next);
    if (pending.length === 0) continue;
    if (way.before === null) wish.tooFar(n, mostBefore);
    else yield { after: n, before: [...way.before], outside: way.outside, pending, happened: true };
  }
}

/** The house on its way through a recording, and the shortest way to where it is. */
class Way {
  readonly #upper: Subject;
  #known = new Ledger();
  outside = new Ledger();
  /** From a fresh house; null: too many. */
  before: Event[] | null = [];

  constructor(upper: Subject) {
    this.#upper = upper;
  }

  /** Whether its commands are those that were recorded. `mayBegin`: a way that is wanted may begin there. */
  take(entry: Recorded, next: Recorded | undefined, mayBegin: boolean): boolean {
    const { event } = entry;
    const commands = this.#upper.handle(asHandled(entry));
    this.#known.event(event);
    for (const command of commands) this.#known.command(command);
    this.before?.push(event);
    if (this.before !== null && this.before.length > mostBefore) this.before = null;
    const begins = mayBegin && this.before?.length !== 1 && !isLoading(next);
    if (begins && this.#upper.quiet) this.#shorten(event.at);
    return JSON.stringify(commands) === JSON.stringify(entry.commands);
  }

  #shorten(at: Event["at"]): void {
    this.before = shortened(this.#upper.restart(at));
    this.outside = this.#known.copy();
    this.#known = this.outside.copy();
  }
}

/** Events are numbered one by one: from any other the way is too long, or there is none. */
function mayLeadTo(n: number, from: number | null): boolean {
  return from === null || (n <= from && from - n <= mostBefore);
}

/** Each with those that follow it, `size` in all at most. */
function* windowsOf<T>(all: Iterable<T>, size: number): Generator<readonly T[], undefined> {
  const held: T[] = [];
  for (const one of all) {
    held.push(one);
    if (held.length < size) continue;
    yield [...held];
    held.shift();
  }
  for (; held.length > 0; held.shift()) yield [...held];
}

function isLoading(next: Recorded | undefined): boolean {
  return next !== undefined && isBarrier(next.event);
}

/** What came after an entry, up to what nothing changes places with. */
function pendingOf(next: readonly Recorded[]): readonly Recorded[] {
  const barrier = next.findIndex(({ event }) => isBarrier(event));
  return barrier < 0 ? next : next.slice(0, barrier);
}

function shortened(restart: Iterable<Event>): Event[] {
  const events: Event[] = [];
  for (const event of restart) {
    events.push(event);
    if (events.length > mostLoaded) return events.slice(0, 1);
  }
  return events;
}
