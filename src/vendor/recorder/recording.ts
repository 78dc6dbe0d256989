import { statSync } from "node:fs";
import type { TimerId } from "../../message/timer.ts";
import type { Damage } from "./damage.ts";
import { type Entry, readable } from "./journal.ts";
import { SegmentFile } from "./segment-file.ts";
import { segmentsIn } from "./segments.ts";

/** Events that happened and are in no file. */
export interface Gap {
  /** The number of the last event before it. */
  readonly after: number;
  readonly lost: number;
  /** As the recorder said it; null when a file is missing. */
  readonly why: string | null;
}

/** A file of a recording: a fresh upper half can begin with it. */
export interface Part {
  readonly file: SegmentFile;
  /** Place of its first event in the recording. */
  readonly from: number;
  /** Place behind its last one. */
  readonly to: number;
  /** Entries before its events that only repeat where the house was at the end of the file before; 0 in the first. */
  readonly repeated: number;
  /** What is missing between the file before and this one. */
  readonly gap: Gap | null;
}

export interface StartedTimer {
  readonly name: string;
  readonly owner: string;
}

/** One file or several, in the order they were written: events by their place, from 0. No event is held. */
export class Recording {
  readonly parts: readonly Part[];
  readonly length: number;
  #read: SegmentFile | null = null;
  #timers: { readonly part: Part; readonly all: ReadonlyMap<TimerId, StartedTimer> } | null = null;

  /**
   * `paths`: files, or folders of them. `until`: the number of the last event.
   * @throws Error with a sentence when one can not be read
   */
  constructor(paths: readonly string[], until: number | null) {
    this.parts = partsOf(paths.flatMap(filesOf), until);
    this.length = this.parts.at(-1)?.to ?? 0;
    const [first] = this.parts;
    if (first !== undefined && this.parts.every(({ file }) => file.torn && file.entries === 0))
      throw new Error(
        `${first.file.path}: has no whole event in it — it is no journal, or was cut off at its beginning`,
      );
  }

  /** The last line of a file was cut off when the process was killed. */
  get torn(): boolean {
    return this.parts.some((part) => part.file.torn && isWhole(part));
  }

  /** Files that were changed or damaged, and end there. */
  get damages(): readonly Damage[] {
    return this.parts.flatMap((part) => (isWhole(part) && part.file.damage) || []);
  }

  /** @throws Error when the recording has no such place */
  partAt(index: number): Part {
    const part = this.parts.find(({ from, to }) => index >= from && index < to);
    if (part === undefined) throw new Error(`the recording has ${this.length} events, and none at ${index}`);
    return part;
  }

  /** @throws Error when the recording has no such place, or a file was changed meanwhile */
  entry(index: number): Entry {
    const { file, from, repeated } = this.partAt(index);
    if (this.#read !== file) this.#read?.rest();
    this.#read = file;
    return file.entry(repeated + index - from);
  }

  /** What a fresh upper half has to be told before the events of a part. */
  *stateOf({ file, repeated }: Part): Generator<Entry> {
    for (let at = 0; at < repeated; at++) yield file.entry(at);
  }

  /** Place of the last event of that number or a smaller one, in the part of `near` and its like first; null: there is none. */
  placeOf(n: number): number | null {
    const part = this.parts.findLast(({ file, repeated, from, to }) => to > from && file.number(repeated) <= n);
    if (part === undefined) return null;
    const { file, from, to, repeated } = part;
    let [low, high] = [from, to - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (file.number(repeated + middle - from) <= n) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** What a timer is for, as it was started in the part of that event: when a file begins, none is running. */
  timer(timer: TimerId, index: number): StartedTimer | null {
    const part = this.partAt(index);
    if (this.#timers?.part !== part) this.#timers = { part, all: timersOf(part.file) };
    return this.#timers.all.get(timer) ?? null;
  }
}

/** All of the file's events are in it. */
function isWhole({ file, from, to, repeated }: Part): boolean {
  return to - from + repeated === file.entries;
}

/** A file; of a folder all that the flight recorder has written there, oldest first. @throws Error with a sentence */
export function filesOf(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const files = segmentsIn(path);
    if (files.length > 0) return files;
  } catch (error) {
    throw readable(path, error);
  }
  throw new Error(`${path}: has no journal-NNNNNN.jsonl in it — name the data directory, or a recording`);
}

function partsOf(paths: readonly string[], until: number | null): Part[] {
  const parts: Part[] = [];
  for (const path of paths) {
    const file = new SegmentFile(path);
    const last = parts.at(-1);
    const before = last === undefined ? Number.NaN : last.file.number(last.file.entries - 1);
    const goesOn = file.state > 0 && file.number(0) >= before && file.header.run === last?.file.header.run;
    const lost = file.number(0) - before;
    const repeated = goesOn ? file.state : 0;
    const from = last?.to ?? 0;
    const count = countUntil(file, repeated, until);
    const gap = goesOn && lost > 0 ? { after: before, lost, why: file.header.why } : null;
    last?.file.rest();
    parts.push({ file, from, to: from + count, repeated, gap });
    if (count < file.entries - repeated) break;
  }
  return parts;
}

function countUntil(file: SegmentFile, repeated: number, until: number | null): number {
  let count = file.entries - repeated;
  if (until !== null) while (count > 0 && file.number(repeated + count - 1) > until) count -= 1;
  return count;
}

function timersOf(file: SegmentFile): Map<TimerId, StartedTimer> {
  const timers = new Map<TimerId, StartedTimer>();
  for (let at = 0; at < file.entries; at++)
    for (const command of file.entry(at).commands)
      if (command.world === "timer" && command.kind === "start") timers.set(command.timer, command);
  return timers;
}
