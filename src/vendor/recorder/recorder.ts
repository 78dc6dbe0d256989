import { closeSync, mkdirSync } from "node:fs";
import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import { ms } from "../../message/units.ts";
import type { Cancel } from "../clock/clock.ts";
import { Budget } from "./budget.ts";
import { Compactor } from "./compact.ts";
import type { Recorder, RecorderOptions } from "./contract.ts";
import { headerOf } from "./journal.ts";
import { Lines } from "./lines.ts";
import { Segment } from "./segment.ts";
import { dropOldSegments, keepSegment, nextSegment } from "./segments.ts";

export type { Recorder, RecorderOptions } from "./contract.ts";

/** An event that is not written yet. Nobody changes it, or what came of it, after it was handled. */
interface Happened {
  readonly n: number;
  readonly event: Event;
  readonly commands: readonly Command[];
}

/** What may be lost when the power goes, ms. */
const flushAfter = ms(2000);
/** Octets written at once. */
const flushAt = 64 * 1024;
/** Events are put into words so many at a time: not while others wait. Less where files are small. */
const mostWaiting = 64;
/** What a disk that is slow may owe us, octets: more is not held in memory. */
const mostOwed = 1024 * 1024;
/** A house that is never quiet gets this many times its segment, then recording pauses: the disk is bounded. */
const mostOversize = 4;
/** Characters of the house's state that are made and written at a time. */
const stateAtOnce = 32 * 1024;
/** A recording that failed is begun again after this time at the earliest, ms. */
const retryAfter = 30_000;

/** Opens the recorder on a data directory; the first record begins the first segment. */
export function openRecorder(dir: string, options: RecorderOptions): Recorder {
  return new FileRecorder(dir, options);
}

class FileRecorder implements Recorder {
  readonly #dir: string;
  readonly #options: RecorderOptions;
  readonly #compactor: Compactor;
  readonly #budget: Budget;
  readonly #mostWaiting: number;
  /** Of this run of the gateway: events are counted from one. */
  readonly #run: number;
  readonly #lines = new Lines(flushAt);
  #segment: Segment | null = null;
  #waiting: Happened[] = [];
  /** What happened since the segment began, octets: the state it began with is as large as the house makes it. */
  #happened = 0;
  /** The state the segment began with, octets. */
  #state = 0;
  /** Lines of the state that are not written yet; everything else waits for them. */
  #stateLines: Iterator<string> | null = null;
  #last = 0;
  #flushing: Cancel | null = null;
  /** When recording stopped working, and why; null while it works. */
  #failed: { readonly at: number; readonly why: string } | null = null;
  #closed = false;

  constructor(dir: string, options: RecorderOptions) {
    const { clock, segmentBytes, budget } = options;
    this.#dir = dir;
    this.#options = options;
    this.#compactor = new Compactor(dir);
    this.#run = clock.now();
    this.#budget = new Budget(budget, this.#run);
    this.#mostWaiting = Math.max(1, Math.min(mostWaiting, Math.floor(segmentBytes / 4096)));
  }

  record(n: number, event: Event, commands: readonly Command[]): void {
    this.#last = n;
    if (this.#closed || this.#failed !== null) return;
    if (this.#segment === null && !this.#begin()) return;
    this.#waiting.push({ n, event, commands });
    if (this.#waiting.length >= this.#mostWaiting) this.#toWords();
    else this.#flushing ??= this.#options.clock.after(flushAfter, () => this.#flush());
  }

  full(): boolean {
    const now = this.#options.clock.now();
    if (this.#failed === null) return this.#happened >= this.#size();
    return now - this.#failed.at >= retryAfter && this.#budget.left(now) >= this.#size();
  }

  startSegment(state: Iterable<Event>): void {
    if (this.#closed) return;
    this.flushSync();
    const closed = this.#segment?.close();
    this.#segment = null;
    if (!this.#begin(closed) || this.#segment === null) return;
    // The header comes before the state.
    this.#flush();
    this.#stateLines = linesOf(state, this.#last);
    void this.#writeState(this.#segment, this.#stateLines);
  }

  flushSync(): void {
    for (let text = this.#takeState(); text !== ""; text = this.#takeState())
      this.#segment?.writeSync(Buffer.from(text));
    this.#toWords();
    for (const octets of this.#take()) this.#segment?.writeSync(octets);
  }

  keep(): void {
    this.flushSync();
    if (this.#segment === null) return;
    try {
      keepSegment(this.#dir, this.#segment.path);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.report(
        `flight recorder in ${this.#dir}: can not keep its file (${why}) — copy it before its turn ends`,
      );
    }
  }

  async close(): Promise<void> {
    this.flushSync();
    this.#closed = true;
    await this.#segment?.close();
    this.#segment = null;
    await this.#compactor.idle();
  }

  path(): string | null {
    return this.#segment?.path ?? null;
  }

  held(): { events: number; octets: number } {
    return { events: this.#waiting.length, octets: this.#lines.length + (this.#segment?.owed ?? 0) };
  }

  /** `closed`: the file before it. */
  #begin(closed: Promise<void> = Promise.resolve()): boolean {
    const why = this.#failed?.why ?? null;
    this.#failed = null;
    let deleted: readonly number[] = [];
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      const path = nextSegment(this.#dir);
      deleted = dropOldSegments(this.#dir, this.#options.keep - 1);
      this.#segment = new Segment(path, deleted, (problem) => this.#fail(problem));
      this.#compactor.run(path, closed);
    } catch (error) {
      for (const file of deleted) closeSync(file);
      this.#fail(error instanceof Error ? error.message : String(error));
      return false;
    }
    this.#happened = 0;
    this.#state = 0;
    this.#add(headerOf({ at: this.#options.clock.now(), run: this.#run, why }));
    return true;
  }

  /** A segment is worth its state: a large house writes it no oftener than it writes what happens. */
  #size(): number {
    return Math.max(this.#options.segmentBytes, this.#state);
  }

  /** Until nothing of the state is left, or somebody else has taken it. Never rejects. */
  async #writeState(segment: Segment, lines: Iterator<string>): Promise<void> {
    while (this.#stateLines === lines) {
      const text = this.#takeState();
      if (text !== "") await segment.write(Buffer.from(text));
    }
    this.#flush();
  }

  /** The next lines of the state; empty when there are none. */
  #takeState(): string {
    let text = "";
    while (this.#stateLines !== null && text.length < stateAtOnce) {
      const next = this.#stateLines.next();
      if (next.done === true) this.#stateLines = null;
      else text += next.value;
    }
    const octets = Buffer.byteLength(text);
    this.#state += octets;
    this.#budget.spend(octets);
    return text;
  }

  /** Puts into words what waits. */
  #toWords(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const happened of waiting) {
      const octets = this.#add(JSON.stringify(happened));
      const { event } = happened;
      if (event.world === "store" && event.kind === "loaded") this.#state += octets;
      else this.#happened += octets;
    }
    this.#bound();
  }

  /** What goes beyond is not recorded: memory and disk are bounded. */
  #bound(): void {
    if (this.#segment === null || this.#failed !== null) return;
    if (this.#happened > this.#size() * mostOversize)
      return this.#fail("the house was not quiet for too long, and the journal is over its size");
    if (this.#lines.length + this.#segment.owed > mostOwed) {
      this.#take();
      return this.#fail("the disk is too slow for what happens");
    }
    if (this.#budget.left(this.#options.clock.now()) < 0) this.#fail("more happens than may be written in an hour");
  }

  /** Octets of the line. */
  #add(line: string): number {
    const octets = this.#lines.add(line);
    this.#budget.spend(octets);
    if (this.#lines.length >= flushAt) this.#send();
    else this.#flushing ??= this.#options.clock.after(flushAfter, () => this.#flush());
    return octets;
  }

  #flush(): void {
    this.#toWords();
    this.#send();
  }

  #send(): void {
    if (this.#stateLines !== null) return;
    for (const octets of this.#take()) void this.#segment?.write(octets);
  }

  #take(): readonly Buffer[] {
    this.#flushing?.();
    this.#flushing = null;
    return this.#lines.take();
  }

  /** A journal with a hole does not replay: nothing more goes into this segment. */
  #fail(why: string): void {
    if (this.#failed !== null) return;
    this.#failed = { at: this.#options.clock.now(), why };
    // Without the whole state at its beginning the segment is worth nothing.
    if (this.#stateLines !== null) this.#take();
    this.#stateLines = null;
    this.flushSync();
    this.#options.report(`flight recorder in ${this.#dir}: stopped (${why}) — it begins again when the house is quiet`);
  }
}

/** Entries of the journal that cause no commands: the state of the house after event number `n`. */
function* linesOf(state: Iterable<Event>, n: number): Generator<string, undefined> {
  for (const event of state) yield `{"n":${n},"event":${JSON.stringify(event)},"commands":[]}\n`;
}
