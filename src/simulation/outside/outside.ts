import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import type { Agenda } from "../agenda.ts";
import { Chance } from "../chance.ts";
import type { SimulatedHouse } from "../house.ts";

export type Untimed<E> = E extends unknown ? Omit<E, "at"> : never;

/** What every emulated part of the outside has: a house, virtual time, and the way in. */
export interface Outside {
  readonly seed: number;
  readonly house: SimulatedHouse;
  readonly agenda: Agenda;
  /** To be called from the agenda only: the house reacts at once. */
  post(event: Untimed<Event>): void;
  /** From now on events wait for so long, ms; then they are handled in their order. */
  freeze(forMs: number): void;
  /** The handler of the next event has a bug: it throws when it reads the event's n-th property. */
  trip(nth: number): void;
}

/** A part of the lower half: answers commands by events, later. */
export interface Part<C extends Command> {
  perform(command: C): void;
}

/** How long an event may be on its way when its leg is released, ms. */
const crossing = 20;

/** Somebody with whom the house has a dialog, and who may say things a little after its end: they were on their way. */
export class Talker {
  readonly chance: Chance;
  /** Nothing comes any more: it has said its last word. */
  done = false;
  #releasedAt: number | null = null;
  readonly #agenda: Agenda;

  constructor(agenda: Agenda, seed: number) {
    this.#agenda = agenda;
    this.chance = new Chance(seed);
  }

  get released(): boolean {
    return this.#releasedAt !== null;
  }

  release(): void {
    this.#releasedAt ??= this.#agenda.now;
  }

  /** Says it after that time, unless it is over by then. */
  later(delay: number, say: () => void): void {
    this.#agenda.after(delay, () => {
      if (!this.done && this.#speaks()) say();
    });
  }

  #speaks(): boolean {
    if (this.#releasedAt === null) return true;
    return this.#agenda.now - this.#releasedAt <= crossing && this.chance.percent(50);
  }
}
