import { resolve } from "node:path";
import { stateOf } from "../../vendor/recorder/changes.ts";
import type { ReplayOptions } from "../../vendor/recorder/replay.ts";
import type { Filter, Step, Walk } from "../../vendor/recorder/walk.ts";
import { Refusal, refused, wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { exitCode, showResult } from "./replay.ts";
import { both, touching, watching } from "./step-filter.ts";
import { Stops } from "./step-stops.ts";
import { eventWords, showStep, timerOf } from "./step-words.ts";
import { inert, printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const help = `  Enter, next [K]   the next event, or the Kth from here      back [K]       the one before
  N, jump N         event number N                             until TEXT     the next event with these words in it
  watch [NAME]      only events that change handset:2, call:1, log:7 …; without a name: all again
  call [ID]         only events that touched this call          state [NAME]   the house, or a thing of it, after this event
  json              this event as JSON                          quit           ends`;

/** `offhook replay JOURNAL… --step`: 0 when every command that was walked past is the same and no rule broken; 1 else, and when nothing is to be seen. */
export async function stepThrough(
  files: readonly string[],
  { until, breakAt, call, watch, json }: Arguments,
  terminal: Terminal,
  openWalk: (paths: readonly string[], options: ReplayOptions) => Promise<Walk>,
): Promise<number> {
  const filter = both(call === null ? null : touching(call), watch === null ? null : watching(watch));
  const paths = files.map((file) => resolve(terminal.cwd, file));
  const walk = await openWalk(paths, { until, breakAt });
  const walker = new Walker(walk, filter, { json, out: (line) => terminal.out(line) });
  const narrowed = [
    ...(call === null ? [] : [`touches call ${call}`]),
    ...(watch === null ? [] : [`changes ${watch}`]),
  ];
  if (!walker.next(1, filter === null ? undefined : null) && filter !== null) {
    // Where files were run for it, how that ended.
    if (walk.result.events > 0) walker.end();
    throw refused(`no event of the recording ${narrowed.join(" and ")} — leave that out to see them all`);
  }
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

/** So many steps on, or as many as there are; null: there is none. */
function farthest(from: number, count: number, step: (index: number) => number | null): number | null {
  let index: number | null = null;
  for (let left = count; left > 0; left--) {
    const next = step(index ?? from);
    if (next === null) break;
    index = next;
  }
  return index;
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

  constructor(walk: Walk, filter: Filter | null, face: Face) {
    this.#walk = walk;
    this.#face = face;
    this.#stops = new Stops(walk, filter);
  }

  /** False: there is none, which is said with `otherwise`. */
  next(count = 1, otherwise: string | null = "there is no later event"): boolean {
    const from = this.#step?.index ?? -1;
    return this.#show(
      farthest(from, count, (index) => this.#stops.after(index)),
      otherwise,
    );
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
    const { recording, result } = this.#walk;
    const torn = result.divergence === null && recording.torn;
    const gaps = recording.parts.flatMap(({ gap }) => gap ?? []);
    const whole = { ...result, torn, gaps, damages: recording.damages };
    this.#face.out(this.#face.json ? inert(JSON.stringify(whole)) : showResult(whole));
    return exitCode(whole);
  }

  #obey(word: string, text: string): void {
    switch (word) {
      case "":
      case "n":
      case "next":
        return void this.next(countOf(text));
      case "b":
      case "back":
        return void this.#back(countOf(text));
      case "j":
      case "jump":
        return void this.#jump(numberOf(text));
      case "u":
      case "until":
        return void this.#until(text.toLowerCase());
      case "watch":
      case "call":
        return this.#narrow(word, text);
      case "state":
        return this.#state(text);
      case "json":
        return this.#face.out(inert(JSON.stringify(this.#step)));
      default:
        return isNumber(word) ? void this.#jump(Number(word)) : this.#say(help);
    }
  }

  /** The house, or a thing of it. */
  #state(name: string): void {
    const state = stateOf(this.#walk.view(), name === "" ? null : name);
    if (name !== "" && Object.keys(state).length === 0)
      return this.#say(`there is no ${name} after this event — \`state\` alone shows what there is`);
    this.#face.out(inert(this.#face.json ? JSON.stringify(state) : JSON.stringify(state, null, 1)));
  }

  #back(count: number): boolean {
    const from = this.#step?.index ?? 0;
    return this.#show(
      farthest(from, count, (index) => this.#stops.before(index)),
      "there is no earlier event",
    );
  }

  #jump(n: number): boolean {
    const index = this.#walk.recording.placeOf(n);
    return this.#show(index !== null && index <= this.#walk.end ? index : null, `there is no event ${n} to walk to`);
  }

  #until(text: string): boolean {
    if (text === "") throw wrongUsage("until what? — write e.g. until cancelled");
    let index = this.#stops.after(this.#step?.index ?? -1);
    while (index !== null && !this.#has(index, text)) index = this.#stops.after(index);
    return this.#show(index, `no later event has "${text}" in it`);
  }

  /** In the event, or in what was recorded to leave. */
  #has(index: number, text: string): boolean {
    const { event, commands } = this.#walk.recording.entry(index);
    const words = eventWords(event, timerOf({ event, index }, this.#walk));
    return `${words} ${JSON.stringify(event)} ${JSON.stringify(commands)}`.toLowerCase().includes(text);
  }

  #narrow(word: "watch" | "call", name: string): void {
    const filter = name === "" ? null : word === "watch" ? watching(name) : touching(name);
    this.#stops = new Stops(this.#walk, filter);
    this.#say(filter === null ? "every event" : `only events of ${name}`);
  }

  #show(index: number | null, otherwise: string | null): boolean {
    if (index === null) {
      if (otherwise !== null) this.#say(otherwise);
      return false;
    }
    const step = this.#walk.step(index);
    this.#step = step;
    const { divergence, event } = step;
    if (this.#face.json) {
      this.#face.out(inert(JSON.stringify({ ...step, words: eventWords(event, timerOf(step, this.#walk)) })));
      return true;
    }
    if (divergence !== null)
      this.#face.out(`event ${divergence.n} gives other commands than were recorded: the walk ends there\n`);
    this.#face.out(showStep(step, this.#walk));
    return true;
  }

  /** It may quote what was typed. */
  #say(text: string): void {
    this.#face.out(
      this.#face.json ? inert(JSON.stringify({ said: text })) : text.split("\n").map(printable).join("\n"),
    );
  }
}

function isNumber(text: string): boolean {
  return /^[0-9]{1,15}$/.test(text);
}

/** @throws Refusal `usage` */
function numberOf(text: string): number {
  if (!isNumber(text)) throw wrongUsage(`"${text.slice(0, 40)}" is no number of an event — write e.g. jump 120`);
  return Number(text);
}

/** How many; one when it is not said. @throws Refusal `usage` */
function countOf(text: string): number {
  if (text === "") return 1;
  if (!isNumber(text) || Number(text) === 0) throw wrongUsage(`"${text.slice(0, 40)}" is no count — write e.g. next 5`);
  return Number(text);
}
