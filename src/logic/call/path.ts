import type { CallId, Endpoint, PartyName } from "../../message/name.ts";
import type { Leg, Side } from "../../proxy/party.ts";
import type { Desk } from "../desk.ts";

/** Whoever a leg is joined to when it hears itself. */
const himself: Side = { formats: () => [], takesKeyEvents: () => false };

/** The voice between the two sides of a call. */
export class CallPath {
  readonly #desk: Desk;
  #near: Leg | null = null;
  #far: Leg | null = null;
  #carriesFax = false;
  #ends: readonly { readonly party: PartyName; readonly endpoint: Endpoint }[] = [];

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** A machine was heard: the sound of keys is its sound, too. */
  get carriesFax(): boolean {
    return this.#carriesFax;
  }

  /** False when one of the two has no voice. */
  join(near: Leg, far: Leg): boolean {
    this.#near = near;
    this.#far = far;
    const [here, there] = [near.voice(far), far.voice(near)];
    if (here === null || there === null) return false;
    this.#ends = [
      { party: near.party.name, endpoint: here },
      { party: far.party.name, endpoint: there },
    ];
    this.#desk.voice.join(here, there);
    return true;
  }

  /** The echo service: who calls it hears himself. */
  joinItself(leg: Leg): boolean {
    leg.accept(himself);
    const endpoint = leg.voice(himself);
    if (endpoint === null) return false;
    this.#near = leg;
    this.#ends = [{ party: leg.party.name, endpoint }];
    this.#desk.voice.join(endpoint, endpoint);
    return true;
  }

  /** Null while nobody hears it. */
  endpointOf(leg: Leg): Endpoint | null {
    const end = leg === this.#near ? 0 : leg === this.#far ? 1 : -1;
    return this.#ends[end]?.endpoint ?? null;
  }

  /** From now on until its end the call is one between machines. False when it is already. */
  carryFax(): boolean {
    if (this.#carriesFax || this.#near === null) return false;
    this.#carriesFax = true;
    for (const leg of [this.#near, this.#far]) leg?.carryFax();
    this.#refit(this.#near, this.#far);
    this.#refit(this.#far, this.#near);
    return true;
  }

  /** The call ends: how each side was heard. To be asked before the legs are released. */
  measure(call: CallId): void {
    for (const { party, endpoint } of this.#ends) this.#desk.voice.measure(endpoint, call, party);
  }

  /** One side speaks another codec now: the other follows it where it can. */
  refit(leg: Leg): void {
    this.#refit(leg === this.#near ? this.#far : this.#near, leg);
  }

  #refit(leg: Leg | null, other: Leg | null): void {
    leg?.voice(other ?? himself);
  }
}
