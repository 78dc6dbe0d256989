import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import type { TimerId } from "../../message/timer.ts";
import type { HouseView } from "../../message/view.ts";
import { type Change, changesOf, still } from "./changes.ts";
import { type JournalItem, readJournal } from "./journal.ts";
import type { Divergence, Handler } from "./replay.ts";

type Entry = Extract<JournalItem, { kind: "entry" }>;

/** A recording in memory: a journal's segment is a few megabytes. */
export interface Recording {
  readonly entries: readonly Entry[];
  /** Its last line was cut off when the process was killed. */
  readonly torn: boolean;
}

/** An upper half that can be looked at. */
export interface Subject extends Handler {
  view(): HouseView;
}

/** `scan`: the whole recording is run to find out what is in it; `walk`: somebody looks on. */
export type Purpose = "scan" | "walk";

/** One event of a recording, handled again. */
export interface Step {
  /** Place in the recording, from 0. The number of an event is not unique: a segment's state has one for all. */
  readonly index: number;
  readonly n: number;
  readonly event: Event;
  /** Since the event before; null at the first. */
  readonly sinceMs: number | null;
  readonly changes: readonly Change[];
  readonly commands: readonly Command[];
  /** The commands are not those of the recording: nothing after this can be believed. */
  readonly divergence: Divergence | null;
}

export interface Stops {
  /** Places of the events that were asked for, and of the first one whose commands are not the same. */
  readonly indexes: readonly number[];
  readonly events: number;
  readonly divergence: Divergence | null;
}

/**
 * Reads a journal whole, to the event of number `until`.
 * @throws Error with a sentence when it can not be read
 */
export async function readRecording(path: string, until: number | null): Promise<Recording> {
  const entries: Entry[] = [];
  for await (const item of readJournal(path)) {
    if (item.kind === "torn") return { entries, torn: true };
    if (until !== null && item.n > until) break;
    entries.push(item);
  }
  return { entries, torn: false };
}

/**
 * A recording that is walked forward and back. Going back runs it again from its beginning: what is shown was computed by
 * the program itself, never restored from a copy.
 */
export class Walk {
  readonly recording: Recording;
  readonly #fresh: (purpose: Purpose) => Subject;
  readonly #timers: ReadonlyMap<TimerId, { readonly name: string; readonly owner: string }>;
  #subject: Subject;
  #handled = 0;

  constructor(recording: Recording, fresh: (purpose: Purpose) => Subject) {
    this.recording = recording;
    this.#fresh = fresh;
    this.#subject = fresh("walk");
    this.#timers = timersOf(recording);
  }

  /** Goes there, forward or back, and handles that event. @throws Error when the recording has no such place */
  step(index: number): Step {
    if (index < this.#handled) {
      this.#subject = this.#fresh("walk");
      this.#handled = 0;
    }
    for (; this.#handled < index; this.#handled += 1) {
      const { event, n } = entryAt(this.recording, this.#handled);
      this.#subject.handle(event, n);
    }
    const step = take(this.recording, index, this.#subject, still(this.#subject.view()));
    this.#handled += 1;
    return step;
  }

  /** The house after the last step. */
  view(): HouseView {
    return this.#subject.view();
  }

  /** Runs it all, to its end or to the first event whose commands differ; null: every event is wanted. */
  stops(wanted: ((step: Step) => boolean) | null): Stops {
    const subject = this.#fresh("scan");
    const indexes: number[] = [];
    let view = still(subject.view());
    for (const index of this.recording.entries.keys()) {
      const step = take(this.recording, index, subject, wanted === null ? null : view);
      if (wanted !== null) view = still(subject.view());
      if (wanted === null || wanted(step) || step.divergence !== null) indexes.push(index);
      if (step.divergence !== null) return { indexes, events: index + 1, divergence: step.divergence };
    }
    return { indexes, events: this.recording.entries.length, divergence: null };
  }

  /** Place of the last event of that number or a smaller one; null when it begins later. */
  placeOf(n: number): number | null {
    const index = this.recording.entries.findLastIndex((entry) => entry.n <= n);
    return index < 0 ? null : index;
  }

  /** What a timer is for, as it was started in the recording. */
  timer(timer: TimerId): { readonly name: string; readonly owner: string } | null {
    return this.#timers.get(timer) ?? null;
  }
}

function entryAt({ entries }: Recording, index: number): Entry {
  const entry = entries[index];
  if (entry === undefined) throw new Error(`the recording has ${entries.length} events, and none at ${index}`);
  return entry;
}

/** `before`: the house as it is; null: nobody wants to know what changes. */
function take(recording: Recording, index: number, subject: Subject, before: HouseView | null): Step {
  const { n, event, commands: recorded } = entryAt(recording, index);
  const earlier = recording.entries[index - 1]?.event.at;
  const commands = subject.handle(event, n);
  const changes = before === null ? [] : changesOf(before, subject.view());
  const [expected, actual] = [JSON.stringify(recorded), JSON.stringify(commands)];
  const divergence = expected === actual ? null : { n, event, expected, actual };
  return { index, n, event, sinceMs: earlier === undefined ? null : event.at - earlier, changes, commands, divergence };
}

function timersOf({ entries }: Recording): Map<TimerId, { name: string; owner: string }> {
  const timers = new Map<TimerId, { name: string; owner: string }>();
  for (const { commands } of entries)
    for (const command of commands)
      if (command.world === "timer" && command.kind === "start") timers.set(command.timer, command);
  return timers;
}
