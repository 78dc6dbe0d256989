import { join } from "node:path";
import type { Post } from "../../message/event.ts";
import type { CallRecord, Contact, PartyQuality } from "../../message/record.ts";
import { loadedEvents, type StoreCommand } from "../../message/store.ts";
import { unreachable } from "../../message/units.ts";
import type { Clock } from "../clock/clock.ts";
import { readCalls, readContacts, writeEntries } from "./format.ts";
import { SavedList, type SavedListOptions } from "./saved-list.ts";

/** Phone book and call log as files: `book.json` and `calls.json` in the data directory. */
export interface Store {
  /** Takes a change; it is saved within `saveAfterMs`. Never throws: what fails is told by `saveFailed`. */
  perform(command: StoreCommand): void;
  /** Reads the files and posts `loaded`, with a turn for everybody else after each; the seeds are the phone book while there is no saved one. */
  load(): Promise<void>;
  /** Saves what is unsaved. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly clock: Clock;
  readonly post: Post;
  readonly seeds: readonly Contact[];
  /** Calls kept; older ones are forgotten. */
  readonly callLogSize: number;
  readonly saveAfterMs: number;
  /** A damaged file, in a sentence. */
  report(problem: string): void;
}

/** Opens the store on a data directory; nothing is read before `load`. */
export function openStore(dir: string, options: StoreOptions): Store {
  const { clock, seeds } = options;
  const book = new SavedList<Contact>({
    ...common(options, "book"),
    path: join(dir, "book.json"),
    read: readContacts,
    write: (contacts) => writeEntries("contacts", contacts),
  });
  const calls = new SavedList<CallRecord>({
    ...common(options, "calls"),
    path: join(dir, "calls.json"),
    read: readCalls,
    write: (records) => writeEntries("calls", records),
  });
  return {
    perform: (command) => perform(command, book, calls, options.callLogSize),
    async load() {
      if (!(await book.load())) for (const seed of seeds) book.entries.set(seed.id, seed);
      await calls.load();
      dropOldest(calls, options.callLogSize);
      for (const loaded of loadedEvents(clock.now(), [...book.entries.values()], [...calls.entries.values()])) {
        options.post(loaded);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    flush: async () => void (await Promise.all([book.flush(), calls.flush()])),
    close: async () => void (await Promise.all([book.close(), calls.close()])),
  };
}

type Common = Pick<SavedListOptions<never>, "clock" | "saveAfterMs" | "report" | "saved" | "saveFailed">;

function common({ clock, post, saveAfterMs, report }: StoreOptions, what: "book" | "calls"): Common {
  return {
    clock,
    saveAfterMs,
    report,
    saved: () => post({ world: "store", kind: "saved", at: clock.now(), what }),
    saveFailed: (reason) => post({ world: "store", kind: "saveFailed", at: clock.now(), what, reason }),
  };
}

function perform(
  command: StoreCommand,
  book: SavedList<Contact>,
  calls: SavedList<CallRecord>,
  callLogSize: number,
): void {
  switch (command.kind) {
    case "putContact":
      book.entries.set(command.contact.id, command.contact);
      return book.changed();
    case "removeContact":
      book.entries.delete(command.id);
      return book.changed();
    case "addCall":
      calls.entries.set(command.record.id, command.record);
      dropOldest(calls, callLogSize);
      return calls.changed();
    case "addQuality":
      return addQuality(calls, command.id, command.quality);
    case "dropCallsBefore":
      for (const id of [...calls.entries.keys()]) if (id < command.id) calls.entries.delete(id);
      return calls.changed();
    case "clearCalls":
      calls.entries.clear();
      return calls.changed();
    case "saveCapsule":
      // Made of the flight recording: the gateway gives it to whoever does that.
      return;
    default:
      return unreachable(command);
  }
}

function addQuality(calls: SavedList<CallRecord>, id: number, quality: PartyQuality): void {
  const record = calls.entries.get(id);
  if (record === undefined) return;
  calls.entries.set(id, { ...record, quality: [...record.quality, quality] });
  calls.changed();
}

/** Entries are in the order they came. */
function dropOldest(calls: SavedList<CallRecord>, most: number): void {
  for (const id of calls.entries.keys()) {
    if (calls.entries.size <= most) return;
    calls.entries.delete(id);
  }
}
