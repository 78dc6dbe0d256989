import { mkdirSync } from "node:fs";
import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../clock/clock.ts";
import { journalVersion } from "./journal.ts";
import { Segment } from "./segment.ts";
import { dropOldSegments, nextSegment } from "./segments.ts";

/** The flight recorder: every event and the commands it caused, in bounded files of JSON lines. Never throws. */
export interface Recorder {
  /** After event number `n` was handled. */
  record(n: number, event: Event, commands: readonly Command[]): void;
  /** Writes what is buffered, now: after a handler that threw, before the process goes. */
  flushSync(): void;
  close(): Promise<void>;
  /** The segment has its size: a new one is wanted as soon as the house is quiet. */
  full(): boolean;
  /** Begins a segment that replays by itself: `first` holds the state of the quiet house. */
  startSegment(first: Event): void;
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
  #written = 0;
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
    this.#put(`{"n":${n},"event":${JSON.stringify(event)},"commands":${JSON.stringify(commands)}}\n`);
    if (this.#written + this.#buffered > this.#options.segmentBytes * mostOversize)
      this.#fail("the house was not quiet for too long, and the journal is over its size");
  }

  full(): boolean {
    if (this.#failedAt !== null) return this.#options.clock.now() - this.#failedAt >= retryAfter;
    return this.#written + this.#buffered >= this.#options.segmentBytes;
  }

  startSegment(first: Event): void {
    if (this.#closed) return;
    this.flushSync();
    void this.#segment?.close();
    this.#segment = null;
    this.#failedAt = null;
    if (this.#begin()) this.#put(`{"n":${this.#last},"event":${JSON.stringify(first)},"commands":[]}\n`);
  }

  flushSync(): void {
    const text = this.#take();
    if (text !== "") this.#segment?.writeSync(text);
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
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      dropOldSegments(this.#dir, this.#options.keep - 1);
      this.#segment = new Segment(nextSegment(this.#dir), (problem) => this.#fail(problem));
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      return false;
    }
    this.#written = 0;
    this.#put(`{"journal":"offhook","version":${journalVersion},"at":${this.#options.clock.now()}}\n`);
    return true;
  }

  #put(line: string): void {
    this.#buffer.push(line);
    this.#buffered += Buffer.byteLength(line);
    if (this.#buffered >= flushAt) this.#flush();
    else this.#flushing ??= this.#options.clock.after(flushAfter, () => this.#flush());
  }

  #flush(): void {
    const text = this.#take();
    if (text !== "") this.#segment?.write(text);
  }

  #take(): string {
    this.#flushing?.();
    this.#flushing = null;
    const text = this.#buffer.join("");
    this.#written += this.#buffered;
    this.#buffer = [];
    this.#buffered = 0;
    return text;
  }

  /** A journal with a hole does not replay: nothing more goes into this segment. */
  #fail(problem: string): void {
    if (this.#failedAt !== null) return;
    this.flushSync();
    this.#failedAt = this.#options.clock.now();
    this.#options.report(
      `flight recorder in ${this.#dir}: stopped (${problem}) — it begins again when the house is quiet`,
    );
  }
}
