import { createHash } from "node:crypto";
import type { Breach, Rule } from "../logic/invariants/breach.ts";
import { Rules } from "../logic/invariants/rules.ts";
import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { DeviceName } from "../message/name.ts";
import { instant, unreachable } from "../message/units.ts";
import { UpperHalf } from "../upper-half.ts";
import { Agenda } from "./agenda.ts";
import { type Failable, Failing, type Fails } from "./failing.ts";
import { houseOf, type SimulatedHouse } from "./house.ts";
import { Bases } from "./outside/bases.ts";
import { Dongles } from "./outside/dongles.ts";
import { FarEnds } from "./outside/far-ends.ts";
import { Clock, Disk, VoiceWorker } from "./outside/machine.ts";
import type { Outside, Untimed } from "./outside/outside.ts";
import { People } from "./outside/people.ts";
import { missing } from "./rest.ts";
import { type Happening, scriptOf } from "./script.ts";

/** What a run breaks: a rule, a handler that threw, or that the house does not come to rest. */
export interface Failure extends Omit<Breach, "rule"> {
  readonly rule: Rule | "fault" | "rest";
  /** The number of the event. */
  readonly event: number;
  /** Calls begun by then. */
  readonly calls: number;
}

export interface RunResult {
  readonly seed: number;
  readonly calls: number;
  readonly events: number;
  readonly commands: number;
  /** SHA-256 of all events and commands, hex; empty when it was not asked for. */
  readonly hash: string;
  readonly failure: Failure | null;
  /** Entries of a journal; empty when it was not asked for. */
  readonly journal: readonly string[];
  /** Commands that left the house, and in how many ways the one that was to fail can fail: 0 when it did not come. */
  readonly operations: number;
  readonly ways: number;
}

export interface RunOptions {
  readonly calls: number;
  readonly hash?: boolean;
  readonly journal?: boolean;
  /** What is simulated; the house's own upper half when it is not said. Tests give one that has a fault. */
  readonly upper?: () => Subject;
  /** Instead of the seed's own: a part of it, while a history is made smaller. */
  readonly script?: readonly Happening[];
  /** Instead of the seed's own: one in which something is scarce. */
  readonly house?: SimulatedHouse;
  /** One operation that fails. */
  readonly fails?: Fails;
}

/** What the rules are held against. */
export type Subject = Pick<UpperHalf, "handle" | "view" | "calls" | "quiet" | "restart">;

/** One seed, one run: a house, its outside, and virtual time; to the end, when everything rests. */
export function run(seed: number, options: RunOptions): RunResult {
  return new Run(seed, options).result();
}

class Stop extends Error {}

/** Virtual time begins here: 2026-11-18. */
const start = 1_795_000_000_000;
/** A house that does so much is one that never rests. */
const mostSteps = 3_000_000;
const none: Fails = { nth: -1, way: 0 };

class Run implements Outside, Failable {
  readonly seed: number;
  readonly house: SimulatedHouse;
  readonly agenda = new Agenda(start);
  readonly #upper: Subject;
  readonly #rules = new Rules(
    () => this.#upper.calls,
    (breach) => this.#fail(breach),
  );
  readonly #hash = createHash("sha256");
  readonly #wants: { readonly hash: boolean; readonly journal: boolean };
  readonly #script: readonly Happening[];
  readonly #journal: string[] = [];
  readonly #farEnds: FarEnds;
  readonly #bases: Bases;
  readonly #dongles: Dongles;
  readonly #voice: VoiceWorker;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #people: People;
  readonly #failing: Failing;
  #events = 0;
  #commands = 0;
  #failure: Failure | null = null;

  constructor(seed: number, options: RunOptions) {
    const { calls, hash = true, journal = false, script, upper, house, fails = none } = options;
    this.seed = seed;
    this.house = house ?? houseOf(seed);
    this.#upper = upper?.() ?? new UpperHalf();
    this.#wants = { hash, journal };
    this.#script = script ?? scriptOf(seed, calls);
    this.#failing = new Failing(this, this, fails);
    this.#farEnds = new FarEnds(this);
    this.#bases = new Bases(this);
    this.#dongles = new Dongles(this);
    this.#voice = new VoiceWorker(this);
    this.#disk = new Disk(this);
    this.#clock = new Clock(this);
    this.#people = new People(this, () => this.#upper.view().calls);
  }

  result(): RunResult {
    try {
      this.#open();
      for (const { at, verb, trait } of this.#script) this.agenda.after(at, () => this.#happens(verb, trait));
      let steps = 0;
      while (this.agenda.step())
        if (++steps > mostSteps) this.#fail({ rule: "rest", objects: [], why: "it never rests" });
      this.#rests();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    const hash = this.#wants.hash ? this.#hash.digest("hex") : "";
    const { seed, calls } = this;
    const { operations, ways } = this.#failing;
    return {
      seed,
      calls,
      events: this.#events,
      commands: this.#commands,
      hash,
      failure: this.#failure,
      journal: this.#journal,
      operations,
      ways,
    };
  }

  get calls(): number {
    return this.#farEnds.invites + this.#bases.setups + this.#dongles.lifts;
  }

  post(untimed: Untimed<Event>): void {
    const event = { ...untimed, at: instant(this.agenda.now) } as Event; // the same event, now with its time
    const commands = this.#upper.handle(event);
    this.#events += 1;
    this.#commands += commands.length;
    if (this.#wants.hash || this.#wants.journal) this.#write(event, commands);
    for (const command of commands) this.#perform(command);
    this.#rules.watch(event, commands);
  }

  #write(event: Event, commands: readonly Command[]): void {
    const line = `{"n":${this.#events},"event":${JSON.stringify(event)},"commands":${JSON.stringify(commands)}}\n`;
    if (this.#wants.hash) this.#hash.update(line);
    if (this.#wants.journal) this.#journal.push(line);
  }

  /** What a gateway does when it starts. */
  #open(): void {
    this.post({ world: "admin", kind: "configured", house: this.house.plan });
    this.post({ world: "store", kind: "loaded", contacts: [{ id: 1, name: "Alice", numbers: ["700"] }], calls: [] });
    this.#voice.start();
    for (const { base } of this.house.bases) this.#bases.attach(base);
    for (const { dongle } of this.house.dongles) this.#dongles.attach(dongle);
  }

  loseDevice(device: DeviceName): void {
    if (device.startsWith("base:")) this.#bases.lose(device);
    else this.#dongles.lose(device);
  }

  loseVoice(): void {
    this.#voice.crash(1);
  }

  fillDisk(): void {
    this.#disk.fill(1);
  }

  #perform(command: Command): void {
    if (this.#failing.takes(command)) return;
    switch (command.world) {
      case "sip":
        return this.#farEnds.perform(command);
      case "dect":
        return this.#bases.perform(command);
      case "fxs":
        return this.#dongles.perform(command);
      case "voice":
        return this.#voice.perform(command);
      case "store":
        return this.#disk.perform(command);
      case "timer":
        return this.#clock.perform(command);
      case "notify":
        if (command.fact.kind === "fault")
          this.#fail({ rule: "fault", objects: command.fact.calls, why: command.fact.message });
        return;
      case "watchdog":
        return;
      default:
        return unreachable(command);
    }
  }

  #happens(verb: Happening["verb"], trait: number): void {
    switch (verb) {
      case "invite":
        return this.#farEnds.invite(trait);
      case "registrar":
        return this.#farEnds.registrar(trait);
      case "green":
        return this.#bases.green(trait);
      case "range":
        return this.#bases.range(trait);
      case "pullBase":
        return this.#bases.pull(trait);
      case "lift":
        return this.#dongles.lift(trait);
      case "pullDongle":
        return this.#dongles.pull(trait);
      case "lineFault":
        return this.#dongles.fault(trait);
      case "voiceCrash":
        return this.#voice.crash(trait);
      case "diskFull":
        return this.#disk.fill(trait);
      case "memory":
        return this.#people.memory(trait);
      case "standStill":
        return this.#people.standStill(trait);
      case "hangUp":
        return this.#people.hangUp(trait);
      case "book":
        return this.#people.book(trait);
      default:
        return unreachable(verb);
    }
  }

  /** Everybody has hung up, every timer is over: nothing may be left. */
  #rests(): void {
    const left = this.#rules.left();
    if (left.length > 0) this.#fail({ rule: "rest", objects: left, why: "when everybody had gone" });
    const { calls, phones } = this.#upper.view();
    const busy = phones
      .filter(({ state }) => !["idle", "absent", "fault"].includes(state))
      .map((it) => `${it.phone} ${it.state}`);
    const up = calls.map(({ call, state }) => `${call} ${state}`);
    if (!this.#upper.quiet || busy.length > 0)
      this.#fail({ rule: "rest", objects: [...up, ...busy], why: "when everybody had gone" });
    const lost = missing(this.#upper, this.house, this.agenda.now, this.#farEnds.invites);
    if (lost !== null) this.#fail({ rule: "rest", objects: [], why: lost });
  }

  #fail(breach: Omit<Failure, "event" | "calls">): void {
    this.#failure ??= { ...breach, event: this.#events, calls: this.calls };
    throw new Stop();
  }
}
