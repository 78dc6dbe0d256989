import type { Desk } from "../logic/desk.ts";
import type { Stop } from "../logic/timers.ts";
import { type Cause, causes } from "../message/cause.ts";
import type { ToneName } from "../message/country.ts";
import type { CcCall, DectCommand, DectEvent, ReleaseReason } from "../message/dect.ts";
import type { RtpFormat } from "../message/media.ts";
import { type Digit, type Endpoint, type LegId, usbEndpoint } from "../message/name.ts";
import { ms } from "../message/units.ts";
import type { PhoneView } from "../message/view.ts";
import type { Base } from "./base.ts";
import type { Handset } from "./handset.ts";
import { digitsOf } from "./keypad.ts";
import type { Leg, LegOwner, RingRequest, Side } from "./party.ts";
import { PhoneVoice } from "./phone-voice.ts";

type Body<C> = C extends unknown ? Omit<C, "world" | "handset" | "call"> : never;
type LegEvent = Extract<DectEvent, { kind: "keypad" | "alerting" | "connect" | "pageFailed" | "released" }>;

/** Register recall in a keypad string (EN 300 175-5 annex D). */
const RECALL = "\x15";

const reasons: Partial<Record<Cause, ReleaseReason>> = {
  busy: "busy",
  rejected: "rejected",
  answeredElsewhere: "answeredElsewhere",
  noResources: "resources",
  noAnswer: "timerExpiry",
  timeout: "timerExpiry",
};

const causeOf: Record<ReleaseReason, Cause> = {
  normal: "normal",
  busy: "busy",
  rejected: "rejected",
  notInRange: "unreachable",
  timerExpiry: "noAnswer",
  resources: "noResources",
  answeredElsewhere: "normal",
  unknown: "temporaryFailure",
};

/**
 * A CC transaction as a leg of a call (EN 300 175-5 §9).
 *
 * ```text
 *   called:   paging ─▶ alerting ─▶ up ─▶ over
 *   calling:  dialling ─▶ up ─▶ over          (failed: ─▶ tone ─▶ over, the caller hears why)
 * ```
 */
export class HandsetLeg implements Leg {
  readonly id: LegId;
  readonly party: Handset;
  readonly cc: CcCall;
  readonly channel: number;
  readonly #desk: Desk;
  readonly #voice: PhoneVoice;
  #owner: LegOwner | null = null;
  #state: "paging" | "alerting" | "dialling" | "up" | "tone" | "over" = "paging";
  #stopTone: Stop | null = null;
  /** It was told that somebody rings. */
  #alerted = false;
  /** It let go of the link: no tone reaches it. */
  #gone = false;

  constructor(desk: Desk, handset: Handset, base: Base, cc: CcCall, id: LegId, channel: number) {
    this.#desk = desk;
    this.party = handset;
    this.cc = cc;
    this.id = id;
    this.channel = channel;
    this.#voice = new PhoneVoice(desk, usbEndpoint(base.device, channel), handset.formats, null);
  }

  own(owner: LegOwner): void {
    this.#owner = owner;
  }

  get phoneState(): PhoneView["state"] {
    const states = { paging: "ringing", alerting: "ringing", dialling: "dialling", up: "inCall" } as const;
    return this.#state === "tone" || this.#state === "over" ? "offHook" : states[this.#state];
  }

  setup(request: RingRequest): void {
    const signal = request.internal ? "alertingInternal" : "alertingExternal";
    this.#send({ kind: "setup", caller: request.caller, signal, channel: this.channel });
    this.party.changed();
  }

  /** CC-SETUP-ACK and dial tone. */
  beginDialling(): void {
    this.#state = "dialling";
    this.#send({ kind: "setupAck", channel: this.channel });
    this.#voice.open(null);
    this.#voice.tone("dial");
  }

  /** Keys of a keypad element: digits, or register recall. */
  keys(keypad: string): void {
    for (const key of keypad) {
      if (key === RECALL) this.#owner?.flashed(this);
      else for (const digit of digitsOf(key)) this.#digit(digit);
    }
  }

  proceed(): void {
    if (this.#state !== "dialling") return;
    this.#voice.tone(null);
    this.#send({ kind: "proceeding" });
  }

  alert(): void {
    if (this.#state !== "dialling") return;
    if (!this.#alerted) this.#send({ kind: "alerting" });
    this.#alerted = true;
    this.#voice.tone("ringback");
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
    this.#send({ kind: "connect" });
    this.party.changed();
  }

  hold(): void {
    this.display("Held");
  }

  resume(): void {
    this.display("");
  }

  sendDigit(digit: Digit): void {
    this.#voice.sendDigit(digit);
  }

  display(text: string): void {
    this.#send({ kind: "display", text });
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
    // No machine hangs on a handset; what its person hears of one is not made worse.
  }

  /** A caller whose call came to nothing is told so by a tone before the link is let go. */
  release(cause: Cause, tone: ToneName = causes[cause].tone): void {
    if (this.#state === "over" || this.#state === "tone") return;
    const told = this.#state === "dialling" && cause !== "cancelled" && !this.#gone && this.party.device !== null;
    if (!told) return this.#clear(reasons[cause] ?? "normal");
    this.#state = "tone";
    this.#voice.tone(tone);
    const length = ms(this.#desk.house.timing.busyToneMs);
    this.#stopTone = this.#desk.timers.start("busyTone", this.party.name, length, () => this.#clear("normal"));
  }

  show(): string {
    return this.#state;
  }

  take(event: LegEvent): void {
    switch (event.kind) {
      case "keypad":
        return this.keys(event.keypad);
      case "alerting":
        if (this.#state !== "paging") return;
        this.#state = "alerting";
        return this.#owner?.alerted(this);
      case "connect":
        return this.#connected();
      case "pageFailed":
        return this.#owner?.ended(this, "unreachable");
      case "released":
        return this.#released(event.reason);
    }
  }

  get endpoint(): Endpoint {
    return this.#voice.endpoint;
  }

  /** Its voice endpoint could not be opened. */
  unheard(): void {
    this.#owner?.ended(this, "internalError");
  }

  /** The base was unplugged. */
  lost(): void {
    if (this.#state === "tone") this.#clear("normal");
    else this.#owner?.ended(this, "deviceLost");
  }

  /** No tone reaches it any more. */
  isGone(): void {
    this.#gone = true;
    if (this.#state === "tone") this.#clear("normal");
  }

  #connected(): void {
    if (this.#state !== "paging" && this.#state !== "alerting") return;
    this.#state = "up";
    this.#send({ kind: "connectAck" });
    this.party.changed();
    this.#owner?.answered(this);
  }

  #released(reason: ReleaseReason): void {
    if (this.#state === "tone") return this.#clear("normal");
    this.#gone = true;
    const ringing = this.#state === "paging" || this.#state === "alerting";
    const cause = causeOf[reason];
    if (this.#state === "dialling" && cause === "normal") return this.#owner?.ended(this, "cancelled");
    this.#owner?.ended(this, ringing && cause === "normal" ? "rejected" : cause);
  }

  #digit(digit: Digit): void {
    this.#voice.endDialTone();
    this.#owner?.digit(this, digit, false);
  }

  #clear(reason: ReleaseReason): void {
    this.#state = "over";
    this.#stopTone?.();
    this.#send({ kind: "release", reason });
    this.#voice.close();
    this.party.forget(this);
  }

  #send(body: Body<DectCommand>): void {
    const command = { world: "dect", handset: this.party.name, call: this.cc, ...body };
    this.#desk.send(command as DectCommand); // a body of the union, completed
  }
}
