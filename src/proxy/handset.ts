import type { Desk } from "../logic/desk.ts";
import type { Cause } from "../message/cause.ts";
import type { CcCall, DectEvent } from "../message/dect.ts";
import type { VoiceFormat } from "../message/media.ts";
import type { HandsetName, Identity } from "../message/name.ts";
import type { PhonePlan } from "../message/plan.ts";
import { unreachable } from "../message/units.ts";
import type { PhoneView } from "../message/view.ts";
import type { Base } from "./base.ts";
import { HandsetLeg } from "./handset-leg.ts";
import type { Leg, LegOwner, Party, Reception, RingRequest } from "./party.ts";

type HandsetEvent = Extract<DectEvent, { readonly handset: HandsetName }>;

/** A DECT portable: where it is subscribed, whether it was there when last heard of, and its call. */
export class Handset implements Party {
  readonly name: HandsetName;
  readonly #desk: Desk;
  readonly #plan: PhonePlan;
  readonly #reception: Reception;
  #base: Base | null = null;
  #formats: readonly VoiceFormat[] = [];
  #leg: HandsetLeg | null = null;
  #told: PhoneView["state"] = "absent";
  /** The last page failed, or it said good-bye. It is rung all the same: only a page can tell that it is back. */
  #away = false;

  constructor(desk: Desk, plan: PhonePlan, name: HandsetName, reception: Reception) {
    this.name = name;
    this.#desk = desk;
    this.#plan = plan;
    this.#reception = reception;
  }

  get identity(): Identity {
    return { number: this.#plan.number, name: this.#plan.name };
  }

  /** Nobody knows whether it is in range before the page fails, so ringing starts whenever the base is there. */
  ring(owner: LegOwner, request: RingRequest): Leg | Cause {
    if (this.#base === null) return "unreachable";
    if (this.#leg !== null) return "busy";
    const channel = this.#base.takeChannel();
    if (channel === null) return "noResources";
    const leg = new HandsetLeg(this.#desk, this, this.#base, this.#desk.nextCc(), request.leg, channel);
    this.#leg = leg;
    leg.own(owner);
    leg.setup(request);
    return leg;
  }

  attached(base: Base, formats: readonly VoiceFormat[]): void {
    this.#base = base;
    this.#formats = formats;
    this.#away = false;
    this.changed();
  }

  /** The base is gone, and with it whatever was said through it. */
  detached(): void {
    this.#base = null;
    this.#leg?.lost();
    this.changed();
  }

  /** Whatever it says shows that it is there, also to a transaction that is refused, or over. */
  take(event: HandsetEvent): void {
    this.#away = event.kind === "pageFailed" || event.kind === "detachedHandset";
    this.#react(event);
    this.changed();
  }

  #react(event: HandsetEvent): void {
    switch (event.kind) {
      case "located":
      case "detachedHandset":
        return;
      case "setup":
        return this.#setup(event);
      case "keypad":
      case "alerting":
      case "connect":
      case "pageFailed":
      case "released":
        if (this.#leg?.cc === event.call) this.#leg.take(event);
        return;
      default:
        return unreachable(event);
    }
  }

  get away(): boolean {
    return this.#away;
  }

  get device(): Base | null {
    return this.#base;
  }

  get formats(): readonly VoiceFormat[] {
    return this.#formats;
  }

  get leg(): HandsetLeg | null {
    return this.#leg;
  }

  /** A handler threw at this event of a transaction: whose leg that is. */
  trippedOver(event: Extract<HandsetEvent, { readonly call: CcCall }>): HandsetLeg | null {
    if (this.#leg?.cc !== event.call) return null;
    const leg = this.#leg;
    if (event.kind === "released" || event.kind === "pageFailed") leg.isGone();
    return leg;
  }

  /** Called by a leg that is over for good. */
  forget(leg: HandsetLeg): void {
    this.#base?.giveChannel(leg.channel);
    if (this.#leg === leg) this.#leg = null;
    this.changed();
  }

  view(): PhoneView {
    const { number, name } = this.#plan;
    const idle = this.#away ? "absent" : "idle";
    const state = this.#base === null ? "absent" : (this.#leg?.phoneState ?? idle);
    return { phone: this.name, number, name, state, device: this.#base?.device ?? null };
  }

  restore(base: Base, formats: readonly VoiceFormat[], away: boolean): void {
    this.#base = base;
    this.#formats = formats;
    this.#away = away;
    this.#told = this.view().state;
  }

  /** One fact per change of state. */
  changed(): void {
    const { state } = this.view();
    if (state === this.#told) return;
    this.#told = state;
    this.#desk.tell({ kind: "phoneChanged", phone: this.name, state });
  }

  /** The green key: a call begins with this handset. One at a time; a second transaction is refused. */
  #setup(event: Extract<DectEvent, { kind: "setup" }>): void {
    const { call, keypad } = event;
    const base = this.#leg === null ? this.#base : null;
    const channel = base?.takeChannel() ?? null;
    if (base === null || channel === null) return this.refuse(call);
    const leg = new HandsetLeg(this.#desk, this, base, call, this.#desk.nextLeg(), channel);
    this.#leg = leg;
    leg.beginDialling();
    leg.own(this.#reception.lifted(leg));
    leg.keys(keypad);
    this.changed();
  }

  refuse(call: CcCall): void {
    this.#desk.send({ world: "dect", kind: "release", handset: this.name, call, reason: "resources" });
  }
}
