import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import type { HouseView } from "../../message/view.ts";
import { type Change, changesOf, type Picture, pictureOf } from "./changes.ts";
import type { Part, Recording } from "./recording.ts";
import type { Broken, Divergence, Handler } from "./replay.ts";

/** An upper half that can be looked at. */
export interface Subject extends Handler {
  view(): HouseView;
}

/** `scan`: a file is run to find out what is in it; `walk`: somebody looks on. */
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
  /** Rules that this event broke. */
  readonly broken: readonly Broken[];
  /** The commands are not those of the recording: nothing after this can be believed. */
  readonly divergence: Divergence | null;
}

/** Whether somebody wants to see an event. It is asked of every event of a part, in order. */
export type Wanted = (step: Step) => boolean;

/** Events that somebody wants to see. */
export interface Filter {
  /** For the events of one part: no call goes on from one to the next. */
  fresh(): Wanted;
  /** Parts without this word in what happened have none of them; null: any may. */
  readonly word: string | null;
}

interface Taken {
  readonly step: Step;
  /** Null: nobody wants to know. */
  readonly after: Picture | null;
}

/**
 * A recording that is walked forward and back. A step back runs its file again from the beginning, where the state of the
 * house is: what is shown was computed by the program itself, never restored from a copy. No more is held than one house
 * and where the lines of the recording begin.
 */
export class Walk {
  readonly recording: Recording;
  readonly #fresh: (purpose: Purpose) => Subject;
  #subject: Subject;
  #part: Part | null = null;
  #next = 0;
  #handled = 0;
  /** How far each part was run and compared. */
  readonly #compared = new Map<Part, number>();
  #divergence: { readonly index: number; readonly divergence: Divergence } | null = null;
  readonly #broken = new Map<number, Broken>();
  #last = { index: -1, at: 0 };

  constructor(recording: Recording, fresh: (purpose: Purpose) => Subject) {
    this.recording = recording;
    this.#fresh = fresh;
    this.#subject = fresh("walk");
  }

  /** Events that were handled for all that was asked, those included that were run again. */
  get handled(): number {
    return this.#handled;
  }

  /** What came of it: events that were run and compared, and the first that came out otherwise. */
  get result(): {
    readonly events: number;
    readonly divergence: Divergence | null;
    readonly broken: readonly Broken[];
  } {
    let events = 0;
    for (const [{ from }, to] of this.#compared) events += to - from;
    const broken = [...this.#broken].sort(([a], [b]) => a - b).map(([, one]) => one);
    return { events, divergence: this.#divergence?.divergence ?? null, broken };
  }

  /** The first event known to come out otherwise; nothing after it is walked to. */
  get end(): number {
    return this.#divergence?.index ?? this.recording.length - 1;
  }

  /**
   * Goes there, forward or back, and handles that event; one on the way that comes out otherwise is shown instead.
   * @throws Error when the recording has no such place
   */
  step(index: number): Step {
    const part = this.recording.partAt(index);
    if (part !== this.#part || index < this.#next) this.#begin(part);
    while (this.#next < index) {
      const { divergence } = this.#take(this.#subject, this.#next, null).step;
      if (divergence !== null) {
        this.#part = null;
        return this.step(this.#next);
      }
      this.#next += 1;
    }
    const { step } = this.#take(this.#subject, index, pictureOf(this.#subject.view()));
    this.#next = index + 1;
    return step;
  }

  /** The house after the last step. */
  view(): HouseView {
    return this.#subject.view();
  }

  /** Runs a part to its end, or to the first event that comes out otherwise: the places of those that are wanted, and of that one. */
  stops(part: Part, filter: Filter): readonly number[] {
    if (filter.word !== null && !part.file.mentions(filter.word, part.repeated)) {
      part.file.rest();
      return [];
    }
    const subject = this.#started("scan", part);
    const wanted = filter.fresh();
    const indexes: number[] = [];
    let before: Picture | null = pictureOf(subject.view());
    for (let index = part.from; index < part.to; index++) {
      const { step, after }: Taken = this.#take(subject, index, before);
      before = after;
      if (guarded(part, step.n, () => wanted(step)) || step.divergence !== null) indexes.push(index);
      if (step.divergence !== null) break;
    }
    return indexes;
  }

  #begin(part: Part): void {
    this.#subject = this.#started("walk", part);
    this.#part = part;
    this.#next = part.from;
  }

  #started(purpose: Purpose, part: Part): Subject {
    const subject = this.#fresh(purpose);
    for (const { event, n } of this.recording.stateOf(part)) subject.handle(event, n, 0);
    return subject;
  }

  /** `before`: the house as it is; null: nobody wants to know what changes. */
  #take(subject: Subject, index: number, before: Picture | null): Taken {
    const part = this.recording.partAt(index);
    const { n, event, commands: recorded, trips = 0 } = this.recording.entry(index);
    const earlier = this.#timeBefore(index);
    this.#last = { index, at: event.at };
    const commands = guarded(part, n, () => subject.handle(event, n, trips));
    const broken = subject.broken();
    const after = before === null ? null : pictureOf(subject.view(), before);
    const changes = before === null || after === null ? [] : changesOf(before, after);
    const [expected, actual] = [JSON.stringify(recorded), JSON.stringify(commands)];
    const divergence = expected === actual ? null : { n, event, expected, actual };
    this.#handled += 1;
    this.#compared.set(part, Math.max(this.#compared.get(part) ?? 0, index + 1));
    for (const one of broken) this.#broken.set(index, one);
    if (divergence !== null && index <= this.end) this.#divergence = { index, divergence };
    const sinceMs = earlier === null ? null : event.at - earlier;
    return { step: { index, n, event, sinceMs, changes, commands, broken, divergence }, after };
  }

  #timeBefore(index: number): number | null {
    if (index === 0) return null;
    return this.#last.index === index - 1 ? this.#last.at : this.recording.entry(index - 1).event.at;
  }
}

/** @throws Error with a sentence: the upper half guards its handlers, but not against what is no event at all */
function guarded<T>({ file }: Part, n: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error(
      `${file.path}: event ${n} can not be handled (${error.message}) — a field of it is wrong or missing`,
    );
  }
}
