import { setImmediate as turn } from "node:timers/promises";
import { type Kind, kinds, tally } from "./boundary/tally.ts";
import { House, openFiles, type Place } from "./house.ts";
import type { Scenario } from "./scenarios.ts";

/** One operation of one scenario that fails, in one way. */
export interface Trial {
  readonly scenario: Scenario;
  readonly kind: Kind;
  readonly nth: number;
  readonly way: number;
}

export interface Outcome {
  readonly trial: Trial;
  /** The operation came. */
  readonly hit: boolean;
  /** What it was, in words; empty when it was in another thread. */
  readonly what: string;
  /** What did not happen as it should while it failed; null: nobody noticed. */
  readonly ended: string | null;
  /** Somebody was told of it. */
  readonly told: boolean;
  /** What may not be: null when all is well. */
  readonly wrong: string | null;
}

/** Until everything is at rest, a device is back, a file is saved, ms. */
const patience = 8000;
const startPatience = 5000;

/** Runs trials one after the other, in one house as long as it is well. */
export class Trials {
  readonly #place: Place;
  readonly #accidents: string[] = [];
  #house: House | null = null;
  #baseline = 0;

  constructor(place: Place) {
    this.#place = place;
    const accident = (what: string) => (problem: unknown) =>
      this.#accidents.push(`${what}: ${problem instanceof Error ? problem.stack : String(problem)}`);
    process.on("uncaughtException", accident("uncaught"));
    process.on("unhandledRejection", accident("unhandled rejection"));
  }

  /** How many operations of each kind a scenario has when none fails. */
  async count(scenario: Scenario): Promise<ReadonlyMap<Kind, number>> {
    const house = await this.#open();
    tally.arm("file", -1, 0);
    await scenario.play(house);
    const left = await this.#rest(house);
    if (left !== null) throw new Error(`${scenario.name}: ${left}`);
    return new Map(kinds.map((kind) => [kind, tally.count(kind)]));
  }

  async run(trial: Trial): Promise<Outcome> {
    const house = await this.#open();
    const { kind, nth, way, scenario } = trial;
    const before = house.heardOf();
    tally.arm(kind, nth, way);
    const ended = await problemOf(scenario.play(house));
    const left = await this.#rest(house);
    tally.disarm();
    const told = house.heardOf() > before;
    const [hit, what] = [tally.hit(kind), tally.what];
    const wrong = left ?? (hit ? await this.#check(house, scenario) : null);
    if (wrong !== null || house.recorderStopped) await this.#end();
    return { trial, hit, what, ended, told, wrong };
  }

  async close(): Promise<void> {
    await this.#end();
  }

  /** Whether another call is whole, and the process as it was. */
  async #check(house: House, scenario: Scenario): Promise<string | null> {
    let again: string | null = "";
    // A read that waited for something to be sent fails when that comes: with the next call.
    for (let tries = 0; tries < 3 && again !== null; tries++) {
      again = await problemOf(scenario.play(house));
      const left = await this.#rest(house);
      if (left !== null) return `after the next one: ${left}`;
    }
    if (again !== null) return `the next ones are not whole: ${again}`;
    if (!(await house.answers())) return "the control socket does not answer";
    return null;
  }

  /** Everybody hangs up; what is left then. */
  async #rest(house: House): Promise<string | null> {
    await house.hangUpAll();
    const end = performance.now() + patience;
    let left = await this.#left(house);
    // Twice: a device that is about to be given up looks well.
    for (let still = 0; still < 2 && performance.now() < end; still = left === null ? still + 1 : 0) {
      await house.change();
      left = await this.#left(house);
    }
    house.gateway.journal();
    house.far.forget();
    await turn();
    const wrong = [...this.#accidents.splice(0), ...house.bugs.splice(0)];
    if (left !== null) wrong.push(`left behind: ${left}`);
    return wrong.length === 0 ? null : wrong.join("\n");
  }

  async #left(house: House): Promise<string | null> {
    const left = await house.left();
    if (left !== null) return left;
    const files = openFiles();
    return files.length <= this.#baseline ? null : `${files.length} open files instead of ${this.#baseline}: ${files}`;
  }

  async #open(): Promise<House> {
    if (this.#house !== null) return this.#house;
    const house = await House.start(this.#place);
    this.#house = house;
    const idle = () => house.gateway.view().phones.every(({ state }) => state === "idle");
    await house.until("all phones are there", idle, undefined, startPatience);
    // What is opened once for all is opened by the first.
    await house.answers();
    this.#baseline = openFiles().length;
    return house;
  }

  async #end(): Promise<void> {
    const house = this.#house;
    this.#house = null;
    await house?.close();
    this.#accidents.splice(0);
  }
}

async function problemOf(work: Promise<void>): Promise<string | null> {
  return work.then(
    () => null,
    (problem: unknown) => (problem instanceof Error ? problem.message : String(problem)),
  );
}
