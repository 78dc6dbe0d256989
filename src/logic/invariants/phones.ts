import type { PartyName, PhoneName } from "../../message/name.ts";
import type { Broken } from "./breach.ts";
import type { LegRules } from "./legs.ts";

/** What is told of a phone is what it was told to do. */
export class PhoneRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  readonly #told = new Map<PartyName, string>();

  constructor(broken: Broken, legs: LegRules) {
    this.#broken = broken;
    this.#legs = legs;
  }

  told(phone: PhoneName, state: string): void {
    this.#told.set(phone, state);
  }

  settle(): void {
    const { touched } = this.#legs;
    if (touched.length === 0) return;
    for (const phone of touched) this.#check(phone);
    touched.length = 0;
  }

  restored(): void {
    this.#told.clear();
  }

  #check(phone: PartyName): void {
    const state = this.#told.get(phone);
    if (state === undefined) return;
    const speaker = this.#legs.phone(phone);
    const rings = speaker !== null && speaker.ring !== null && !speaker.answered;
    if (rings !== (state === "ringing"))
      return this.#broken("phone", [phone], `${rings ? "rings" : "does not ring"}, and is told to be ${state}`);
    if (!phone.startsWith("handset:")) return;
    const talks = speaker?.answered === true;
    if (talks !== (state === "inCall"))
      this.#broken("phone", [phone], `${talks ? "talks" : "does not talk"}, and is told to be ${state}`);
  }
}
