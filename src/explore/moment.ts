import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { Subject } from "./branch.ts";
import { Ledger } from "./ledger.ts";
import { isBarrier } from "./source.ts";

/** An entry of a journal. */
export interface Recorded {
  readonly n: number;
  readonly event: Event;
  readonly commands: readonly Command[];
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

/**
 * The moments of a recording, one after the other. The way to each is short: it begins at the last quiet moment before it.
 * `window`: how many events are pending at most.
 */
export function* momentsOf(
  entries: readonly Recorded[],
  window: number,
  fresh: () => Subject,
): Generator<Moment, undefined> {
  const upper = fresh();
  const known = new Ledger();
  let outside = new Ledger();
  let before: Event[] = [];
  for (const [at, { n, event }] of entries.entries()) {
    const commands = upper.handle(event);
    known.event(event);
    for (const command of commands) known.command(command);
    before.push(event);
    if (upper.quiet && before.length > 1 && !isLoading(entries[at + 1]?.event)) {
      before = shortened(upper.restart(event.at));
      outside = known.copy();
    }
    const pending = pendingAfter(entries, at, window);
    if (pending.length > 0) yield { after: n, before: [...before], outside, pending, happened: true };
  }
}

function isLoading(event: Event | undefined): boolean {
  return event !== undefined && isBarrier(event);
}

/** What came after an entry, up to what nothing changes places with. */
function pendingAfter(entries: readonly Recorded[], at: number, window: number): readonly Recorded[] {
  const pending = entries.slice(at + 1, at + 1 + window);
  const barrier = pending.findIndex(({ event }) => isBarrier(event));
  return barrier < 0 ? pending : pending.slice(0, barrier);
}

function shortened(restart: Iterable<Event>): Event[] {
  const events: Event[] = [];
  for (const event of restart) {
    events.push(event);
    if (events.length > mostLoaded) return events.slice(0, 1);
  }
  return events;
}
