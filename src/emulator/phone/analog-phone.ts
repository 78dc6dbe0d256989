import type { CountryProfile } from "../../message/country.ts";
import type { Identity, PortName } from "../../message/name.ts";
import { ms } from "../../message/units.ts";
import type { Clock } from "../../vendor/clock/clock.ts";
import type { CallerIdMessage } from "../ear/caller-id.ts";
import { CallerIdReceiver } from "../ear/caller-id-receiver.ts";
import { renderKey } from "../mouth/sines.ts";
import { type Frame, silentFrame } from "../sound/frame.ts";
import { Receiver } from "./receiver.ts";
import type { Key, PhoneChange, Telephone } from "./telephone.ts";

/** A bell that has been still for longer than this rings for another call. */
const NEW_CALL_MS = 8000;

/** A corded phone on two wires. */
export class AnalogPhone implements Telephone {
  readonly name: PortName;
  readonly receiver: Receiver;
  onChange: ((change: PhoneChange) => void) | null = null;
  /** Told when the contact between the two wires opens or closes. */
  onLoop: ((closed: boolean) => void) | null = null;
  readonly #clock: Clock;
  readonly #country: CountryProfile;
  readonly #callerId: CallerIdReceiver;
  #offHook = false;
  #plugged = true;
  #breaking = false;
  #lineRings = false;
  #rang = false;
  #stillSince = Number.NEGATIVE_INFINITY;
  #message: CallerIdMessage | null = null;

  constructor(name: PortName, country: CountryProfile, clock: Clock) {
    this.name = name;
    this.#clock = clock;
    this.#country = country;
    this.receiver = new Receiver(country);
    this.receiver.onHearing = () => this.onChange?.("hearing");
    this.#callerId = new CallerIdReceiver(country.callerId, (message) => this.#identified(message));
  }

  get hook(): "on" | "off" {
    return this.#offHook ? "off" : "on";
  }

  get present(): boolean {
    return this.#plugged;
  }

  get ringing(): boolean {
    return this.#plugged && !this.#offHook && this.#lineRings;
  }

  get loopClosed(): boolean {
    return this.#plugged && this.#offHook && !this.#breaking;
  }

  get caller(): Identity | null {
    return this.#message === null ? null : { number: this.#message.number, name: this.#message.name };
  }

  get display(): readonly string[] {
    if (this.#message === null) return [];
    const { number, name, absence } = this.#message;
    const lines = [name, number].filter((line): line is string => line !== null);
    return lines.length > 0 || absence === null ? lines : [absence];
  }

  /** The line rings, or no longer. */
  ring(on: boolean): void {
    this.#lineRings = on;
    this.#bell();
  }

  /** 20 ms of the line while the phone is on-hook: only its caller ID receiver listens. */
  hearOnHook(frame: Frame): void {
    if (this.#plugged) this.#callerId.hear(frame);
  }

  /** 20 ms with the receiver at the head. The line carries both ways only while its loop is closed. */
  talk(heard: Frame): Frame {
    this.receiver.hear(this.loopClosed ? heard : silentFrame);
    const said = this.receiver.mouth.next();
    return this.loopClosed ? said : silentFrame;
  }

  lift(): void {
    this.#need();
    if (this.#offHook) throw new Error(`${this.name} is already off-hook`);
    this.#offHook = true;
    this.receiver.lift();
    this.#bell();
    this.onLoop?.(this.loopClosed);
    this.onChange?.("hook");
  }

  hangUp(): void {
    if (!this.#offHook) throw new Error(`${this.name} is on-hook already`);
    this.#offHook = false;
    this.#breaking = false;
    this.receiver.putDown(`${this.name} was hung up`);
    this.#message = null;
    this.onLoop?.(this.loopClosed);
    this.#bell();
    this.onChange?.("hook");
  }

  async press(keys: readonly Key[]): Promise<void> {
    this.#needLoop();
    for (const key of keys) {
      if (key === "R") await this.flash();
      else await this.receiver.mouth.say(renderKey(key));
    }
  }

  /** Breaks the loop for a time in the middle of the country's window. */
  async flash(): Promise<void> {
    this.#needLoop();
    const { min, max } = this.#country.flashMs;
    this.#breaking = true;
    this.onLoop?.(this.loopClosed);
    await new Promise<void>((resolve) => {
      this.#clock.after(ms((min + max) / 2), resolve);
    });
    if (!this.#breaking) throw new Error(`${this.name} was hung up`);
    this.#breaking = false;
    this.onLoop?.(this.loopClosed);
  }

  leave(): void {
    this.#need();
    this.#plugged = false;
    this.#moved();
  }

  comeBack(): void {
    if (this.#plugged) throw new Error(`${this.name} is plugged into its socket already`);
    this.#plugged = true;
    this.#moved();
  }

  alertAfter(): void {
    throw new Error(`${this.name} is an analog phone: its bell rings at once; alertAfter is for handsets`);
  }

  refuseCalls(): void {
    throw new Error(`${this.name} is an analog phone: it cannot refuse calls; lift it (offhook) to be busy`);
  }

  #moved(): void {
    this.onLoop?.(this.loopClosed);
    this.#bell();
    this.onChange?.("present");
  }

  #need(): void {
    if (!this.#plugged) throw new Error(`${this.name} is unplugged from its socket: plug it in first (back)`);
  }

  #needLoop(): void {
    this.#need();
    if (!this.#offHook) throw new Error(`${this.name} is on-hook: lift it first (offhook)`);
  }

  #bell(): void {
    if (this.ringing === this.#rang) return;
    this.#rang = this.ringing;
    if (this.#rang && this.#clock.now() - this.#stillSince > NEW_CALL_MS) this.#message = null;
    if (!this.#rang) this.#stillSince = this.#clock.now();
    this.onChange?.("ringing");
  }

  #identified(message: CallerIdMessage): void {
    this.#message = message;
    this.onChange?.("display");
  }
}
