import { readRestored } from "../logic/invariants/restored.ts";
import type { AdminEvent } from "../message/admin.ts";
import type { Command } from "../message/command.ts";
import type { CcCall, DectCommand, DectEvent } from "../message/dect.ts";
import type { Event } from "../message/event.ts";
import { type Endpoint, type HandsetName, type RtpEndpoint, usbEndpoint } from "../message/name.ts";
import type { House } from "../message/plan.ts";
import type { SipCommand, SipEvent, SipLeg } from "../message/sip.ts";
import type { StoreEvent } from "../message/store.ts";
import type { VoiceCommand, VoiceEvent } from "../message/voice.ts";
import { Devices } from "./devices.ts";
import { RunningTimers } from "./running-timers.ts";

/** A SIP dialog, as the far end knows it. */
export interface Dialog {
  readonly line: SipEvent["line"];
  readonly calls: boolean;
  endpoint: Endpoint | null;
  /** 200 was sent, by us or by them; and the ACK to ours came. */
  answered: boolean;
  confirmed: boolean;
  /** Offers of ours that wait for their answer. */
  offers: number;
  released: boolean;
  /** They said their last word. */
  done: boolean;
}

/** A CC transaction, as the handset knows it. */
export interface Transaction {
  readonly handset: HandsetName;
  endpoint: Endpoint | null;
  connected: boolean;
  released: boolean;
  done: boolean;
}

/** What the world outside knows after some events and their commands: whom it can answer, and what it can still say. */
export class Ledger {
  readonly timers: RunningTimers;
  readonly dialogs = new Map<SipLeg, Dialog>();
  readonly transactions = new Map<CcCall, Transaction>();
  readonly devices: Devices;
  readonly #open = new Set<Endpoint>();
  readonly #owners = new Map<Endpoint, SipLeg | CcCall>();
  /** What was asked for and not answered yet. */
  readonly #asked = new Map<string, number>();
  house: House | null = null;
  rtp: readonly { readonly endpoint: RtpEndpoint; readonly port: number }[] = [];
  voice: "ready" | "lost" | "starting" = "starting";

  constructor(timers = new RunningTimers(), devices = new Devices()) {
    this.timers = timers;
    this.devices = devices;
  }

  /** Who has said his last word is left out, and of those who were released long ago nothing comes any more. */
  copy(): Ledger {
    const copy = new Ledger(this.timers.copy(), this.devices.copy());
    for (const [leg, dialog] of stillHeard(this.dialogs)) copy.dialogs.set(leg, { ...dialog });
    for (const [call, it] of stillHeard(this.transactions)) copy.transactions.set(call, { ...it });
    for (const endpoint of this.#open) copy.#open.add(endpoint);
    for (const [endpoint, owner] of this.#owners) copy.#owners.set(endpoint, owner);
    for (const [what, count] of this.#asked) if (count > 0) copy.#asked.set(what, count);
    copy.house = this.house;
    copy.rtp = this.rtp;
    copy.voice = this.voice;
    return copy;
  }

  isOpen(endpoint: Endpoint): boolean {
    return this.#open.has(endpoint);
  }

  /** Who speaks there, or did last. */
  ownerOf(endpoint: Endpoint): SipLeg | CcCall | null {
    return this.#owners.get(endpoint) ?? null;
  }

  endpointOf(owner: SipLeg | CcCall): Endpoint | null {
    const speaker = isCc(owner) ? this.transactions.get(owner) : this.dialogs.get(owner);
    return speaker?.endpoint ?? null;
  }

  /** How many answers to that are still to come. */
  asked(what: string): number {
    return this.#asked.get(what) ?? 0;
  }

  event(event: Event): void {
    this.timers.begin(event.at);
    switch (event.world) {
      case "sip":
        return this.#sipEvent(event);
      case "dect":
        return this.#dectEvent(event);
      case "fxs":
        return this.devices.fxs(event);
      case "timer":
        return this.timers.expired(event.timer);
      case "voice":
        return this.#voiceEvent(event);
      case "store":
        return this.#storeEvent(event);
      case "admin":
        return this.#adminEvent(event);
    }
  }

  command(command: Command): void {
    switch (command.world) {
      case "sip":
        return this.#sip(command);
      case "dect":
        return this.#dect(command);
      case "fxs":
        return this.devices.command(command);
      case "timer":
        return this.timers.command(command);
      case "store":
        if (command.kind === "saveCapsule") this.#ask(`capsule ${command.asked}`);
        return;
      case "voice":
        return this.#voice(command);
      default:
        return;
    }
  }

  #ask(what: string): void {
    this.#asked.set(what, this.asked(what) + 1);
  }

  #answer(what: string): void {
    this.#asked.set(what, Math.max(0, this.asked(what) - 1));
  }

  #voiceEvent(event: VoiceEvent): void {
    if (event.kind === "ready") this.rtp = event.rtp;
    if (event.kind === "ready" || event.kind === "lost") this.voice = event.kind;
    if (event.kind === "measured") this.#answer(`measure ${event.call} ${event.party}`);
    if (event.kind === "callerIdSent") this.#answer(`callerId ${event.endpoint}`);
  }

  #voice(command: VoiceCommand): void {
    if (command.kind === "openRtp" || command.kind === "openUsb") this.#open.add(command.endpoint);
    if (command.kind === "close") this.#open.delete(command.endpoint);
    if (command.kind === "measure") this.#ask(`measure ${command.call} ${command.party}`);
    if (command.kind === "callerId") this.#ask(`callerId ${command.endpoint}`);
  }

  #storeEvent(event: StoreEvent): void {
    if (event.kind === "capsuleSaved") this.#answer(`capsule ${event.asked}`);
  }

  #adminEvent(event: AdminEvent): void {
    if (event.kind === "configured") this.house = event.house;
    // A recording that begins so; where it was cut short here, all that is known.
    if (event.kind !== "restored" || this.house !== null) return;
    const { house, streams, devices } = readRestored(event.state);
    this.house = house;
    this.voice = streams > 0 ? "ready" : "starting";
    this.rtp = Array.from({ length: streams }, (_, n) => ({ endpoint: `rtp:${n}` as const, port: 16_384 + 2 * n }));
    for (const attached of devices) this.event(attached);
    this.devices.rest();
  }

  #sipEvent(event: SipEvent): void {
    if (!("leg" in event)) return;
    if (event.kind === "invited") return this.#begin(event.leg, event.line, true);
    const dialog = this.dialogs.get(event.leg);
    if (dialog === undefined) return;
    if (event.kind === "answered") dialog.answered = true;
    if (event.kind === "confirmed") dialog.confirmed = true;
    if (event.kind === "reanswered" || event.kind === "reofferRefused") dialog.offers -= 1;
    if (event.kind === "cancelled" || event.kind === "ended" || event.kind === "refused") dialog.done = true;
  }

  #begin(leg: SipLeg, line: Dialog["line"], calls: boolean): void {
    const nothing = { endpoint: null, answered: false, confirmed: false, offers: 0, released: false, done: false };
    this.dialogs.set(leg, { line, calls, ...nothing });
  }

  #sip(command: SipCommand): void {
    if (command.kind === "invite") this.#begin(command.leg, command.line, false);
    const dialog = this.dialogs.get(command.leg);
    if (dialog === undefined) return;
    if ("media" in command) {
      dialog.endpoint = command.media.endpoint;
      this.#owners.set(command.media.endpoint, command.leg);
    }
    if (command.kind === "accept") dialog.answered = true;
    if (command.kind === "reoffer") dialog.offers += 1;
    if (command.kind === "release") dialog.released = true;
  }

  #dectEvent(event: DectEvent): void {
    this.devices.dect(event);
    if (event.kind === "setup") return this.#transact(event.call, event.handset);
    if (event.kind !== "pageFailed" && event.kind !== "released") return;
    const transaction = this.transactions.get(event.call);
    if (transaction !== undefined) transaction.done = true;
  }

  #transact(call: CcCall, handset: HandsetName): void {
    this.transactions.set(call, { handset, endpoint: null, connected: false, released: false, done: false });
  }

  #dect(command: DectCommand): void {
    if (command.kind === "setup") this.#transact(command.call, command.handset);
    const transaction = this.transactions.get(command.call);
    if (transaction === undefined) return;
    const base = this.devices.baseOf(command.handset);
    if ("channel" in command && base !== null) {
      transaction.endpoint = usbEndpoint(base, command.channel);
      this.#owners.set(transaction.endpoint, command.call);
    }
    if (command.kind === "connect" || command.kind === "connectAck") transaction.connected = true;
    if (command.kind === "release") transaction.released = true;
  }
}

/** Of those that were released so many: what comes late comes soon. */
const remembered = 32;

function stillHeard<K, V extends Dialog | Transaction>(all: ReadonlyMap<K, V>): readonly (readonly [K, V])[] {
  const alive = [...all].filter(([, { done }]) => !done);
  const released = alive.filter((one) => one[1].released);
  const forgotten = new Set(released.slice(0, Math.max(0, released.length - remembered)));
  return alive.filter((one) => !forgotten.has(one));
}

function isCc(owner: SipLeg | CcCall): owner is CcCall {
  return owner.startsWith("cc:");
}
