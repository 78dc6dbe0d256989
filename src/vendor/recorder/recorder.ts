import { closeSync, mkdirSync } from "node:fs";
import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../clock/clock.ts";
import { journalVersion } from "./journal.ts";
import { Segment } from "./segment.ts";
import { dropOldSegments, keepSegment, nextSegment } from "./segments.ts";

/** The flight recorder: every event and the commands it caused, in bounded files of JSON lines. Never throws. */
export interface Recorder {
  /** After event number `n` was handled. */
  record(n: number, event: Event, commands: readonly Command[]): void;
  /** Writes what is buffered, now: after a handler that threw, before the process goes. */
  flushSync(): void;
  /** What is written now outlives its turn, as `kept-journal-NNNNNN.jsonl`: it shows a bug. The first few of them are. */
  keep(): void;
  close(): Promise<void>;
  /** The segment has its size: a new one is wanted as soon as the house is quiet. */
  full(): boolean;
  /**
   * Begins a segment that replays by itself: `state` brings a fresh upper half to where the quiet house is. Its events are
   * asked for a few at a time, with a turn for everybody else between; what is recorded meanwhile comes after them.
   */
  startSegment(state: Iterable<Event>): void;
  /** The file written now; null while there is none. */
  path(): string | null;
}

export interface RecorderOptions {
  readonly clock: Clock;
  /** Files kept, this one included. */
  readonly keep: number;
  readonly segmentBytes: number;
  /** Told in a sentence when recording stops working; it is tried again at the next segment. */
  report(problem: string): void;
}

/** What may be lost when the power goes, ms. */
const flushAfter = ms(2000);
/** Buffered at most, octets. */
const flushAt = 64 * 1024;
/** A house that is never quiet gets this many times its segment, then recording pauses: the disk is bounded. */
const mostOversize = 4;
/** Characters of the state of the house that are made and written at a time. */
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
  #segment: Segment | null = null;
  #buffer: string[] = [];
  #buffered = 0;
  /** What happened since the segment began, octets: the state it began with is as large as the house makes it. */
  #happened = 0;
  /** The state the segment began with, octets. */
  #state = 0;
  /** Lines of the state that are not written yet; everything else waits for them. */
  #stateLines: Iterator<string> | null = null;
  #last = 0;
  #flushing: Cancel | null = null;
  /** When recording stopped working; null while it works. */
  #failedAt: number | null = null;
  #closed = false;

  constructor(dir: string, options: RecorderOptions) {
    this.#dir = dir;
    this.#options = options;
  }

  record(n: number, event: Event, commands: readonly Command[]): void {
    this.#last = n;
    if (this.#closed || this.#failedAt !== null) return;
    if (this.#segment === null && !this.#begin()) return;
    const octets = this.#put(`{"n":${n},"event":${JSON.stringify(event)},"commands":${JSON.stringify(commands)}}\n`);
    if (event.world === "store" && event.kind === "loaded") this.#state += octets;
    else this.#happened += octets;
    if (this.#happened > this.#size() * mostOversize)
      this.#fail("the house was not quiet for too long, and the journal is over its size");
  }

  full(): boolean {
    if (this.#failedAt !== null) return this.#options.clock.now() - this.#failedAt >= retryAfter;
    return this.#happened >= this.#size();
  }

  startSegment(state: Iterable<Event>): void {
    if (this.#closed) return;
    this.flushSync();
    void this.#segment?.close();
    this.#segment = null;
    this.#failedAt = null;
    if (!this.#begin() || this.#segment === null) return;
    // The header comes before the state.
    this.#flush();
    this.#stateLines = linesOf(state, this.#last);
    void this.#writeState(this.#segment, this.#stateLines);
  }

  flushSync(): void {
    for (let text = this.#takeState(); text !== ""; text = this.#takeState()) this.#segment?.writeSync(text);
    const text = this.#take();
    if (text !== "") this.#segment?.writeSync(text);
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
  }

  path(): string | null {
    return this.#segment?.path ?? null;
  }

  #begin(): boolean {
    let deleted: readonly number[] = [];
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      const path = nextSegment(this.#dir);
      deleted = dropOldSegments(this.#dir, this.#options.keep - 1);
      this.#segment = new Segment(path, deleted, (problem) => this.#fail(problem));
    } catch (error) {
      for (const file of deleted) closeSync(file);
      this.#fail(error instanceof Error ? error.message : String(error));
      return false;
    }
    this.#happened = 0;
    this.#state = 0;
    this.#put(`{"journal":"offhook","version":${journalVersion},"at":${this.#options.clock.now()}}\n`);
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
      if (text !== "") await segment.write(text);
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
    this.#state += Buffer.byteLength(text);
    return text;
  }

  #put(line: string): number {
    const octets = Buffer.byteLength(line);
    this.#buffer.push(line);
    this.#buffered += octets;
    if (this.#buffered >= flushAt) this.#flush();
    else this.#flushing ??= this.#options.clock.after(flushAfter, () => this.#flush());
    return octets;
  }

  #flush(): void {
    if (this.#stateLines !== null) return;
    const text = this.#take();
    if (text !== "") void this.#segment?.write(text);
  }

  #take(): string {
    this.#flushing?.();
    this.#flushing = null;
    const text = this.#buffer.join("");
    this.#buffer = [];
    this.#buffered = 0;
    return text;
  }

  /** A journal with a hole does not replay: nothing more goes into this segment. */
  #fail(problem: string): void {
    if (this.#failedAt !== null) return;
    this.#failedAt = this.#options.clock.now();
    // Without the whole state at its beginning the segment is worth nothing.
    if (this.#stateLines !== null) this.#take();
    this.#stateLines = null;
    this.flushSync();
    this.#options.report(
      `flight recorder in ${this.#dir}: stopped (${problem}) — it begins again when the house is quiet`,
    );
  }
}

/** Entries of the journal that cause no commands: the state of the house after event number `n`. */
function* linesOf(state: Iterable<Event>, n: number): Generator<string, undefined> {
  for (const event of state) yield `{"n":${n},"event":${JSON.stringify(event)},"commands":[]}\n`;
}
