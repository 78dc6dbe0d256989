import type { DectEvent } from "../../message/dect.ts";
import type { PartyName, PhoneName } from "../../message/name.ts";
import type { Broken } from "./breach.ts";
import type { LegRules } from "./legs.ts";
import type { PathRules } from "./paths.ts";

/** What is told of a phone is what it was told to do. */
export class PhoneRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  readonly #paths: PathRules;
  readonly #told = new Map<PartyName, string>();
  /** Of this event: the handset it came from, whether that is away now, who may dial now, and whether he has already. */
  #heard: PartyName | null = null;
  #away = false;
  #dials: PartyName | null = null;
  #enBloc = false;

  constructor(broken: Broken, legs: LegRules, paths: PathRules) {
    this.#broken = broken;
    this.#legs = legs;
    this.#paths = paths;
  }

  told(phone: PhoneName, state: string): void {
    if (this.#told.get(phone) === state) this.#broken("phone", [phone], `is told to be ${state} again`);
    this.#told.set(phone, state);
    if (state === "dialling") this.#dials = phone;
  }

  /** A handset that said good-bye, or does not answer its page, is away until it is heard of again. */
  dect(event: DectEvent): void {
    if (!("handset" in event)) return;
    this.#heard = event.handset;
    this.#enBloc = event.kind === "setup" && event.keypad !== "";
    this.#away = event.kind === "pageFailed" || event.kind === "detachedHandset";
  }

  settle(): void {
    const { touched } = this.#legs;
    if (touched.length > 0) {
      for (const phone of touched) this.#check(phone);
      touched.length = 0;
    }
    const heard = this.#heard;
    const dials = this.#dials;
    if (heard !== null) {
      this.#heard = null;
      const state = this.#told.get(heard);
      if (
        (state === "idle" || state === "absent") &&
        (state === "absent") !== this.#away &&
        this.#legs.bases.has(heard)
      )
        this.#broken("phone", [heard], `is told to be ${state}`);
    }
    const enBloc = this.#enBloc;
    this.#enBloc = false;
    this.#dials = null;
    if (dials === null || enBloc) return;
    const endpoint = this.#legs.phone(dials)?.endpoint ?? null;
    if (endpoint !== null && this.#paths.tone(endpoint) !== "dial")
      this.#broken("tone", [dials], "may dial, and hears no dial tone");
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
