import { createHash } from "node:crypto";
import type { Breach, Rule } from "../logic/invariants/breach.ts";
import { Rules } from "../logic/invariants/rules.ts";
import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import { instant } from "../message/units.ts";
import { UpperHalf } from "../upper-half.ts";
import { asHandled, canTrip } from "../vendor/recorder/trap.ts";
import { Agenda } from "./agenda.ts";
import { Failing, type Fails } from "./failing.ts";
import { houseOf, type SimulatedHouse } from "./house.ts";
import { isNamed } from "./names.ts";
import type { Outside, Untimed } from "./outside/outside.ts";
import { missing, unlike } from "./rest.ts";
import { type Happening, scriptOf } from "./script.ts";
import { Surroundings } from "./surroundings.ts";
import { Twin } from "./twin.ts";

/** What a run breaks: a rule, a handler that threw, a caller of a wrong name, or that the house does not come to rest. */
export interface Failure extends Omit<Breach, "rule"> {
  readonly rule: Rule | "fault" | "rest" | "name";
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

class Run implements Outside {
  readonly seed: number;
  readonly house: SimulatedHouse;
  readonly agenda = new Agenda(start);
  readonly #upper: Subject;
  readonly #isOwn: boolean;
  readonly #rules = new Rules(
    () => this.#upper.calls,
    (breach) => this.#fail(breach),
  );
  readonly #hash = createHash("sha256");
  readonly #wants: { readonly hash: boolean; readonly journal: boolean };
  readonly #script: readonly Happening[];
  readonly #journal: string[] = [];
  readonly #around: Surroundings;
  readonly #failing: Failing;
  readonly #twin = new Twin();
  /** Events of a frozen queue; null while it moves. */
  #waiting: Event[] | null = null;
  /** The next event's handler throws when it reads so many of its properties; 0: it does not. */
  #trip = 0;
  /** It did so at the event in hand. */
  #tripped = false;
  #events = 0;
  #commands = 0;
  #failure: Failure | null = null;

  constructor(seed: number, options: RunOptions) {
    const { calls, hash = true, journal = false, script, upper, house, fails = none } = options;
    this.seed = seed;
    this.house = house ?? houseOf(seed);
    this.#upper = upper?.() ?? new UpperHalf();
    this.#isOwn = upper === undefined;
    this.#wants = { hash, journal };
    this.#script = script ?? scriptOf(seed, calls);
    this.#around = new Surroundings(this, () => this.#upper.view().calls);
    this.#failing = new Failing(this, this.#around, fails);
  }

  result(): RunResult {
    try {
      this.#around.open();
      for (const { at, verb, trait } of this.#script) this.agenda.after(at, () => this.#happens(verb, trait));
      let steps = 0;
      while (this.agenda.step())
        if (++steps > mostSteps) this.#fail({ rule: "rest", objects: [], why: "it never rests" });
      this.#rests();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    const hash = this.#wants.hash ? this.#hash.digest("hex") : "";
    const { seed } = this;
    const { operations, ways } = this.#failing;
    return {
      seed,
      calls: this.#around.calls,
      events: this.#events,
      commands: this.#commands,
      hash,
      failure: this.#failure,
      journal: this.#journal,
      operations,
      ways,
    };
  }

  post(untimed: Untimed<Event>): void {
    const event = { ...untimed, at: instant(this.agenda.now) } as Event; // the same event, now with its time
    if (this.#waiting === null) this.#handle(event);
    else this.#waiting.push(event);
  }

  freeze(forMs: number): void {
    if (this.#waiting !== null) return;
    this.#waiting = [];
    this.agenda.after(forMs, () => {
      const waiting = this.#waiting ?? [];
      this.#waiting = null;
      for (const event of waiting) this.#handle(event);
    });
  }

  /** Not in a stand-in: it may read an event outside of what guards its handlers. */
  trip(nth: number): void {
    this.#trip = this.#isOwn ? nth : 0;
  }

  #handle(event: Event): void {
    const trips = canTrip(event) ? this.#trip : 0;
    this.#tripped = trips > 0;
    const commands = this.#upper.handle(asHandled({ event, trips }));
    if (trips > 0) {
      this.#trip = 0;
      this.#twin.end();
    }
    this.#events += 1;
    this.#commands += commands.length;
    if (this.#wants.hash || this.#wants.journal) this.#write(event, commands, trips);
    const odd = this.#twin.differs(event, commands);
    if (odd !== null) this.#fail({ rule: "rest", objects: [], why: odd });
    for (const command of commands) this.#perform(command);
    this.#rules.watch(event, commands);
  }

  #write(event: Event, commands: readonly Command[], trips: number): void {
    const entry = `{"n":${this.#events},"event":${JSON.stringify(event)},"commands":${JSON.stringify(commands)}`;
    if (this.#wants.hash) this.#hash.update(`${entry}}\n`);
    if (this.#wants.journal) this.#journal.push(trips === 0 ? `${entry}}\n` : `${entry},"trips":${trips}}\n`);
  }

  #perform(command: Command): void {
    if (this.#failing.takes(command) || command.world === "watchdog") return;
    if (command.world !== "notify") return this.#around.perform(command);
    const { fact } = command;
    if (fact.kind === "callStarted" && !isNamed(fact.from, this.house.plan, this.#around.disk.contacts))
      this.#fail({ rule: "name", objects: [fact.call], why: `${fact.from.number} is called ${fact.from.name}` });
    if (fact.kind === "fault" && !this.#tripped) this.#fail({ rule: "fault", objects: fact.calls, why: fact.message });
  }

  #happens(verb: Happening["verb"], trait: number): void {
    if (verb === "segment") this.#twin.begin(this.#upper, instant(this.agenda.now));
    else this.#around.happens(verb, trait);
  }

  /** Everybody has hung up, every timer is over: nothing may be left. */
  #rests(): void {
    const left = this.#rules.left();
    if (left.length > 0) this.#fail({ rule: "rest", objects: left, why: "when everybody had gone" });
    const view = this.#upper.view();
    const busy = view.phones
      .filter(({ state }) => !["idle", "absent", "fault"].includes(state))
      .map((it) => `${it.phone} ${it.state}`);
    const up = view.calls.map(({ call, state }) => `${call} ${state}`);
    if (!this.#upper.quiet || busy.length > 0)
      this.#fail({ rule: "rest", objects: [...up, ...busy], why: "when everybody had gone" });
    const { disk, invites } = this.#around;
    const lost = unlike(view, disk) ?? missing(this.#upper, this.house, this.agenda.now, invites);
    if (lost !== null) this.#fail({ rule: "rest", objects: [], why: lost });
  }

  #fail(breach: Omit<Failure, "event" | "calls">): void {
    this.#failure ??= { ...breach, event: this.#events, calls: this.#around.calls };
    throw new Stop();
  }
}
