import { resolve } from "node:path";
import { stateOf } from "../../vendor/recorder/changes.ts";
import type { ReplayOptions } from "../../vendor/recorder/replay.ts";
import type { Step, Stops, Walk } from "../../vendor/recorder/walk.ts";
import { Refusal } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { showResult } from "./replay.ts";
import { touching, type Wanted, watching } from "./step-filter.ts";
import { eventWords, showStep } from "./step-words.ts";
import type { Terminal } from "./terminal.ts";

const help = `  Enter, next [K]   the next event, or the Kth from here      back [K]       the one before
  N, jump N         event number N                             until TEXT     the next event with these words in it
  watch [NAME]      only events that change handset:2, call:1, log:7 …; without a name: all again
  call [ID]         only events that touched this call          state [NAME]   the house, or a thing of it, after this event
  json              this event as JSON                          quit           ends`;

/** `offhook replay JOURNAL --step`: 0 when every command is the same, 1 when one is not. */
export async function stepThrough(
  file: string,
  { until, breakAt, call, watch, json }: Arguments,
  terminal: Terminal,
  openWalk: (path: string, options: ReplayOptions) => Promise<Walk>,
): Promise<number> {
  const wanted = both(call === null ? null : touching(call), watch === null ? null : watching(watch));
  const walk = await openWalk(resolve(terminal.cwd, file), { until, breakAt });
  const walker = new Walker(walk, wanted, { json, out: (line) => terminal.out(line) });
  walker.next();
  let typed = false;
  for (;;) {
    const line = await terminal.readLine("> ");
    if (line === null && (typed || !walker.next(1, null))) break;
    if (line === null) continue;
    typed = true;
    if (/^\s*(q|quit|exit)\s*$/.test(line)) break;
    walker.obey(line);
  }
  return walker.end();
}

/** Each is asked of every event: it follows what happens. */
function both(one: Wanted | null, other: Wanted | null): Wanted | null {
  if (one === null || other === null) return one ?? other;
  return (step) => [one(step), other(step)].every((yes) => yes);
}

/** Where in the list the first place stands that is not before `index`; a journal may have a hundred thousand. */
function firstFrom(indexes: readonly number[], index: number): number {
  let [from, to] = [0, indexes.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((indexes[middle] ?? 0) < index) from = middle + 1;
    else to = middle;
  }
  return from;
}

interface Face {
  readonly json: boolean;
  out(line: string): void;
}

/** Where somebody is in a recording. */
class Walker {
  readonly #walk: Walk;
  readonly #face: Face;
  #stops: Stops;
  #step: Step | null = null;

  constructor(walk: Walk, wanted: Wanted | null, face: Face) {
    this.#walk = walk;
    this.#face = face;
    this.#stops = walk.stops(wanted);
    const { divergence } = this.#stops;
    if (divergence !== null && !face.json)
      face.out(`event ${divergence.n} gives other commands than were recorded: the walk ends there\n`);
  }

  /** False: there is none, which is said with `otherwise`. */
  next(count = 1, otherwise: string | null = "there is no later event"): boolean {
    const { indexes } = this.#stops;
    const first = firstFrom(indexes, (this.#step?.index ?? -1) + 1);
    const wanted = Math.min(first + count, indexes.length) - 1;
    return this.#show(wanted < first ? undefined : indexes[wanted], otherwise);
  }

  /** Does what was typed, or says why not. */
  obey(line: string): void {
    const [word = "", ...rest] = line.trim().split(/\s+/);
    const text = rest.join(" ");
    try {
      this.#obey(word, text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#say(error.message);
    }
  }

  /** The exit code. */
  end(): number {
    const { events, divergence } = this.#stops;
    const result = { events, divergence, torn: this.#walk.recording.torn };
    this.#face.out(this.#face.json ? JSON.stringify(result) : showResult(result));
    return divergence === null ? 0 : 1;
  }

  #obey(word: string, text: string): void {
    const count = /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : 1;
    if (/^[0-9]{1,15}$/.test(word)) return void this.#jump(Number(word));
    switch (word) {
      case "":
      case "n":
      case "next":
        return void this.next(count);
      case "b":
      case "back":
        return void this.#back(count);
      case "j":
      case "jump":
        return void this.#jump(Number(text));
      case "u":
      case "until":
        return void this.#until(text.toLowerCase());
      case "watch":
      case "call":
        return this.#narrow(word, text);
      case "state":
        return this.#face.out(JSON.stringify(stateOf(this.#walk.view(), text === "" ? null : text), null, 1));
      case "json":
        return this.#face.out(JSON.stringify(this.#step));
      default:
        return this.#say(help);
    }
  }

  #back(count: number): boolean {
    const { indexes } = this.#stops;
    const here = firstFrom(indexes, this.#step?.index ?? 0);
    return this.#show(here === 0 ? undefined : indexes[Math.max(0, here - count)], "there is no earlier event");
  }

  #jump(n: number): boolean {
    const index = this.#walk.placeOf(n);
    const { events } = this.#stops;
    return this.#show(index === null || index >= events ? undefined : index, `there is no event ${n} to walk to`);
  }

  #until(text: string): boolean {
    const here = this.#step?.index ?? -1;
    const found = this.#stops.indexes.find((index) => index > here && this.#has(index, text));
    return this.#show(found, `no later event has "${text}" in it`);
  }

  /** In the event, or in what was recorded to leave. */
  #has(index: number, text: string): boolean {
    const entry = this.#walk.recording.entries[index];
    if (entry === undefined) return false;
    const { event, commands } = entry;
    const words = eventWords(event, event.world === "timer" ? this.#walk.timer(event.timer) : null);
    return `${words} ${JSON.stringify(event)} ${JSON.stringify(commands)}`.toLowerCase().includes(text);
  }

  #narrow(word: "watch" | "call", name: string): void {
    const wanted = name === "" ? null : word === "watch" ? watching(name) : touching(name);
    this.#stops = this.#walk.stops(wanted);
    this.#say(`${this.#stops.indexes.length} of ${this.#stops.events} events`);
  }

  #show(index: number | undefined, otherwise: string | null): boolean {
    if (index === undefined) {
      if (otherwise !== null) this.#say(otherwise);
      return false;
    }
    const step = this.#walk.step(index);
    this.#step = step;
    const { event } = step;
    const timer = event.world === "timer" ? this.#walk.timer(event.timer) : null;
    if (this.#face.json) this.#face.out(JSON.stringify({ ...step, words: eventWords(event, timer) }));
    else this.#face.out(showStep(step, this.#walk));
    return true;
  }

  #say(text: string): void {
    this.#face.out(this.#face.json ? JSON.stringify({ said: text }) : text);
  }
}
