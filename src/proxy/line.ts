import type { Desk } from "../logic/desk.ts";
import type { Cause } from "../message/cause.ts";
import type { MediaDescription } from "../message/media.ts";
import type { Identity, LineName } from "../message/name.ts";
import type { LinePlan } from "../message/plan.ts";
import type { SipEvent, SipLeg } from "../message/sip.ts";
import { unreachable } from "../message/units.ts";
import type { LineView } from "../message/view.ts";
import { LineLeg } from "./line-leg.ts";
import type { Leg, LegOwner, Party, Reception, RingRequest } from "./party.ts";

/** A SIP account: last known registration, and the legs of its calls. */
export class Line implements Party {
  readonly name: LineName;
  readonly plan: LinePlan;
  readonly #desk: Desk;
  readonly #reception: Reception;
  readonly #legs = new Map<SipLeg, LineLeg>();
  #state: LineView["state"];
  #server = "";
  #detail = "";

  constructor(desk: Desk, plan: LinePlan, reception: Reception) {
    this.name = plan.line;
    this.plan = plan;
    this.#desk = desk;
    this.#reception = reception;
    this.#state = plan.registers ? "unregistered" : "direct";
  }

  get identity(): Identity {
    return { number: this.plan.number, name: null };
  }

  /** Calls out by this line. */
  ring(owner: LegOwner, request: RingRequest): Leg | Cause {
    if (this.#legs.size >= this.plan.maxCalls && !request.pressing) return "noResources";
    const leg = LineLeg.outgoing(this.#desk, this, request.leg);
    if (leg === null) return "noResources";
    this.#legs.set(leg.sip, leg);
    leg.own(owner);
    leg.invite(request.number, { number: this.plan.number, name: request.caller.name }, request.formats);
    return leg;
  }

  take(event: SipEvent): void {
    switch (event.kind) {
      case "registered":
        return this.#change("registered", event.server, `for ${event.expiresSeconds} s`);
      case "registrationFailed":
        return this.#change("failed", event.server, `${event.status} ${event.reason}`);
      case "unregistered":
        return this.#change("unregistered", this.#server, "");
      case "invited":
        return this.#invited(event);
      case "calling":
        return;
      case "cancelled":
      case "ringing":
      case "progressed":
      case "answered":
      case "confirmed":
      case "refused":
      case "reoffered":
      case "reanswered":
      case "reofferRefused":
      case "digit":
      case "ended":
        return this.#legs.get(event.leg)?.take(event);
      default:
        return unreachable(event);
    }
  }

  /** Called by a leg when it is released. */
  forget(leg: LineLeg): void {
    this.#legs.delete(leg.sip);
  }

  leg(sip: SipLeg): LineLeg | null {
    return this.#legs.get(sip) ?? null;
  }

  *legs(): Iterable<LineLeg> {
    yield* this.#legs.values();
  }

  view(): LineView {
    const { name: line } = this;
    return { line, state: this.#state, server: this.#server, detail: this.#detail, calls: this.#legs.size };
  }

  restore(view: LineView): void {
    this.#state = view.state;
    this.#server = view.server;
    this.#detail = view.detail;
  }

  /** An INVITE of which nothing became. */
  refuse(leg: SipLeg): void {
    this.#desk.send({ world: "sip", line: this.name, leg, kind: "release", cause: "internalError" });
  }

  #invited(event: Extract<SipEvent, { kind: "invited" }>): void {
    const leg = LineLeg.incoming(this.#desk, this, event);
    const problem = this.#problemWith(leg, event.media);
    this.#legs.set(leg.sip, leg);
    leg.own(this.#reception.arrived(leg, event.from, event.dialled, problem));
  }

  /** Why a call that came in can not be taken; else its voice is reserved: who lifts a phone is to be heard. */
  #problemWith(leg: LineLeg, media: MediaDescription | null): Cause | null {
    if (this.#legs.size >= this.plan.maxCalls) return "busy";
    if (media !== null && media.codecs.length === 0) return "codecMismatch";
    return leg.reserveVoice() ? null : "noResources";
  }

  #change(state: LineView["state"], server: string, detail: string): void {
    const changed = state !== this.#state || server !== this.#server;
    this.#state = state;
    this.#server = server;
    this.#detail = detail;
    if (changed) this.#desk.tell({ kind: "lineChanged", line: this.name, state, detail });
  }
}
