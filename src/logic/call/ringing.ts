import type { Cause } from "../../message/cause.ts";
import type { Leg, LegOwner, Party, RingRequest } from "../../proxy/party.ts";
import type { Desk } from "../desk.ts";
import { mergeCauses } from "./outcome.ts";

type RingAbout = Omit<RingRequest, "call" | "leg" | "pressing">;

/** Said by a person, or in his name: another line would hear the same. */
const lastWords: readonly Cause[] = ["busy", "rejected"];

/** The parties that ring for a call. Nobody waits for anybody: an absent handset never delays the others (G39, G40). */
export class Ringing {
  readonly #desk: Desk;
  readonly #owner: LegOwner;
  readonly #about: RingAbout;
  readonly #legs: Leg[] = [];
  readonly #failures: Cause[] = [];
  /** Of an emergency: ways out that are still to be tried. */
  #others: readonly Party[] = [];

  constructor(desk: Desk, owner: LegOwner, about: RingAbout) {
    this.#desk = desk;
    this.#owner = owner;
    this.#about = about;
  }

  /**
   * Rings all at once, or (`together` false) the first that can be rung. `emergency`: a line that is full is better than
   * none, and one that fails is not the last.
   */
  start(parties: readonly Party[], together: boolean, emergency: boolean): void {
    this.#ring(parties, together, false);
    if (emergency && this.empty) this.#ring(parties, together, true);
    if (emergency) this.#others = parties.filter((party) => party !== this.only?.party);
  }

  #ring(parties: readonly Party[], together: boolean, pressing: boolean): void {
    for (const party of parties) {
      const leg = party.ring(this.#owner, {
        call: this.#owner.call,
        leg: this.#desk.nextLeg(),
        pressing,
        ...this.#about,
      });
      if (typeof leg === "string") this.#failures.push(leg);
      else {
        this.#legs.push(leg);
        if (!together) return;
      }
    }
  }

  get legs(): readonly Leg[] {
    return this.#legs;
  }

  get empty(): boolean {
    return this.#legs.length === 0;
  }

  /** The one leg that rings, when it is one. */
  get only(): Leg | null {
    return this.#legs.length === 1 ? (this.#legs[0] ?? null) : null;
  }

  get cause(): Cause {
    return mergeCauses(this.#failures);
  }

  /** One of them is gone: refused, unreachable, failed. Of an emergency the next line is tried; true: it rings instead. */
  lose(leg: Leg, cause: Cause): boolean {
    const at = this.#legs.indexOf(leg);
    if (at < 0) return false;
    this.#legs.splice(at, 1);
    this.#failures.push(cause);
    leg.release(cause);
    if (!this.empty || lastWords.includes(cause)) return false;
    const others = this.#others;
    this.#ring(others, false, true);
    this.#others = others.slice(others.findIndex((party) => party === this.only?.party) + 1);
    return !this.empty;
  }

  releaseOthers(answered: Leg): void {
    for (const leg of this.#take()) if (leg !== answered) leg.release("answeredElsewhere");
  }

  releaseAll(cause: Cause): void {
    for (const leg of this.#take()) leg.release(cause);
  }

  #take(): Leg[] {
    return this.#legs.splice(0);
  }
}
