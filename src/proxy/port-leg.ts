import type { Desk } from "../logic/desk.ts";
import type { Stop } from "../logic/timers.ts";
import { type Cause, causes } from "../message/cause.ts";
import type { ToneName } from "../message/country.ts";
import type { RtpFormat } from "../message/media.ts";
import type { Digit, Endpoint, Identity, LegId, UsbEndpoint } from "../message/name.ts";
import { ms } from "../message/units.ts";
import type { PhoneView } from "../message/view.ts";
import type { FaxTone } from "../message/voice.ts";
import type { Leg, LegOwner, RingRequest, Side } from "./party.ts";
import { PhoneVoice } from "./phone-voice.ts";
import type { Port } from "./port.ts";

/**
 * The phone in an FXS socket as a leg of a call.
 *
 * ```text
 *   called:   ringing ─▶ up ─▶ over        calling:  dialling ─▶ up ─▶ over
 * ```
 */
export class PortLeg implements Leg {
  readonly id: LegId;
  readonly party: Port;
  readonly #desk: Desk;
  readonly #voice: PhoneVoice;
  #owner: LegOwner | null = null;
  #state: "ringing" | "dialling" | "up" | "over" = "ringing";
  #ringing = false;
  #stopCallerId: Stop | null = null;
  #stopAlert: Stop | null = null;

  constructor(desk: Desk, port: Port, id: LegId, endpoint: UsbEndpoint) {
    this.#desk = desk;
    this.party = port;
    this.id = id;
    this.#voice = new PhoneVoice(desk, endpoint, port.formats, port);
  }

  own(owner: LegOwner): void {
    this.#owner = owner;
  }

  get phoneState(): PhoneView["state"] {
    const states = { ringing: "ringing", dialling: "dialling", up: "inCall", over: "offHook" } as const;
    return states[this.#state];
  }

  get talking(): boolean {
    return this.#state === "up";
  }

  /** Rings, and sends the caller's number and name in the first long pause (EN 300 659-1 §6.1.2, during ringing). */
  startRinging(request: RingRequest): void {
    const { ring, callerIdDelayMs } = this.#desk.country;
    const cadenceMs = request.internal ? ring.internalCadenceMs : ring.cadenceMs;
    this.#ringing = true;
    this.#desk.send({
      world: "fxs",
      kind: "ring",
      port: this.party.name,
      cadenceMs,
      frequencyHz: ring.frequencyHz,
    });
    const firstRing = cadenceMs.slice(0, -1).reduce((sum, part) => sum + part, 0);
    this.#stopCallerId = this.#desk.timers.start("callerId", this.party.name, ms(firstRing + callerIdDelayMs), () =>
      this.#sendCallerId(request.caller),
    );
    // An analog phone that rings cannot say so: the ringing current is its alert. The event comes back by the timer
    // so that the call is never called from inside its own `ring`.
    this.#stopAlert = this.#desk.timers.start("ringing", this.party.name, ms(0), () => this.#owner?.alerted(this));
  }

  beginDialling(): void {
    this.#state = "dialling";
    this.#voice.open(null);
    this.#voice.tone("dial");
  }

  /** The person lifted the ringing phone. */
  lifted(): void {
    if (this.#state !== "ringing") return;
    this.#stopRinging();
    // What is still to be sent of the caller ID would be heard: closing voids it, the answer opens the channel anew.
    this.#voice.close();
    this.#state = "up";
    this.#owner?.answered(this);
  }

  digit(digit: Digit): void {
    this.#voice.endDialTone();
    this.#owner?.digit(this, digit, true);
  }

  flash(): void {
    this.#owner?.flashed(this);
  }

  /** In what the phone sends, or in what it is sent. */
  heardFax(tone: FaxTone): void {
    this.#owner?.heardFax(this, tone);
  }

  /** The phone hung up, or its line is lost. */
  gone(cause: Cause): void {
    const hungUp = cause === "normal" && this.#state === "dialling";
    this.#owner?.ended(this, hungUp ? "cancelled" : cause);
  }

  /** Its voice endpoint could not be opened. */
  unheard(): void {
    this.#owner?.ended(this, "internalError");
  }

  proceed(): void {
    if (this.#state === "dialling") this.#voice.tone(null);
  }

  alert(): void {
    if (this.#state === "dialling") this.#voice.tone("ringback");
  }

  progress(other: Side): void {
    this.#voice.tone(null);
    this.#voice.open(other);
  }

  accept(other: Side): void {
    if (this.#state !== "dialling") return;
    this.#state = "up";
    this.#voice.tone(null);
    this.#voice.open(other);
    this.party.changed();
  }

  hold(): void {
    // Silence tells an analog phone that it is held; the far end's music comes through when it has any.
  }

  resume(): void {
    // The voice path is joined again by the call.
  }

  sendDigit(digit: Digit): void {
    this.#voice.sendDigit(digit);
  }

  display(): void {
    // An analog phone shows the caller ID only, sent between the rings.
  }

  formats(): readonly RtpFormat[] {
    return this.#voice.formats;
  }

  takesKeyEvents(): boolean {
    return false;
  }

  voice(other: Side): Endpoint | null {
    return this.#voice.open(other);
  }

  carryFax(): void {
    this.#voice.carryFax();
  }

  release(cause: Cause, tone: ToneName = causes[cause].tone): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#stopRinging();
    this.party.forget(this, tone);
  }

  show(): string {
    return this.#state;
  }

  #sendCallerId(caller: Identity): void {
    const endpoint = this.#voice.open(null);
    const { callerId: standard } = this.#desk.country;
    const { number, name } = caller;
    this.#desk.send({ world: "voice", kind: "callerId", endpoint, standard, number, name });
  }

  #stopRinging(): void {
    this.#stopCallerId?.();
    this.#stopCallerId = null;
    this.#stopAlert?.();
    if (!this.#ringing) return;
    this.#ringing = false;
    this.#desk.send({ world: "fxs", kind: "stopRing", port: this.party.name });
  }
}
