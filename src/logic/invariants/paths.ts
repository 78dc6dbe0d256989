import type { Endpoint } from "../../message/name.ts";
import type { VoiceCommand } from "../../message/voice.ts";
import type { Broken } from "./breach.ts";
import type { LegRules, Speaker } from "./legs.ts";

/** Voice endpoints, and the paths between them. An endpoint joined to itself hears itself (echo). */
export class PathRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  readonly #open = new Set<Endpoint>();
  readonly #peers = new Map<Endpoint, Endpoint>();
  /** Ends of the paths made in this event, two by two. */
  readonly #made: Endpoint[] = [];
  /** An end of the last path that was parted in this event. */
  #parted: Endpoint | null = null;

  constructor(broken: Broken, legs: LegRules) {
    this.#broken = broken;
    this.#legs = legs;
  }

  get open(): Iterable<Endpoint> {
    return this.#open;
  }

  get joined(): Iterable<Endpoint> {
    return this.#peers.keys();
  }

  command(command: VoiceCommand): void {
    switch (command.kind) {
      case "openRtp":
      case "openUsb":
        this.#open.add(command.endpoint);
        return;
      case "close":
        return this.#close(command.endpoint);
      case "join":
        return this.#join(command.a, command.b);
      case "part":
        if (this.#peers.get(command.a) !== command.b)
          return this.#broken("voicePath", [command.a, command.b], "parted, and were not joined");
        this.#parted = command.a;
        this.#peers.delete(command.a);
        this.#peers.delete(command.b as Endpoint); // its peer: no conference has one
        return;
      default:
        if (!this.#open.has(command.endpoint))
          this.#broken("voicePath", [command.endpoint], `${command.kind} while it is not open`);
    }
  }

  /**
   * The event is over: who speaks now may, and who ended left nothing open. `told`: that a call was held, taken back or
   * ended; `back`: by a phone, which is then heard again.
   */
  settle(told: boolean, back: boolean): void {
    if (back && this.#made.length === 0)
      this.#broken("voicePath", [], "a phone took the call back, and nobody hears it");
    if (this.#parted !== null && !told && this.#made.length === 0 && !this.#legs.released)
      this.#broken("voicePath", [this.#parted], "was parted, and nobody held or ended a call");
    this.#parted = null;
    for (let n = 0; n + 1 < this.#made.length; n += 2) this.#check(this.#made[n], this.#made[n + 1]);
    this.#made.length = 0;
    for (const endpoint of this.#legs.orphans)
      if (this.#open.has(endpoint) && this.#legs.owner(endpoint) === null)
        this.#broken("voicePath", [endpoint], "is open, and its owner is released");
    this.#legs.orphans.length = 0;
  }

  /** The worker begins anew: nothing is open there until it is opened again. */
  forget(): void {
    this.#open.clear();
    this.#peers.clear();
  }

  #close(endpoint: Endpoint): void {
    if (!this.#open.delete(endpoint)) this.#broken("voicePath", [endpoint], "closed while it was not open");
    if (this.#peers.has(endpoint)) this.#broken("voicePath", [endpoint], "closed while it was joined");
  }

  #join(a: Endpoint, b: Endpoint): void {
    for (const end of a === b ? [a] : [a, b]) {
      if (!this.#open.has(end)) this.#broken("voicePath", [end], "joined while it was not open");
      if (this.#peers.has(end)) this.#broken("voicePath", [end], "joined to two");
    }
    this.#peers.set(a, b).set(b, a);
    this.#made.push(a, b);
  }

  #check(a: Endpoint | undefined, b: Endpoint | undefined): void {
    if (a === undefined || b === undefined || this.#peers.get(a) !== b) return;
    const [near, far] = [this.#legs.owner(a), this.#legs.owner(b)];
    if (near === null || far === null)
      return this.#broken("voicePath", [a, b], `joined, and ${near === null ? a : b} has no owner`);
    const fair = (near.answered && far.answered) || isEarly(near, far) || isEarly(far, near);
    if (!fair) this.#broken("audioBeforeAnswer", [near.id, far.id], "hear each other before the answer");
  }
}

/** `called` sends sound before it answers, and `caller` is on the way to it. */
function isEarly(called: Speaker, caller: Speaker): boolean {
  if (!called.id.startsWith("sip:out") || !(called.early || called.answered)) return false;
  return caller.id.startsWith("sip:") ? caller.early : caller.ring === null;
}
