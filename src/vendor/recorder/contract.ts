import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import type { Clock } from "../clock/clock.ts";

/** The flight recorder: every event and the commands it caused, in bounded files of JSON lines. Never throws. */
export interface Recorder {
  /** After event number `n` was handled. Nobody changes the event or its commands from then on: they are written later. */
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
  /** In memory: events that are not put into words yet, and octets that are not on the way to the disk, or are. */
  held(): { readonly events: number; readonly octets: number };
}

export interface RecorderOptions {
  readonly clock: Clock;
  /** Files kept, this one included; what was written to its end is compressed. */
  readonly keep: number;
  readonly segmentBytes: number;
  /** Octets that may be written at once, and then in an hour. */
  readonly budget: number;
  /** Told in a sentence when recording stops working; it is tried again at the next segment. */
  report(problem: string): void;
}
