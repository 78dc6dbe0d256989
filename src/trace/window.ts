import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { CallId } from "../message/name.ts";
import type { CallRecord, Contact } from "../message/record.ts";
import { UpperHalf } from "../upper-half.ts";
import { Damaged } from "../vendor/recorder/damage.ts";
import { type Entry, readJournal } from "../vendor/recorder/journal.ts";
import { asHandled } from "../vendor/recorder/trap.ts";
import { Follower } from "./follower.ts";

export interface WindowEntry {
  readonly event: Event;
  readonly commands: readonly Command[];
  /** For each command the call it is for. */
  readonly owners: readonly (CallId | null)[];
  readonly calls: ReadonlySet<CallId>;
}

/** A call with all that happened since the house was last quiet before it. */
export interface Window {
  readonly call: CallId;
  /** What brings a fresh upper half to that quiet moment, but for the phone book. */
  readonly restored: Extract<Event, { kind: "restored" }>;
  readonly contacts: readonly Contact[];
  /** Of the quiet moment, oldest first. */
  readonly log: readonly CallRecord[];
  /** To the last event that concerns the call. */
  readonly entries: readonly WindowEntry[];
}

/** For whoever has nothing else to do. */
export async function noPause(): Promise<void> {}

/**
 * Null: the journal does not have the call from its beginning. `pause` comes before every event.
 * @throws Error with a sentence when the journal can not be read, or does not replay until the call is over
 */
export async function windowOf(
  path: string,
  call: CallId,
  pause: () => Promise<void> = noPause,
): Promise<Window | null> {
  const collector = new Collector(call);
  try {
    for await (const item of readJournal(path)) {
      await pause();
      if (item.kind === "torn" || !collector.take(item)) break;
    }
  } catch (error) {
    if (!(error instanceof Damaged) || !collector.hasCall) throw error;
  }
  return collector.window();
}

class Collector {
  readonly #call: CallId;
  readonly #upper = new UpperHalf();
  readonly #follower = new Follower();
  #quiet: (Pick<Window, "restored" | "contacts" | "log"> & { readonly logged: number }) | null = null;
  #entries: WindowEntry[] = [];
  /** Entries up to the last one of the call. */
  #length = 0;

  constructor(call: CallId) {
    this.#call = call;
  }

  /** Something of the call has come. */
  get hasCall(): boolean {
    return this.#length > 0;
  }

  /** False: the program does otherwise than was recorded, which is no matter after the call. */
  take(entry: Entry): boolean {
    const { n, event, commands } = entry;
    if (JSON.stringify(this.#upper.handle(asHandled(entry))) !== JSON.stringify(commands)) {
      if (this.hasCall) return false;
      throw new Error(
        `event ${n} gives other commands than were recorded — make the capsule with the release that recorded it`,
      );
    }
    const followed = this.#follower.take(event, commands, this.#upper.touched());
    this.#entries.push({ event, commands, ...followed });
    if (followed.calls.has(this.#call)) this.#length = this.#entries.length;
    else if (this.#length === 0 && this.#upper.quiet) this.#remember(event);
    return true;
  }

  window(): Window | null {
    if (this.#length === 0 || this.#quiet === null) return null;
    const { restored, contacts, log, logged } = this.#quiet;
    const entries = this.#entries.slice(0, this.#length);
    return { call: this.#call, restored, contacts, log: log.slice(0, logged), entries };
  }

  /** The list of the book is the book itself: what is in it now is kept. The log's only grows, until it is another one. */
  #remember(event: Event): void {
    const [restored] = this.#upper.restart(event.at);
    if (restored?.world !== "admin" || restored.kind !== "restored") return;
    const { contacts, log } = this.#upper.view();
    const same = this.#quiet?.contacts.length === contacts.length && !changesBook(event);
    const kept = same && this.#quiet !== null ? this.#quiet.contacts : [...contacts];
    this.#quiet = { restored, contacts: kept, log, logged: log.length };
    this.#entries = [];
  }
}

function changesBook(event: Event): boolean {
  return event.world === "admin" || (event.world === "store" && event.kind === "loaded");
}
