import type { Command } from "./message/command.ts";
import type { Event } from "./message/event.ts";
import type { HouseView } from "./message/view.ts";
import { UpperHalf } from "./upper-half.ts";
import { type ReplayOptions, type ReplayResult, replayInto } from "./vendor/recorder/replay.ts";
import { readRecording, type Subject, Walk } from "./vendor/recorder/walk.ts";

/**
 * Runs a flight recording through a fresh upper half and compares every command, byte for byte.
 * @throws Error with a sentence when the journal can not be read
 */
export function replayJournal(path: string, options: ReplayOptions = {}): Promise<ReplayResult> {
  return replayInto(new Debugged(options.breakAt ?? null), path, options);
}

/**
 * Opens a flight recording to be walked forward and back.
 * @throws Error with a sentence when the journal can not be read
 */
export async function openWalk(path: string, { until = null, breakAt = null }: ReplayOptions = {}): Promise<Walk> {
  const fresh = (purpose: string): Subject => new Debugged(purpose === "scan" ? null : breakAt);
  return new Walk(await readRecording(path, until), fresh);
}

/** The upper half under `node --inspect-brk`: a debugger that is attached stops before one event. */
class Debugged implements Subject {
  readonly #upper = new UpperHalf();
  readonly #breakAt: number | null;

  constructor(breakAt: number | null) {
    this.#breakAt = breakAt;
  }

  handle(event: Event, n: number): readonly Command[] {
    // biome-ignore lint/suspicious/noDebugger: what `--break` is for; step into the next line to see the event handled
    if (n === this.#breakAt) debugger;
    return this.#upper.handle(event);
  }

  view(): HouseView {
    return this.#upper.view();
  }
}
