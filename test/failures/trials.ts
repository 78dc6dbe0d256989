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
  /** The operation came. */
  readonly hit: boolean;
  /** What it was, in words; empty when it was in another thread. */
  readonly what: string;
  /** What did not happen as it should while it failed; null: nobody noticed. */
  readonly ended: string | null;
  /** People could know of it. */
  readonly told: boolean;
  /** What may not be; null: all is well. */
  readonly wrong: string | null;
}

/** Until everything is at rest, a device is back, a file is saved, on a processor that has others to serve, ms. */
const patience = 20_000;
const mostTries = 3;

/** Runs trials one after the other, in one house as long as it is well. */
export class Trials {
  readonly #place: Place;
  /** Played after each failure: they use every device, the voice worker and SIP. */
  readonly #whole: readonly Scenario[];
  readonly #accidents: string[] = [];
  #house: House | null = null;
  /** Open files and sockets of the house at rest. */
  #baseline = Number.POSITIVE_INFINITY;

  constructor(place: Place, whole: readonly Scenario[]) {
    this.#place = place;
    this.#whole = whole;
    const accident = (what: string) => (problem: unknown) =>
      this.#accidents.push(`${what}: ${problem instanceof Error ? problem.stack : String(problem)}`);
    process.on("uncaughtException", accident("uncaught"));
    process.on("unhandledRejection", accident("unhandled rejection"));
  }

  /** How many operations of each kind a scenario has when none fails. */
  async count(scenario: Scenario): Promise<ReadonlyMap<Kind, number>> {
    const house = await this.#open();
    tally.begin();
    const ended = await problemOf(scenario.play(house));
    const wrong = await this.#rest(house);
    if (ended !== null || wrong !== null) throw new Error(`${scenario.name}: ${ended ?? ""} ${wrong ?? ""}`);
    return new Map(kinds.map((kind) => [kind, tally.count(kind)]));
  }

  async run({ kind, nth, way, scenario }: Trial): Promise<Outcome> {
    const house = await this.#open();
    const before = house.heardOf();
    tally.arm(kind, nth, way);
    house.expectsTrouble(true);
    const ended = await problemOf(scenario.play(house));
    house.expectsTrouble(false);
    const left = await this.#rest(house);
    const [hit, what] = [tally.hit(kind), tally.what];
    tally.disarm();
    const wrong = left ?? (hit ? await this.#check(house) : null);
    // A read that waits fails only when something is sent.
    const told = house.heardOf() > before;
    if (wrong !== null || house.recorderStopped) await this.close();
    return { hit, what, ended, told, wrong };
  }

  /** The gateway is started with an operation that fails: it runs, or says why not and leaves nothing. */
  async start({ kind, nth, way }: Omit<Trial, "scenario">): Promise<Outcome> {
    await this.close();
    const files = openFiles();
    tally.arm(kind, nth, way);
    const ended = await problemOf(this.#open().then(() => {}));
    const house = this.#house;
    let wrong = house === null ? null : await this.#rest(house);
    const [hit, what] = [tally.hit(kind), tally.what];
    const told = ended !== null || (house?.heardOf() ?? 0) > 0;
    tally.disarm();
    if (house !== null && hit) wrong ??= await this.#check(house);
    await this.close();
    const left = openFiles();
    if (left.length > files.length) wrong ??= `left behind: ${left.filter((file) => !files.includes(file))}`;
    wrong ??= this.#wrongs();
    return { hit, what, ended, told, wrong };
  }

  /** How many operations of each kind it takes to start. */
  async countStart(): Promise<ReadonlyMap<Kind, number>> {
    await this.close();
    tally.begin();
    await this.#rest(await this.#open());
    return new Map(kinds.map((kind) => [kind, tally.count(kind)]));
  }

  async close(): Promise<void> {
    const house = this.#house;
    this.#house = null;
    await house?.close();
  }

  /** Whether other calls are whole, and the process is as it was. */
  async #check(house: House): Promise<string | null> {
    let again: string | null = "";
    // A read that waited for something to be sent fails when that comes: with the next call.
    for (let tries = 0; tries < mostTries && again !== null; tries++) {
      again = await problemOf(this.#playWhole(house));
      const left = await this.#rest(house);
      if (left !== null) return `after another call: ${left}`;
    }
    if (again !== null) return `another call is not whole any more: ${again}`;
    return (await house.answers()) ? null : "the control socket does not answer";
  }

  async #playWhole(house: House): Promise<void> {
    for (const scenario of this.#whole) await scenario.play(house);
  }

  /** Everybody hangs up; what is left then, and what else is wrong. */
  async #rest(house: House): Promise<string | null> {
    await house.hangUpAll();
    const left = await this.#settled(house);
    house.gateway.journal();
    house.far.forget();
    const bugs = [this.#wrongs(), ...house.bugs.splice(0)].filter((bug) => bug !== null);
    if (left !== null) bugs.push(`left behind: ${left}`);
    return bugs.length === 0 ? null : bugs.join("\n");
  }

  /** Nothing is left any more, or what is. */
  async #settled(house: House): Promise<string | null> {
    const end = performance.now() + patience;
    let left = await this.#left(house);
    // Twice: a device that is about to be given up looks well.
    for (let still = 0; still < 2 && performance.now() < end; still = left === null ? still + 1 : 0) {
      await house.change();
      left = await this.#left(house);
    }
    return left;
  }

  #wrongs(): string | null {
    const accidents = this.#accidents.splice(0);
    return accidents.length === 0 ? null : accidents.join("\n");
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
    // What is opened once for all is opened by now, and a worker that was lost is back.
    await house.answers();
    this.#baseline = Number.POSITIVE_INFINITY;
    await this.#settled(house);
    this.#baseline = openFiles().length;
    return house;
  }
}

async function problemOf(work: Promise<void>): Promise<string | null> {
  return work.then(
    () => null,
    (problem: unknown) => (problem instanceof Error ? problem.message : String(problem)),
  );
}
