import { stat } from "node:fs/promises";
import type { Event } from "../../../src/message/event.ts";
import type { CallRecord, Contact } from "../../../src/message/record.ts";
import { systemClock } from "../../../src/vendor/clock/clock.ts";
import { readJournal } from "../../../src/vendor/recorder/journal.ts";
import { segmentsIn } from "../../../src/vendor/recorder/segments.ts";
import { openStore } from "../../../src/vendor/store/store.ts";

/** What the store finds in a data directory. */
export interface Found {
  readonly contacts: readonly Contact[];
  readonly calls: readonly CallRecord[];
  /** Files that could not be read, in sentences. */
  readonly damaged: readonly string[];
  /** Whether a change can be saved there. */
  readonly savesAgain: boolean;
}

/** Starts the store on a directory, as the gateway does after the power came back, and lets it save a change. */
export async function startStore(dir: string, callLogSize: number): Promise<Found> {
  const damaged: string[] = [];
  const contacts: Contact[] = [];
  const calls: CallRecord[] = [];
  let saves = 0;
  const post = (event: Event): void => {
    if (event.world !== "store") return;
    if (event.kind === "saved") saves += 1;
    if (event.kind !== "loaded") return;
    contacts.push(...event.contacts);
    calls.push(...event.calls);
  };
  const report = (problem: string): void => void damaged.push(problem);
  const store = openStore(dir, { clock: systemClock, post, seeds: [], callLogSize, saveAfterMs: 100_000, report });
  await store.load();
  store.perform({ world: "store", kind: "putContact", contact: { id: 1_000_000_000, name: "After", numbers: ["1"] } });
  await store.close();
  return { contacts, calls, damaged, savesAgain: saves === 1 || damaged.length > 0 };
}

/** The journals of a directory: how many are whole, end in the middle of a line, or can not be read. */
export interface Journals {
  whole: number;
  torn: number;
  /** Begun so lately that nothing is in them. */
  empty: number;
  /** Events in all of them. */
  events: number;
  readonly unreadable: string[];
}

export function noJournals(): Journals {
  return { whole: 0, torn: 0, empty: 0, events: 0, unreadable: [] };
}

export async function readJournals(dir: string, into: Journals): Promise<void> {
  const paths = segmentsIn(dir);
  for (const path of paths) {
    if (path === paths.at(-1) && (await stat(path)).size === 0) {
      into.empty += 1;
      continue;
    }
    try {
      let torn = false;
      for await (const item of readJournal(path)) {
        if (item.kind === "torn") torn = true;
        else into.events += 1;
      }
      if (torn) into.torn += 1;
      else into.whole += 1;
    } catch (problem) {
      into.unreadable.push(problem instanceof Error ? problem.message : String(problem));
    }
  }
}
