import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import { readJournal } from "./journal.ts";

/** What is replayed into: an upper half fresh from the start. */
export interface Handler {
  /** `n`: its number in the recording. */
  handle(event: Event, n: number): readonly Command[];
}

export interface ReplayOptions {
  /** Stops after the event of this number. */
  readonly until?: number | null;
  /** An attached debugger stops before the event of this number. */
  readonly breakAt?: number | null;
  /** Told after each event; the replay waits for it. */
  readonly onStep?: (step: ReplayStep) => void | Promise<void>;
}

export interface ReplayStep {
  readonly n: number;
  readonly event: Event;
  readonly commands: readonly Command[];
}

export interface ReplayResult {
  /** Events replayed. */
  readonly events: number;
  /** The first event whose commands were not the same, byte for byte; the replay stops there. */
  readonly divergence: Divergence | null;
  /** The journal's last line was cut off when the process was killed. */
  readonly torn: boolean;
}

export interface Divergence {
  readonly n: number;
  readonly event: Event;
  /** The commands of the recording, as JSON. */
  readonly expected: string;
  readonly actual: string;
}

/**
 * Runs a journal through `fresh` and compares every command.
 * @throws Error with a sentence when the journal can not be read
 */
export async function replayInto(fresh: Handler, path: string, options: ReplayOptions = {}): Promise<ReplayResult> {
  let events = 0;
  for await (const item of readJournal(path)) {
    if (item.kind === "torn") return { events, divergence: null, torn: true };
    const { n, event } = item;
    if (options.until !== undefined && options.until !== null && n > options.until) break;
    events += 1;
    const expected = JSON.stringify(item.commands);
    const { text: actual, commands } = handled(fresh, event, n);
    await options.onStep?.({ n, event, commands });
    if (actual !== expected) return { events, divergence: { n, event, expected, actual }, torn: false };
  }
  return { events, divergence: null, torn: false };
}

/** A handler that throws is a divergence too, shown by its error. */
function handled(
  fresh: Handler,
  event: Event,
  n: number,
): { readonly text: string; readonly commands: readonly Command[] } {
  try {
    const commands = fresh.handle(event, n);
    return { text: JSON.stringify(commands), commands };
  } catch (error) {
    return { text: `threw: ${error instanceof Error ? error.message : String(error)}`, commands: [] };
  }
}
