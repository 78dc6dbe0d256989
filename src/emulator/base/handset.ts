import type { CountryProfile } from "../../message/country.ts";
import type { ReleaseReason } from "../../message/dect.ts";
import type { HandsetName, Identity } from "../../message/name.ts";
import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../../vendor/clock/clock.ts";
import { basicServices, ccMessages } from "../../vendor/reference/wire/cc.ts";
import type { Element } from "../../vendor/reference/wire/element.ts";
import { basicService, keypad, portableIdentity, releaseReason } from "../../vendor/reference/wire/information.ts";
import type { Transaction } from "../../vendor/reference/wire/link-frame.ts";
import { Receiver } from "../phone/receiver.ts";
import type { Key, PhoneChange, Telephone } from "../phone/telephone.ts";
import type { Frame } from "../sound/frame.ts";
import { AIR_TRANSACTIONS, type Air, type AirMessage, sameTransaction } from "./air.ts";
import { HandsetDisplay } from "./handset-display.ts";

/** How long a handset takes from the set-up to its alert, when nothing else is asked for. */
const ALERT_AFTER_MS = 150;
/** From key to key. */
const KEY_MS = 120;
const REGISTER_RECALL = "\x15";

/**
 * The portable's side of a call. Called: present (set up, not alerting yet), alerting, connecting (lifted), active.
 * Calling: setup, overlap (may dial), proceeding, active.
 */
type CallState = "present" | "alerting" | "connecting" | "setup" | "overlap" | "proceeding" | "active";

interface HandsetCall {
  readonly transaction: Transaction;
  state: CallState;
  alert: Cancel | null;
  /** Keys pressed before the base was ready for them. */
  keys: string;
}

const offHookStates: readonly CallState[] = ["connecting", "setup", "overlap", "proceeding", "active"];

/** A DECT handset: its CC state machine, and what a person does with it. */
export class Handset implements Telephone {
  readonly name: HandsetName;
  /** International portable user identity, hex. */
  readonly ipui: string;
  readonly receiver: Receiver;
  onChange: ((change: PhoneChange) => void) | null = null;
  air: Air | null = null;
  readonly #clock: Clock;
  readonly #display = new HandsetDisplay();
  #call: HandsetCall | null = null;
  #inRange = true;
  #alertAfterMs = ALERT_AFTER_MS;
  #refuses = false;
  #lastTransaction = 0;

  constructor(name: HandsetName, ipui: string, country: CountryProfile, clock: Clock) {
    this.name = name;
    this.ipui = ipui;
    this.#clock = clock;
    this.receiver = new Receiver(country);
    this.receiver.onHearing = () => this.onChange?.("hearing");
  }

  get hook(): "on" | "off" {
    return this.#call !== null && offHookStates.includes(this.#call.state) ? "off" : "on";
  }

  get present(): boolean {
    return this.#inRange;
  }

  get ringing(): boolean {
    return this.#call?.state === "alerting" && this.#display.alerting;
  }

  get display(): readonly string[] {
    return this.#display.lines;
  }

  get caller(): Identity | null {
    return this.#display.caller;
  }

  /** 20 ms with the handset at the head; what is said goes nowhere while no voice channel is attached. */
  talk(heard: Frame): Frame {
    this.receiver.hear(heard);
    return this.receiver.mouth.next();
  }

  /** A message from the base. */
  receive(message: AirMessage): void {
    const call = this.#call;
    if (message.message === ccMessages.setup) this.#called(message);
    else if (call !== null && sameTransaction(call.transaction, message.transaction)) this.#progress(call, message);
    else if (message.message === ccMessages.release) this.#send(message.transaction, ccMessages.releaseCom, []);
  }

  /** The radio link is lost, or the base released it by force. */
  linkLost(): void {
    if (this.#call !== null) this.#end();
  }

  lift(): void {
    const call = this.#call;
    if (this.hook === "off") throw new Error(`${this.name} is already off-hook`);
    if (!this.#inRange) throw new Error(`${this.name} is out of range of its base: bring it back first (back)`);
    if (call === null) this.#callOut();
    else {
      call.alert?.();
      call.state = "connecting";
      this.#send(call.transaction, ccMessages.connect, []);
    }
    this.receiver.lift();
    this.air?.used();
    if (call !== null) this.onChange?.("ringing");
    this.onChange?.("hook");
  }

  hangUp(): void {
    const call = this.#call;
    if (call === null) throw new Error(`${this.name} is on-hook already`);
    const reason: ReleaseReason = this.hook === "off" ? "normal" : "rejected";
    this.#send(call.transaction, ccMessages.release, [releaseReason(reason)]);
    this.#end();
  }

  async press(keys: readonly Key[]): Promise<void> {
    if (keys.some((key) => key >= "A" && key <= "D"))
      throw new Error(`${this.name} has no keys A to D: press 0-9, *, # or R`);
    for (const key of keys) {
      this.#key(key === "R" ? REGISTER_RECALL : key);
      await new Promise<void>((resolve) => {
        this.#clock.after(ms(KEY_MS), resolve);
      });
    }
  }

  async flash(): Promise<void> {
    await this.press(["R"]);
  }

  leave(): void {
    if (!this.#inRange) throw new Error(`${this.name} is out of range already`);
    this.#move(false);
  }

  comeBack(): void {
    if (this.#inRange) throw new Error(`${this.name} is in range already`);
    this.#move(true);
  }

  alertAfter(delayMs: number): void {
    if (!(delayMs >= 0)) throw new Error(`${this.name} cannot alert after ${delayMs} ms: give 0 or more`);
    this.#alertAfterMs = delayMs;
  }

  refuseCalls(on: boolean): void {
    this.#refuses = on;
  }

  #called({ transaction, elements }: AirMessage): void {
    if (this.#refuses || this.#call !== null) {
      this.#send(transaction, ccMessages.releaseCom, [releaseReason("busy")]);
      return;
    }
    const call: HandsetCall = { transaction, state: "present", alert: null, keys: "" };
    this.#call = call;
    this.#show(elements);
    call.alert = this.#clock.after(ms(this.#alertAfterMs), () => {
      call.state = "alerting";
      this.#send(transaction, ccMessages.alerting, []);
      this.onChange?.("ringing");
    });
  }

  #progress(call: HandsetCall, { message, elements }: AirMessage): void {
    switch (message) {
      case ccMessages.setupAck:
        if (call.state === "setup") this.#overlap(call);
        break;
      case ccMessages.callProc:
      case ccMessages.alerting:
        if (call.state === "setup" || call.state === "overlap") call.state = "proceeding";
        break;
      case ccMessages.connect:
        call.state = "active";
        this.#send(call.transaction, ccMessages.connectAck, []);
        break;
      case ccMessages.connectAck:
        if (call.state === "connecting") call.state = "active";
        break;
      case ccMessages.release:
        this.#send(call.transaction, ccMessages.releaseCom, []);
        this.#end();
        return;
      case ccMessages.releaseCom:
        this.#end();
        return;
    }
    this.#show(elements);
  }

  #callOut(): void {
    this.#lastTransaction = (this.#lastTransaction + 1) % AIR_TRANSACTIONS;
    const transaction = { byHandset: true, value: this.#lastTransaction };
    this.#call = { transaction, state: "setup", alert: null, keys: "" };
    this.#send(transaction, ccMessages.setup, [portableIdentity(this.ipui), basicService(basicServices.normal)]);
  }

  #overlap(call: HandsetCall): void {
    call.state = "overlap";
    if (call.keys !== "") this.#send(call.transaction, ccMessages.info, [keypad(call.keys)]);
    call.keys = "";
  }

  #key(key: string): void {
    const call = this.#call;
    if (call === null || this.hook === "on") throw new Error(`${this.name} is on-hook: lift it first (offhook)`);
    if (call.state === "setup") call.keys += key;
    else this.#send(call.transaction, ccMessages.info, [keypad(key)]);
  }

  #show(elements: readonly Element[]): void {
    const rang = this.ringing;
    if (this.#display.show(elements)) this.onChange?.("display");
    if (this.ringing !== rang) this.onChange?.("ringing");
  }

  #move(inRange: boolean): void {
    this.#inRange = inRange;
    this.air?.moved();
    this.onChange?.("present");
  }

  #send(transaction: Transaction, message: number, elements: readonly Element[]): void {
    this.air?.send({ transaction, message, elements });
  }

  #end(): void {
    const { hook, ringing } = this;
    this.#call?.alert?.();
    this.#call = null;
    this.#display.clear();
    this.receiver.putDown(`the call at ${this.name} has ended`);
    this.air?.used();
    if (ringing) this.onChange?.("ringing");
    if (hook === "off") this.onChange?.("hook");
    this.onChange?.("display");
  }
}
