import type { DectCommand, DectEvent } from "../../message/dect.ts";
import type { FxsCommand, FxsEvent } from "../../message/fxs.ts";
import { type DeviceName, type Endpoint, type PartyName, type PortName, usbEndpoint } from "../../message/name.ts";
import type { SipCommand, SipEvent } from "../../message/sip.ts";
import { BaseRules } from "./bases.ts";
import type { Broken } from "./breach.ts";
import { DialogRules } from "./dialogs.ts";
import { RingRules } from "./rings.ts";
import { isSip, newSpeaker, type Speaker } from "./speaker.ts";

/** More legs than any house has are a leak: it was told, and must not become one here. */
const mostLive = 4096;

/** Who lives and who is released; as commands and events say it. */
export class LegRules {
  readonly dialogs: DialogRules;
  readonly bases: BaseRules;
  /** Endpoints whose owner ended in this event. */
  readonly orphans: Endpoint[] = [];
  readonly #broken: Broken;
  readonly #rings: RingRules;
  readonly #live = new Map<string, Speaker>();
  /** The phone in a port; the CC transaction of a handset, the first while it has two. */
  readonly #phones = new Map<PartyName, Speaker>();
  readonly #owners = new Map<Endpoint, Speaker>();
  #released = false;
  /** Who said in this event that it is over with him. */
  #over: string | null = null;
  /** Phones that were told something in this event. */
  readonly touched: PartyName[] = [];

  constructor(broken: Broken) {
    this.#broken = broken;
    this.#rings = new RingRules(broken);
    this.dialogs = new DialogRules(broken);
    this.bases = new BaseRules(broken);
  }

  get live(): Iterable<string> {
    return this.#live.keys();
  }

  isLive(speaker: Speaker): boolean {
    return this.#live.get(speaker.id) === speaker;
  }

  /** The phone in a port, or the transaction of a handset; null when there is none. */
  phone(party: PartyName): Speaker | null {
    return this.#phones.get(party) ?? null;
  }

  leg(id: string): Speaker | null {
    return this.#live.get(id) ?? null;
  }

  /** The phones of a device that is gone. */
  *phonesOf(device: DeviceName): Iterable<string> {
    yield* this.bases.handsetsOf(device);
    for (const { id, endpoint } of this.#phones.values())
      if (id.startsWith("port:") && endpoint?.startsWith(`usb:${device}:`)) yield id;
  }

  /** Whether a leg was released in this event. */
  get released(): boolean {
    return this.#released;
  }

  *ringing(): Iterable<string> {
    for (const { id, ring } of this.#phones.values()) if (id.startsWith("port:") && ring !== null) yield id;
  }

  owner(endpoint: Endpoint): Speaker | null {
    return this.#owners.get(endpoint) ?? null;
  }

  sipEvent(event: SipEvent): void {
    switch (event.kind) {
      case "invited":
        this.#begin(event.leg, event.line, true);
        return this.dialogs.invited(this.#live.get(event.leg) ?? null);
      case "answered":
        return this.#mark(event.leg, "answered", event.media.codecs.length > 0);
      case "reoffered":
        return this.dialogs.reoffered(this.#live.get(event.leg) ?? null, event.media);
      case "cancelled":
      case "refused":
      case "ended":
        this.#over = event.leg;
        return;
      case "progressed":
        return this.#mark(event.leg, "early", event.media.codecs.length > 0);
      default:
        return;
    }
  }

  dectEvent(event: DectEvent): void {
    switch (event.kind) {
      case "setup":
        return this.#begin(event.call, event.handset, true);
      case "connect": {
        const leg = this.#live.get(event.call);
        if (leg !== undefined) leg.connects = true;
        return;
      }
      case "released":
      case "pageFailed":
        this.#over = event.call;
        return;
      case "attached":
        return this.bases.attached(event);
      default:
        return;
    }
  }

  fxsEvent(event: FxsEvent): void {
    if (event.kind !== "attached") return;
    event.ports.forEach(({ port }, channel) => {
      if (this.#phones.has(port)) return;
      const speaker = newSpeaker(port, port, false);
      speaker.answered = true;
      speaker.endpoint = usbEndpoint(event.dongle, channel);
      this.#phones.set(port, speaker);
      this.#owners.set(speaker.endpoint, speaker);
    });
  }

  /** `caller`: of the call that begins in this event. */
  sip(command: SipCommand, caller: Speaker | null): void {
    if (command.kind === "invite") this.#begin(command.leg, command.line, false, caller);
    const leg = this.#said(command.leg, command.kind);
    if (leg === null) return;
    if (command.kind === "release") return this.#end(leg);
    if ("media" in command) this.#owns(leg, command.media.endpoint);
    this.dialogs.sip(leg, command);
  }

  dect(command: DectCommand, caller: Speaker | null): void {
    if (command.kind === "setup") this.#begin(command.call, command.handset, false, caller);
    const leg = this.#said(command.call, command.kind);
    if (leg === null) return;
    this.touched.push(leg.party);
    switch (command.kind) {
      case "setup":
        this.#rings.begins(leg);
        if (caller !== null && (command.signal === "alertingExternal") !== isSip(caller))
          this.#broken("phone", [leg.id], `rings by ${command.signal}`);
        return this.#ownsChannel(leg, command.channel);
      case "setupAck":
        this.#ownsChannel(leg, command.channel);
        return this.dialogs.dect(leg, command.kind);
      case "connectAck":
        this.dialogs.dect(leg, command.kind);
        return this.#rings.answers(leg);
      case "display":
        leg.held = command.text !== "";
        return;
      case "release":
        return this.#end(leg);
      case "signal":
        return;
      default:
        return this.dialogs.dect(leg, command.kind);
    }
  }

  /** `lifted`: whose person did so in this event. */
  fxs(command: FxsCommand, lifted: PortName | null): void {
    const port = this.#phones.get(command.port);
    if (port === undefined || command.kind === "linefeed") return;
    this.touched.push(command.port);
    if (command.kind === "ring") {
      this.#rings.begins(port);
      port.answered = false;
      port.dialled = null;
      return;
    }
    if (port.ring === null) return this.#broken("oneRing", [port.id], "was told to stop a ring that was none");
    if (lifted === command.port) this.#rings.answers(port);
    this.#rings.leaves(port);
    port.answered = true;
  }

  /** The event is over: who is gone, and the others of a ring that was answered, are released. `ended`: a call did. */
  settle(ended: boolean): void {
    const over = this.#over;
    this.#over = null;
    if (over !== null && this.#live.has(over)) this.#broken("oneRelease", [over], "is over, and was not released");
    this.#rings.settle(ended);
    this.dialogs.settle(this);
    this.#released = false;
  }

  forget(): void {
    for (const all of [this.#live, this.#phones, this.#owners]) all.clear();
    this.dialogs.forget();
  }

  #begin(id: string, party: PartyName, calls: boolean, caller: Speaker | null = null): void {
    if (this.#live.has(id)) return this.#broken("oneRelease", [id], "began while it lived");
    if (this.#live.size >= mostLive) this.forget();
    const speaker = newSpeaker(id, party, calls);
    speaker.caller = caller;
    this.#live.set(id, speaker);
    if (isSip(speaker)) return this.dialogs.begins(speaker);
    if (!this.#phones.has(party)) this.#phones.set(party, speaker);
  }

  #said(id: string, kind: string): Speaker | null {
    const leg = this.#live.get(id);
    if (leg !== undefined) return leg;
    this.#broken("oneRelease", [id], `${kind} was said to a leg that is released, or never was`);
    return null;
  }

  #end(leg: Speaker): void {
    this.#live.delete(leg.id);
    this.#released = true;
    if (isSip(leg)) this.dialogs.ends(leg);
    if (this.#phones.get(leg.party) === leg) this.#phones.delete(leg.party);
    this.#rings.leaves(leg);
    const { endpoint } = leg;
    if (endpoint === null || this.#owners.get(endpoint) !== leg) return;
    this.#owners.delete(endpoint);
    this.orphans.push(endpoint);
  }

  #mark(id: string, what: "answered" | "early", speaks: boolean): void {
    const leg = this.#live.get(id);
    if (leg !== undefined && speaks) leg[what] = true;
  }

  #ownsChannel(leg: Speaker, channel: number): void {
    const endpoint = this.bases.channel(leg.party, channel);
    if (endpoint !== null) this.#owns(leg, endpoint);
  }

  #owns(leg: Speaker, endpoint: Endpoint): void {
    if (leg.endpoint === endpoint) return;
    const other = this.#owners.get(endpoint);
    if (other !== undefined) this.#broken("voicePath", [endpoint, other.id, leg.id], "has two owners");
    this.#owners.set(endpoint, leg);
    leg.endpoint = endpoint;
  }
}
