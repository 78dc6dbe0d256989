import { Rules } from "./logic/invariants/rules.ts";
import type { Command } from "./message/command.ts";
import type { Event } from "./message/event.ts";
import type { Instant } from "./message/units.ts";
import type { HouseView } from "./message/view.ts";
import { UpperHalf } from "./upper-half.ts";
import { Recording } from "./vendor/recorder/recording.ts";
import { type Broken, type ReplayOptions, type ReplayResult, replayInto } from "./vendor/recorder/replay.ts";
import { asHandled } from "./vendor/recorder/trap.ts";
import { type Subject, Walk } from "./vendor/recorder/walk.ts";

/**
 * Runs a flight recording through a fresh upper half, compares every command, byte for byte, and holds the rules against it
 * that hold whatever happens. `paths`: files in their order, or folders of them.
 * @throws Error with a sentence when it can not be read
 */
export async function replayJournal(
  paths: string | readonly string[],
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  const recording = new Recording([paths].flat(), options.until ?? null);
  return replayInto(() => new Debugged(options.breakAt ?? null), recording, options);
}

/**
 * Opens a flight recording to be walked forward and back.
 * @throws Error with a sentence when it can not be read
 */
export async function openWalk(
  paths: string | readonly string[],
  { until = null, breakAt = null }: ReplayOptions = {},
): Promise<Walk> {
  const fresh = (purpose: string): Subject => new Debugged(purpose === "scan" ? null : breakAt);
  return new Walk(new Recording([paths].flat(), until), fresh);
}

/** The upper half under `node --inspect-brk`: a debugger that is attached stops before one event. */
class Debugged implements Subject {
  readonly #upper = new UpperHalf();
  readonly #breakAt: number | null;
  readonly #rules = new Rules(
    () => this.#upper.calls,
    (breach) => this.#broken.push({ n: this.#n, ...breach }),
  );
  #broken: Broken[] = [];
  #n = 0;

  constructor(breakAt: number | null) {
    this.#breakAt = breakAt;
  }

  handle(event: Event, n: number, trips: number): readonly Command[] {
    // biome-ignore lint/suspicious/noDebugger: what `--break` is for; step into the next line to see the event handled
    if (n === this.#breakAt) debugger;
    const commands = this.#upper.handle(asHandled({ event, trips }));
    this.#n = n;
    this.#broken = [];
    this.#rules.watch(event, commands);
    return commands;
  }

  broken(): readonly Broken[] {
    return this.#broken;
  }

  restart(at: Instant): Iterable<Event> {
    return this.#upper.restart(at);
  }

  view(): HouseView {
    return this.#upper.view();
  }
}
