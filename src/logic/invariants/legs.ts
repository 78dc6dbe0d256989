import type { DectCommand, DectEvent } from "../../message/dect.ts";
import type { FxsCommand, FxsEvent } from "../../message/fxs.ts";
import { type DeviceName, type Endpoint, type HandsetName, type PortName, usbEndpoint } from "../../message/name.ts";
import type { SipCommand, SipEvent } from "../../message/sip.ts";
import type { Broken } from "./breach.ts";

/** The phones that ring for one call: those that were told to in one event. */
interface Ring {
  answeredBy: string | null;
  /** Of them, how many ring or speak. */
  live: number;
}

/** A SIP dialog, a CC transaction, or the phone in a port: somebody who may speak. */
export interface Speaker {
  readonly id: string;
  readonly calls: boolean;
  answered: boolean;
  /** Sound before the answer was agreed. */
  early: boolean;
  endpoint: Endpoint | null;
  ring: Ring | null;
}

/** More legs than any house has are a leak: it was told, and must not become one here. */
const mostLive = 4096;

/** Who lives, who rings, who answered; as commands and events say it. */
export class LegRules {
  readonly #broken: Broken;
  readonly #live = new Map<string, Speaker>();
  readonly #ports = new Map<PortName, Speaker>();
  readonly #bases = new Map<HandsetName, DeviceName>();
  readonly #owners = new Map<Endpoint, Speaker>();
  /** Endpoints whose owner ended in this event. */
  readonly orphans: Endpoint[] = [];
  /** What is rung in this event. */
  #ring: Ring | null = null;
  #answered: Ring | null = null;
  /** SIP dialogs and CC transactions alive. */
  #dialogs = 0;
  #transactions = 0;
  #released = false;
  /** Who said in this event that it is over with him. */
  #over: string | null = null;
  /** In this event the last phone of a ring fell silent, and nobody had answered. */
  #silent = false;

  constructor(broken: Broken) {
    this.#broken = broken;
  }

  get dialogs(): number {
    return this.#dialogs;
  }

  get transactions(): number {
    return this.#transactions;
  }

  get live(): Iterable<string> {
    return this.#live.keys();
  }

  /** The phones of a device that is gone. */
  *phonesOf(device: DeviceName): Iterable<string> {
    for (const [handset, base] of this.#bases) if (base === device) yield handset;
    for (const { id, endpoint } of this.#ports.values()) if (endpoint?.startsWith(`usb:${device}:`)) yield id;
  }

  /** Whether a leg was released in this event. */
  get released(): boolean {
    return this.#released;
  }

  *ringing(): Iterable<PortName> {
    for (const [port, speaker] of this.#ports) if (speaker.ring !== null) yield port;
  }

  owner(endpoint: Endpoint): Speaker | null {
    return this.#owners.get(endpoint) ?? null;
  }

  sipEvent(event: SipEvent): void {
    switch (event.kind) {
      case "invited":
        return this.#begin(event.leg, true);
      case "answered":
        return this.#mark(event.leg, "answered", event.media.codecs.length > 0);
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
    if (event.kind === "setup") this.#begin(event.call, true);
    if (event.kind === "released" || event.kind === "pageFailed") this.#over = event.call;
    if (event.kind === "attached") for (const { handset } of event.handsets) this.#bases.set(handset, event.base);
  }

  fxsEvent(event: FxsEvent): void {
    if (event.kind !== "attached") return;
    event.ports.forEach(({ port }, channel) => {
      const endpoint = usbEndpoint(event.dongle, channel);
      const speaker = { id: port, calls: false, answered: true, early: false, endpoint, ring: null };
      if (this.#ports.has(port)) return;
      this.#ports.set(port, speaker);
      this.#owners.set(endpoint, speaker);
    });
  }

  sip(command: SipCommand): void {
    if (command.kind === "invite") this.#begin(command.leg, false);
    const leg = this.#said(command.leg, command.kind);
    if (leg === null) return;
    if (command.kind === "release") return this.#end(leg);
    if ("media" in command) this.#owns(leg, command.media.endpoint);
    if (command.kind === "progress") leg.early = true;
    if (command.kind !== "accept") return;
    if (leg.answered) this.#broken("oneAnswer", [leg.id], "was answered twice");
    leg.answered = true;
  }

  dect(command: DectCommand): void {
    if (command.kind === "setup") this.#begin(command.call, false);
    const leg = this.#said(command.call, command.kind);
    if (leg === null) return;
    switch (command.kind) {
      case "setup":
        this.#rings(leg);
        return this.#ownsChannel(leg, command.handset, command.channel);
      case "setupAck":
        return this.#ownsChannel(leg, command.handset, command.channel);
      case "connectAck":
        if (leg.answered) this.#broken("oneAnswer", [leg.id], "was answered twice");
        leg.answered = true;
        return this.#answers(leg.ring, command.handset);
      case "connect":
        if (leg.answered) this.#broken("oneAnswer", [leg.id], "was connected twice");
        leg.answered = true;
        return;
      case "release":
        return this.#end(leg);
      default:
        return;
    }
  }

  /** `lifted`: whose person did so in this event. */
  fxs(command: FxsCommand, lifted: PortName | null): void {
    const port = this.#ports.get(command.port);
    if (port === undefined || command.kind === "linefeed") return;
    if (command.kind === "ring") {
      if (port.ring !== null) this.#broken("oneRing", [port.id], "was told to ring while it rang");
      this.#rings(port);
      port.answered = false;
      return;
    }
    if (port.ring === null) return this.#broken("oneRing", [port.id], "was told to stop a ring that was none");
    if (lifted === command.port) this.#answers(port.ring, port.id);
    this.#leaves(port);
    port.answered = true;
  }

  /** The event is over: who is gone, and the others of a ring that was answered, are released. `ended`: a call did. */
  settle(ended: boolean): void {
    const over = this.#over;
    if (over !== null && this.#live.has(over)) this.#broken("oneRelease", [over], "is over, and was not released");
    if (this.#silent && !ended) this.#broken("oneRing", [], "nobody rings any more, and the call goes on");
    this.#over = null;
    this.#silent = false;
    const answered = this.#answered;
    this.#ring = null;
    this.#answered = null;
    this.#released = false;
    if (answered === null) return;
    const silent = answered.answeredBy?.startsWith("port:") ? 0 : 1;
    if (answered.live > silent)
      this.#broken("oneAnswer", [answered.answeredBy ?? ""], `answered, and ${answered.live - silent} still ring`);
  }

  forget(): void {
    for (const all of [this.#live, this.#ports, this.#bases, this.#owners]) all.clear();
    this.#dialogs = 0;
    this.#transactions = 0;
  }

  #begin(id: string, calls: boolean): void {
    if (this.#live.has(id)) return this.#broken("oneRelease", [id], "began while it lived");
    if (this.#live.size >= mostLive) this.forget();
    this.#live.set(id, { id, calls, answered: false, early: false, endpoint: null, ring: null });
    if (id.startsWith("sip:")) this.#dialogs += 1;
    else this.#transactions += 1;
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
    if (leg.id.startsWith("sip:")) this.#dialogs -= 1;
    else this.#transactions -= 1;
    this.#leaves(leg);
    const { endpoint } = leg;
    if (endpoint === null || this.#owners.get(endpoint) !== leg) return;
    this.#owners.delete(endpoint);
    this.orphans.push(endpoint);
  }

  #mark(id: string, what: "answered" | "early", speaks: boolean): void {
    const leg = this.#live.get(id);
    if (leg !== undefined && speaks) leg[what] = true;
  }

  #ownsChannel(leg: Speaker, handset: HandsetName, channel: number): void {
    const base = this.#bases.get(handset);
    if (base !== undefined) this.#owns(leg, usbEndpoint(base, channel));
  }

  #owns(leg: Speaker, endpoint: Endpoint): void {
    if (leg.endpoint === endpoint) return;
    const other = this.#owners.get(endpoint);
    if (other !== undefined) this.#broken("voicePath", [endpoint, other.id, leg.id], "has two owners");
    this.#owners.set(endpoint, leg);
    leg.endpoint = endpoint;
  }

  #rings(speaker: Speaker): void {
    this.#ring ??= { answeredBy: null, live: 0 };
    this.#ring.live += 1;
    speaker.ring = this.#ring;
  }

  #leaves(speaker: Speaker): void {
    const { ring } = speaker;
    if (ring === null) return;
    ring.live -= 1;
    if (ring.live === 0 && ring.answeredBy === null) this.#silent = true;
    speaker.ring = null;
  }

  #answers(ring: Ring | null, who: string): void {
    if (ring === null) return;
    if (ring.answeredBy !== null) this.#broken("oneAnswer", [ring.answeredBy, who], "both answered one call");
    ring.answeredBy = who;
    this.#answered = ring;
  }
}
