import type { ToneName } from "../../message/country.ts";
import type { Endpoint, PartyName } from "../../message/name.ts";
import type { VoiceCommand } from "../../message/voice.ts";
import type { Broken } from "./breach.ts";
import type { LegRules } from "./legs.ts";
import type { Moved } from "./moved.ts";
import { isSip, type Speaker } from "./speaker.ts";

/** Voice endpoints, and the paths between them. An endpoint joined to itself hears itself (echo). */
export class PathRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  readonly #open = new Set<Endpoint>();
  readonly #peers = new Map<Endpoint, Endpoint>();
  /** Ends of the paths made in this event, two by two. */
  readonly #made: Endpoint[] = [];
  /** The ends of the last path that was parted in this event. */
  #parted: Endpoint | null = null;
  #partedFrom: Endpoint | null = null;
  readonly #tones = new Map<Endpoint, ToneName>();
  /** Where a caller ID is being sent. */
  readonly #callerIds = new Set<Endpoint>();
  /** Where in this event the ringback tone ended. */
  #silenced: Endpoint | null = null;

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

  /** Somebody is heard there. */
  isJoined(endpoint: Endpoint | null): boolean {
    return endpoint !== null && this.#peers.has(endpoint);
  }

  peer(endpoint: Endpoint): Endpoint | null {
    return this.#peers.get(endpoint) ?? null;
  }

  tone(endpoint: Endpoint): ToneName | null {
    return this.#tones.get(endpoint) ?? null;
  }

  /** It is joined, or hears a tone. */
  hears(endpoint: Endpoint): boolean {
    return this.#peers.has(endpoint) || this.#tones.has(endpoint);
  }

  callerIdSent(endpoint: Endpoint): void {
    this.#callerIds.delete(endpoint);
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
        return this.#part(command.a, command.b as Endpoint); // its peer: no conference has one
      case "callerId":
        this.#callerIds.add(command.endpoint);
        return this.#isOpen(command.endpoint, command.kind);
      case "tone":
        this.#isOpen(command.endpoint, command.kind);
        return this.#sounds(command.endpoint, command.tone);
      default:
        return this.#isOpen(command.endpoint, command.kind);
    }
  }

  /** The event is over: who speaks now may, and who ended left nothing open. */
  settle(moved: Moved): void {
    if (moved.back !== null) this.#takenBack(moved.back);
    if (moved.held !== null) this.#holds(moved.held);
    if (this.#parted !== null && this.#partedFrom !== null) this.#apart(this.#parted, this.#partedFrom, moved);
    this.#parted = null;
    const silenced = this.#silenced;
    this.#silenced = null;
    if (silenced !== null && this.#open.has(silenced) && !this.hears(silenced))
      this.#broken("tone", [silenced], "hears no ringing any more, and nobody");
    if (this.#made.length > 0) this.#joined();
    const { orphans } = this.#legs;
    if (orphans.length === 0) return;
    for (const endpoint of orphans)
      if (this.#open.has(endpoint) && this.#legs.owner(endpoint) === null)
        this.#broken("voicePath", [endpoint], "is open, and its owner is released");
    orphans.length = 0;
  }

  #joined(): void {
    for (let n = 0; n + 1 < this.#made.length; n += 2) this.#check(this.#made[n], this.#made[n + 1]);
    this.#made.length = 0;
  }

  /** What was parted is so because somebody held or ended a call; who waits at a phone after it hears that. */
  #apart(a: Endpoint, b: Endpoint, { told, ended, held }: Moved): void {
    if (!told && this.#made.length === 0 && !this.#legs.released)
      this.#broken("voicePath", [a], "was parted, and nobody held or ended a call");
    if (!ended || held !== null) return;
    for (const end of [a, b])
      if (this.#open.has(end) && !this.hears(end)) this.#broken("tone", [end], "is left in silence after the end");
  }

  /** A phone holds: it is not heard, and the other side was told, if it can be. */
  #holds(phone: PartyName): void {
    const holder = this.#legs.phone(phone);
    if (holder !== null && this.isJoined(holder.endpoint)) this.#broken("hold", [phone], "holds, and is heard still");
    const other = this.#other(phone, this.#parted, this.#partedFrom);
    if (other !== null && !other.held) this.#broken("hold", [phone, other.id], "is held, and was not told");
  }

  #takenBack(phone: PartyName): void {
    const [a = null, b = null] = this.#made;
    if (a === null) return this.#broken("voicePath", [], "a phone took the call back, and nobody hears it");
    const other = this.#other(phone, a, b);
    if (other?.held === true) this.#broken("hold", [phone, other.id], "is taken back, and was not told");
  }

  /** Whoever has the other end, when it can be told things: an analog phone can not. */
  #other(phone: PartyName, a: Endpoint | null, b: Endpoint | null): Speaker | null {
    for (const end of [a, b]) {
      const owner = end === null ? null : this.#legs.owner(end);
      if (owner !== null && owner.party !== phone && !owner.id.startsWith("port:")) return owner;
    }
    return null;
  }

  /** The worker begins anew: nothing is open there until it is opened again. */
  forget(): void {
    this.#open.clear();
    this.#peers.clear();
    this.#tones.clear();
    this.#callerIds.clear();
  }

  #isOpen(endpoint: Endpoint, kind: string): void {
    if (!this.#open.has(endpoint)) this.#broken("voicePath", [endpoint], `${kind} while it is not open`);
  }

  /** A tone is heard instead of the peer's voice. */
  #sounds(endpoint: Endpoint, tone: ToneName | null): void {
    if (this.tone(endpoint) === tone) this.#broken("tone", [endpoint], `is told ${tone} again`);
    if (tone === null) {
      if (this.#tones.get(endpoint) === "ringback") this.#silenced = endpoint;
      this.#tones.delete(endpoint);
      return;
    }
    this.#tones.set(endpoint, tone);
    const owner = this.#legs.owner(endpoint);
    if (owner !== null) owner.dialled = tone === "dial" ? (owner.dialled ?? "") : null;
    if (this.#peers.has(endpoint)) this.#broken("tone", [endpoint], `hears ${tone} and not whom it is joined to`);
  }

  #part(a: Endpoint, b: Endpoint): void {
    if (this.#peers.get(a) !== b) return this.#broken("voicePath", [a, b], "parted, and were not joined");
    this.#parted = a;
    this.#partedFrom = b;
    this.#peers.delete(a);
    this.#peers.delete(b);
  }

  #close(endpoint: Endpoint): void {
    this.#tones.delete(endpoint);
    this.#callerIds.delete(endpoint);
    const owner = this.#legs.owner(endpoint);
    if (owner !== null) owner.dialled = null;
    if (!this.#open.delete(endpoint)) this.#broken("voicePath", [endpoint], "closed while it was not open");
    if (this.#peers.has(endpoint)) this.#broken("voicePath", [endpoint], "closed while it was joined");
  }

  #join(a: Endpoint, b: Endpoint): void {
    for (const end of a === b ? [a] : [a, b]) {
      if (!this.#open.has(end)) this.#broken("voicePath", [end], "joined while it was not open");
      if (this.#peers.has(end)) this.#broken("voicePath", [end], "joined to two");
      if (this.#tones.has(end)) this.#broken("tone", [end], "is joined, and hears a tone");
      const owner = this.#legs.owner(end);
      if (owner !== null) owner.dialled = null;
      if (this.#callerIds.has(end)) this.#broken("tone", [end], "is joined, and its caller ID is heard");
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
  return isSip(caller) ? caller.early : caller.ring === null;
}
