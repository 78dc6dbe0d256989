import type { CallView } from "../../message/view.ts";
import { Chance } from "../chance.ts";
import type { Outside } from "./outside.ts";

/** People at the command line, and the machine that the gateway runs on. */
export class People {
  readonly #outside: Outside;
  readonly #calls: () => readonly CallView[];

  constructor(outside: Outside, calls: () => readonly CallView[]) {
    this.#outside = outside;
    this.#calls = calls;
  }

  memory(trait: number): void {
    const tell = (state: "tight" | "easy"): void => this.#outside.post({ world: "admin", kind: "memory", state });
    tell("tight");
    this.#outside.agenda.after(new Chance(trait).below(30_000), () => tell("easy"));
  }

  /** The process was stopped, or the machine slept: everything that was due comes late, at once. */
  standStill(trait: number): void {
    const { agenda } = this.#outside;
    if (agenda.lag === 0) agenda.now += new Chance(trait).pick([500, 30_000, 3_000_000]);
  }

  /** The queue is stopped between two events, by a person or a slow machine; everybody outside goes on. */
  freeze(trait: number): void {
    this.#outside.freeze(new Chance(trait).pick([30, 400, 6000, 40_000]));
  }

  /** A bug in whatever comes next. */
  bug(trait: number): void {
    this.#outside.trip(new Chance(trait).between(1, 7));
  }

  hangUp(trait: number): void {
    const call = this.#calls()[new Chance(trait).below(4)]?.call ?? "call:1";
    this.#outside.post({ world: "admin", kind: "hangUp", call });
  }

  book(trait: number): void {
    const chance = new Chance(trait);
    if (chance.percent(20)) return this.#outside.post({ world: "admin", kind: "clearLog" });
    if (chance.percent(40)) return this.#outside.post({ world: "admin", kind: "removeContact", id: chance.below(9) });
    const numbers = [chance.pick(["0301", "100", "700", "0 30 1"]), chance.pick(["100", "611"])];
    this.#outside.post({ world: "admin", kind: "addContact", name: chance.pick(["Bob", "Carol"]), numbers });
  }

  /** The supervisor's question, and what the machine says of a device that it could not open. */
  machine(trait: number): void {
    const chance = new Chance(trait);
    if (chance.percent(50)) return this.#outside.post({ world: "admin", kind: "heartbeat" });
    this.#outside.post({ world: "admin", kind: "deviceProblem", device: "base:3", problem: "no permission" });
  }
}
