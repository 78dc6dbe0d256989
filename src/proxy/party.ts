import type { Cause } from "../message/cause.ts";
import type { ToneName } from "../message/country.ts";
import type { RtpFormat } from "../message/media.ts";
import type { CallId, Digit, Endpoint, Identity, LegId, PartyName } from "../message/name.ts";
import type { FaxTone } from "../message/voice.ts";

/**
 * The contract that Line, Handset and Port satisfy, and all that a Call knows of them.
 *
 * ```text
 *   Call ──ring──▶ Party ⇒ Leg (or why not)
 *   Call ──proceed · alert · accept · hold · resume · sendDigit · display · release──▶ Leg
 *   Call ◀──alerted · progressed · answered · digit · flashed · held · resumed · ended── Leg
 * ```
 *
 * A leg never calls its owner from inside a method its owner called: what it has to say at once it returns.
 */
export interface Party {
  readonly name: PartyName;
  /** As others see it: internal number or line number, and a name. */
  readonly identity: Identity;
  /** Starts ringing this party, or says at once why it cannot: busy, unreachable, no resources. */
  ring(owner: LegOwner, request: RingRequest): Leg | Cause;
}

export interface RingRequest {
  readonly call: CallId;
  readonly leg: LegId;
  readonly caller: Identity;
  /** The number to call, for a party that is a way out; the number called, for one that rings. */
  readonly number: string;
  /** From another phone of the house: a different ring. */
  readonly internal: boolean;
  /** An emergency that no line has room for: its own limit does not keep it back. */
  readonly pressing: boolean;
  /** What the calling side's voice can be in without work: frames then pass untouched. */
  readonly formats: readonly RtpFormat[];
}

/** What one side of a call has to know of the other's voice. */
export interface Side {
  /** What its voice can be in without work, best first; one when it was negotiated. */
  formats(): readonly RtpFormat[];
  /** Keys reach it as events: their sound must not (RFC 4733 §2.1). */
  takesKeyEvents(): boolean;
}

/** One party's side of a call. */
export interface Leg extends Side {
  readonly id: LegId;
  readonly party: Party;
  /** To the calling side: the number is complete, somebody is being called (100, CC-CALL-PROC). */
  proceed(): void;
  /** To the calling side: the called side rings (180, CC-ALERTING, ringback tone). */
  alert(): void;
  /** To the calling side: sound comes before the answer (183, tone off). */
  progress(other: Side): void;
  /** To the calling side: the called side answered (200, CC-CONNECT, tone off). */
  accept(other: Side): void;
  /** The other side holds this one, and takes it back. */
  hold(): void;
  resume(): void;
  /** A key pressed by the other side. `heard`: its sound travels the voice path anyway. */
  sendDigit(digit: Digit, heard: boolean): void;
  /** Text for a party that has a display. */
  display(text: string): void;
  /** Opens this side's voice to suit the other, and names its endpoint; null when there is none. */
  voice(other: Side): Endpoint | null;
  /** A fax machine or modem speaks: what a voice would want done to the sound is not done any more. */
  carryFax(): void;
  /**
   * Over. Exactly once, whoever ended it; nothing is said to the owner after it. `tone`: what a caller who is still off-hook
   * hears instead of the cause's tone.
   */
  release(cause: Cause, tone?: ToneName): void;
  /** One word of state, for people. */
  show(): string;
}

/** Who owns legs: a Call. */
export interface LegOwner {
  readonly call: CallId;
  /** The called party rings. */
  alerted(leg: Leg): void;
  /** The called party sends sound before it answers. */
  progressed(leg: Leg): void;
  answered(leg: Leg): void;
  digit(leg: Leg, digit: Digit, heard: boolean): void;
  /** Register recall: R key or hook flash. */
  flashed(leg: Leg): void;
  /** This party put the others on hold, and took them back. */
  held(leg: Leg): void;
  resumed(leg: Leg): void;
  /** A fax machine was heard, at this party's end of the path. */
  heardFax(leg: Leg, tone: FaxTone): void;
  /** The far end wants this side's voice in another codec. */
  reformatted(leg: Leg): void;
  /** The party is gone; the owner still owes it its `release`. */
  ended(leg: Leg, cause: Cause): void;
}

/** What parties need of the exchange: somewhere to bring a call that begins with them. */
export interface Reception {
  /** A call from outside: INVITE on a line. The leg is the caller's; `problem`: why the line can not take it. */
  arrived(leg: Leg, from: Identity, dialled: string, problem: Cause | null): LegOwner;
  /** Somebody lifted a phone, or pressed the green key; `digits` when he dialled before. */
  lifted(leg: Leg): LegOwner;
}
