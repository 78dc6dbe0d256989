import type { Desk } from "../logic/desk.ts";
import type { Stop } from "../logic/timers.ts";
import type { Cause } from "../message/cause.ts";
import type { ToneName } from "../message/country.ts";
import type { FxsEvent } from "../message/fxs.ts";
import type { VoiceFormat } from "../message/media.ts";
import { type Identity, type PortName, type UsbEndpoint, usbEndpoint } from "../message/name.ts";
import type { PhonePlan } from "../message/plan.ts";
import { between, type Instant, ms, unreachable } from "../message/units.ts";
import type { PhoneView } from "../message/view.ts";
import type { EchoTailMs } from "../message/voice.ts";
import type { Base } from "./base.ts";
import type { Leg, LegOwner, Party, Reception, RingRequest } from "./party.ts";
import { PortLeg } from "./port-leg.ts";

type PortEvent = Extract<FxsEvent, { readonly port: PortName }>;

/** How long the off-hook warning sounds before the port falls silent. */
const WARNING_MS = ms(60_000);

/**
 * An FXS socket and the phone in it: hook, flash, digits, ring, caller ID, tones.
 * A short break of the loop is a flash (register recall), a long one is on-hook; which is which depends on the country.
 */
export class Port implements Party {
  readonly name: PortName;
  readonly #desk: Desk;
  readonly #plan: PhonePlan;
  readonly #reception: Reception;
  #dongle: Base | null = null;
  #endpoint: UsbEndpoint | null = null;
  #formats: readonly VoiceFormat[] = [];
  #leg: PortLeg | null = null;
  #told: PhoneView["state"] = "absent";
  #offHook = false;
  #fault = false;
  #brokenAt: Instant | null = null;
  #stopBreak: Stop | null = null;
  #stopParked: Stop | null = null;

  constructor(desk: Desk, plan: PhonePlan, name: PortName, reception: Reception) {
    this.name = name;
    this.#desk = desk;
    this.#plan = plan;
    this.#reception = reception;
  }

  get echoTailMs(): EchoTailMs | undefined {
    return this.#plan.echoTailMs;
  }

  get fax(): boolean {
    return this.#plan.fax === true;
  }

  get identity(): Identity {
    return { number: this.#plan.number, name: this.#plan.name };
  }

  ring(owner: LegOwner, request: RingRequest): Leg | Cause {
    if (this.#endpoint === null || this.#fault) return "unreachable";
    if (this.#offHook || this.#leg !== null) return "busy";
    const leg = new PortLeg(this.#desk, this, request.leg, this.#endpoint);
    this.#leg = leg;
    leg.own(owner);
    leg.startRinging(request);
    this.changed();
    return leg;
  }

  attached(dongle: Base, channel: number, formats: readonly VoiceFormat[], offHook: boolean): void {
    this.#place(dongle, channel, formats);
    this.changed();
    if (offHook) this.#lifted();
  }

  detached(): void {
    this.#dongle = null;
    this.#fault = false;
    this.#offHook = false;
    this.#endBreak();
    if (this.#leg !== null) this.#leg.gone("deviceLost");
    else this.#unpark();
    this.#endpoint = null;
    this.changed();
  }

  take(event: PortEvent): void {
    switch (event.kind) {
      case "wentOffHook":
        return this.#brokenAt === null ? this.#lifted() : this.#closedAgain(this.#brokenAt);
      case "wentOnHook":
        return this.#opened();
      case "digit":
        return this.#offHook ? this.#leg?.digit(event.digit) : undefined;
      case "lineFault":
        return this.#faulted();
      case "lineRestored":
        this.#fault = false;
        return this.changed();
      default:
        return unreachable(event);
    }
  }

  /** A handler threw at this event: whose leg it was about. What it says of the hook is so all the same. */
  trippedOver({ kind }: PortEvent): PortLeg | null {
    if (kind === "wentOnHook" || kind === "lineFault") {
      this.#offHook = false;
      this.#fault ||= kind === "lineFault";
      this.#endBreak();
      this.#unpark();
      if (this.#leg === null) this.changed();
    }
    return this.#leg;
  }

  get formats(): readonly VoiceFormat[] {
    return this.#formats;
  }

  get endpoint(): UsbEndpoint | null {
    return this.#endpoint;
  }

  get leg(): PortLeg | null {
    return this.#leg;
  }

  /** Its line is out of service. */
  get faulty(): boolean {
    return this.#fault;
  }

  /** Nobody speaks and nothing sounds. */
  get idle(): boolean {
    return this.#leg === null && !this.#offHook;
  }

  /** A leg that is over: with the phone still off-hook its person hears the tone until he hangs up. */
  forget(leg: PortLeg, tone: ToneName): void {
    if (this.#leg === leg) this.#leg = null;
    // Both hang up at once: the loop is open, and what might have been a flash is not one any more.
    if (this.#brokenAt !== null) this.#offHook = false;
    this.#endBreak();
    if (this.#offHook && this.#endpoint !== null) this.#park(this.#endpoint, tone);
    else if (this.#endpoint !== null) this.#desk.voice.close(this.#endpoint);
    this.changed();
  }

  view(): PhoneView {
    const { number, name } = this.#plan;
    return { phone: this.name, number, name, state: this.#state(), device: this.#dongle?.device ?? null };
  }

  restore(dongle: Base, channel: number, formats: readonly VoiceFormat[], faulty: boolean): void {
    this.#place(dongle, channel, formats);
    this.#fault = faulty;
    this.#told = this.#state();
  }

  /** One fact per change of state. */
  changed(): void {
    const state = this.#state();
    if (state === this.#told) return;
    this.#told = state;
    this.#desk.tell({ kind: "phoneChanged", phone: this.name, state });
  }

  #place(dongle: Base, channel: number, formats: readonly VoiceFormat[]): void {
    this.#dongle = dongle;
    this.#endpoint = usbEndpoint(dongle.device, channel);
    this.#formats = formats;
  }

  #state(): PhoneView["state"] {
    if (this.#dongle === null) return "absent";
    if (this.#fault) return "fault";
    if (this.#leg !== null) return this.#leg.phoneState;
    return this.#offHook ? "offHook" : "idle";
  }

  #lifted(): void {
    if (this.#offHook || this.#endpoint === null) return;
    this.#offHook = true;
    if (this.#leg !== null) this.#leg.lifted();
    else {
      const leg = new PortLeg(this.#desk, this, this.#desk.nextLeg(), this.#endpoint);
      this.#leg = leg;
      leg.beginDialling();
      leg.own(this.#reception.lifted(leg));
    }
    this.changed();
  }

  /** The loop opened. In a conversation it may be a flash, so the end of the call waits until it is too long for one. */
  #opened(): void {
    if (!this.#offHook || this.#brokenAt !== null) return;
    if (this.#leg?.talking !== true) return this.#hungUp();
    this.#brokenAt = this.#desk.now;
    const longest = ms(this.#desk.country.flashMs.max);
    this.#stopBreak = this.#desk.timers.start("flash", this.name, longest, () => this.#hungUp());
  }

  #closedAgain(brokenAt: Instant): void {
    const length = between(brokenAt, this.#desk.now);
    this.#endBreak();
    if (length >= this.#desk.country.flashMs.min) this.#leg?.flash();
  }

  #hungUp(): void {
    this.#offHook = false;
    this.#endBreak();
    this.#unpark();
    this.#leg?.gone("normal");
    this.changed();
  }

  #faulted(): void {
    this.#fault = true;
    this.#offHook = false;
    this.#unpark();
    this.#leg?.gone("deviceLost");
    this.changed();
  }

  #endBreak(): void {
    this.#stopBreak?.();
    this.#stopBreak = null;
    this.#brokenAt = null;
  }

  #park(endpoint: UsbEndpoint, tone: ToneName): void {
    const { timers, voice, house } = this.#desk;
    voice.part(endpoint);
    voice.tone(endpoint, tone);
    this.#stopParked = timers.start("busyTone", this.name, ms(house.timing.busyToneMs), () => {
      voice.tone(endpoint, "offHookWarning");
      this.#stopParked = timers.start("offHookWarning", this.name, WARNING_MS, () => voice.close(endpoint));
    });
  }

  #unpark(): void {
    this.#stopParked?.();
    this.#stopParked = null;
    if (this.#leg === null && this.#endpoint !== null) this.#desk.voice.close(this.#endpoint);
  }
}
