import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import type { Instant } from "../../message/units.ts";
import { type Damage, Damaged } from "./damage.ts";
import type { Entry } from "./journal.ts";
import type { Gap, Part, Recording } from "./recording.ts";

/** What is replayed into: an upper half fresh from the start. */
export interface Handler {
  /** `n`: its number in the recording; `trips`: it throws where it reads so many of the event's fields, 0: it does not. */
  handle(event: Event, n: number, trips: number): readonly Command[];
  /** Rules that the last event broke. */
  broken(): readonly Broken[];
  /** The state of a quiet house, as the flight recorder writes it at the beginning of a file. */
  restart(at: Instant): Iterable<Event>;
}

/** A rule that holds whatever happens was broken. */
export interface Broken {
  /** The number of the event. */
  readonly n: number;
  readonly rule: string;
  readonly objects: readonly string[];
  readonly why: string;
}

export interface ReplayOptions {
  /** Stops after the event of this number. */
  readonly until?: number | null;
  /** An attached debugger stops before the event of this number. */
  readonly breakAt?: number | null;
  /** Told after each event. */
  readonly onStep?: (step: ReplayStep) => void;
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
  /** Events that were not recorded, between one file and the next. */
  readonly gaps: readonly Gap[];
  /** Where files were changed or damaged; what follows in those was not replayed. */
  readonly damages: readonly Damage[];
  /** The first hundred. */
  readonly broken: readonly Broken[];
}

export interface Divergence {
  readonly n: number;
  readonly event: Event;
  /** The commands of the recording, as JSON. */
  readonly expected: string;
  readonly actual: string;
}

/** Everybody else has a turn after so many events. */
const atOnce = 256;
const mostBroken = 100;
/** Of a state that differs so much is shown, characters before and after the place. */
const aroundPlace = 100;

/**
 * Runs a recording through a fresh upper half and compares every command, and at each file's beginning the state of the
 * house with what it came to.
 * @throws Error with a sentence when the recording can not be read
 */
export async function replayInto(
  fresh: () => Handler,
  recording: Recording,
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  const replay = new Replay(fresh, recording, options);
  for (const part of recording.parts) {
    if (!replay.begin(part)) break;
    for (let index = part.from; index < part.to && replay.take(index); index++)
      if (index % atOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    if (replay.isOver) break;
  }
  return replay.result();
}

class Replay {
  readonly #fresh: () => Handler;
  readonly #recording: Recording;
  readonly #options: ReplayOptions;
  readonly #gaps: Gap[] = [];
  readonly #broken: Broken[] = [];
  readonly #damages: Damage[] = [];
  #handler: Handler | null = null;
  #events = 0;
  #divergence: Divergence | null = null;

  constructor(fresh: () => Handler, recording: Recording, options: ReplayOptions) {
    this.#fresh = fresh;
    this.#recording = recording;
    this.#options = options;
  }

  /** Nothing after this can be believed. */
  get isOver(): boolean {
    return this.#divergence !== null;
  }

  /** A file begins. False: the house is not where its state says. */
  begin(part: Part): boolean {
    if (part.gap !== null) this.#gaps.push(part.gap);
    const state = [...this.#recording.stateOf(part)];
    const [restored] = state;
    if (restored !== undefined && part.gap === null && this.#handler !== null) {
      const came = JSON.stringify([...this.#handler.restart(restored.event.at)]);
      const said = JSON.stringify(state.map(({ event }) => event));
      if (came !== said) this.#divergence = { n: restored.n, event: cut(restored.event), ...difference(said, came) };
      return came === said;
    }
    this.#handler = this.#fresh();
    for (const { event, n } of state) this.#handler.handle(event, n, 0);
    return true;
  }

  /** False: the replay of this file ends here. */
  take(index: number): boolean {
    const entry = this.#read(index);
    const handler = this.#handler;
    if (entry === null || handler === null) return false;
    const { n, event } = entry;
    this.#events += 1;
    const expected = JSON.stringify(entry.commands);
    const { text: actual, commands } = handled(handler, entry);
    if (this.#broken.length < mostBroken) this.#broken.push(...handler.broken());
    this.#options.onStep?.({ n, event, commands });
    if (actual !== expected) this.#divergence = { n, event, expected, actual };
    return this.#divergence === null;
  }

  result(): ReplayResult {
    const whole = this.#divergence === null;
    return {
      events: this.#events,
      divergence: this.#divergence,
      torn: whole && this.#recording.torn,
      gaps: this.#gaps,
      damages: [...this.#damages, ...(whole ? this.#recording.damages : [])],
      broken: this.#broken,
    };
  }

  /** Null: the file is damaged there. Where the next one begins, the house is where that one says. */
  #read(index: number): Entry | null {
    try {
      return this.#recording.entry(index);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      this.#damages.push(error.damage);
      this.#handler = null;
      return null;
    }
  }
}

/** A handler that throws is a divergence too, shown by its error. */
function handled(
  handler: Handler,
  { event, n, trips = 0 }: Entry,
): { readonly text: string; readonly commands: readonly Command[] } {
  try {
    const commands = handler.handle(event, n, trips);
    return { text: JSON.stringify(commands), commands };
  } catch (error) {
    return { text: `threw: ${error instanceof Error ? error.message : String(error)}`, commands: [] };
  }
}

/** The state of a house may be as long as its call log. */
function cut(event: Event): Event {
  return event.world === "admin" && event.kind === "restored" ? { ...event, state: "…" } : event;
}

function difference(expected: string, actual: string): { readonly expected: string; readonly actual: string } {
  let place = 0;
  while (expected[place] === actual[place]) place += 1;
  const around = (text: string): string => `…${text.slice(Math.max(0, place - aroundPlace), place + aroundPlace)}…`;
  return { expected: around(expected), actual: around(actual) };
}
