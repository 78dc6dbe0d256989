import type { Desk } from "../logic/desk.ts";
import { type Cause, causeOfStatus } from "../message/cause.ts";
import type { Direction, LocalMedia, MediaDescription, OfferedCodec, RtpFormat } from "../message/media.ts";
import type { Digit, Endpoint, Identity, LegId, RtpEndpoint } from "../message/name.ts";
import type { SipCommand, SipEvent, SipLeg } from "../message/sip.ts";
import type { Line } from "./line.ts";
import type { Leg, LegOwner } from "./party.ts";

type Body<C> = C extends unknown ? Omit<C, "world" | "line" | "leg"> : never;
type SipBody = Body<SipCommand>;
type LegEvent = Exclude<
  SipEvent,
  { kind: "registered" } | { kind: "registrationFailed" } | { kind: "unregistered" } | { kind: "invited" }
>;

/** Telephone-event is offered under the payload type everybody uses (RFC 4733 leaves it dynamic). */
const EVENT_PAYLOAD_TYPE = 101;

/**
 * A SIP dialog as a leg of a call.
 *
 * ```text
 *   in:   invited ─▶ ringing ─▶ up ─▶ over        out:  calling ─▶ ringing ─▶ up ─▶ over
 * ```
 */
export class LineLeg implements Leg {
  readonly id: LegId;
  readonly party: Line;
  readonly sip: SipLeg;
  readonly #desk: Desk;
  #owner: LegOwner | null = null;
  #state: "invited" | "calling" | "ringing" | "up" | "over" = "invited";
  #endpoint: RtpEndpoint | null = null;
  #remote: MediaDescription | null;
  #chosen: OfferedCodec | null = null;
  /** From our side, RFC 3264. */
  #direction: Direction = "sendrecv";
  #heldByUs = false;

  /** For a call that came in. */
  static incoming(desk: Desk, line: Line, event: Extract<SipEvent, { kind: "invited" }>): LineLeg {
    return new LineLeg(desk, line, desk.nextLeg(), event.leg, event.media);
  }

  /** For a call to be made; null when there is no RTP port left. */
  static outgoing(desk: Desk, line: Line, id: LegId): LineLeg | null {
    const endpoint = desk.voice.takeRtp();
    if (endpoint === null) return null;
    const leg = new LineLeg(desk, line, id, desk.nextSipLeg(), null);
    leg.#endpoint = endpoint;
    leg.#state = "calling";
    return leg;
  }

  private constructor(desk: Desk, line: Line, id: LegId, sip: SipLeg, remote: MediaDescription | null) {
    this.id = id;
    this.party = line;
    this.sip = sip;
    this.#desk = desk;
    this.#remote = remote;
  }

  own(owner: LegOwner): void {
    this.#owner = owner;
  }

  invite(to: string, from: Identity): void {
    this.#send({ kind: "invite", to, from, media: this.#local(this.#offer()) });
  }

  proceed(): void {
    if (this.#state === "invited") this.#send({ kind: "trying" });
  }

  alert(): void {
    if (this.#state !== "invited") return;
    this.#state = "ringing";
    this.#send({ kind: "ring" });
  }

  progress(format: RtpFormat | null): void {
    if (this.#state === "up" || this.#remote === null || !this.reserveVoice()) return;
    this.#choose(format);
    this.#open();
    this.#send({ kind: "progress", media: this.#local(this.#answer()) });
  }

  accept(format: RtpFormat | null): void {
    if (this.#state === "up" || this.#state === "over" || !this.reserveVoice()) return;
    this.#state = "up";
    this.#choose(format);
    this.#open();
    this.#send({ kind: "accept", media: this.#local(this.#remote === null ? this.#offer() : this.#answer()) });
  }

  hold(): void {
    this.#reoffer(true);
  }

  resume(): void {
    this.#reoffer(false);
  }

  sendDigit(digit: Digit, heard: boolean): void {
    if (this.party.plan.dtmf === "info") this.#send({ kind: "sendDigit", digit, durationMs: 160 });
    else if (!heard && this.#endpoint !== null) this.#desk.voice.sendDigit(this.#endpoint, digit);
  }

  display(): void {
    // A SIP peer has no display of ours.
  }

  format(): RtpFormat | null {
    return this.#chosen?.format ?? null;
  }

  voice(): Endpoint | null {
    return this.#endpoint;
  }

  release(cause: Cause): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#send({ kind: "release", cause });
    if (this.#endpoint !== null) this.#desk.voice.close(this.#endpoint);
    this.party.forget(this);
  }

  show(): string {
    return this.#heldByUs ? "held" : this.#state;
  }

  take(event: LegEvent): void {
    switch (event.kind) {
      case "cancelled":
        return this.#owner?.ended(this, "cancelled");
      case "ringing":
        this.#state = "ringing";
        return this.#owner?.alerted(this);
      case "progressed":
        return this.#progressed(event.media);
      case "answered":
        return this.#answered(event.media);
      case "confirmed":
        return event.media === null ? undefined : this.#point(event.media);
      case "refused":
        return this.#owner?.ended(this, causeOfStatus(event.status));
      case "reoffered":
        return this.#reoffered(event.media);
      case "reanswered":
        return this.#point(event.media);
      case "reofferRefused":
        return;
      case "digit":
        return this.#owner?.digit(this, event.digit, false);
      case "ended":
        return this.#owner?.ended(this, event.cause);
    }
  }

  /** A key the voice path heard from the far end (RFC 4733). */
  heardDigit(digit: Digit): void {
    this.#owner?.digit(this, digit, false);
  }

  /** The far end has gone silent for longer than it may. */
  lostVoice(): void {
    if (this.#state === "up" && this.#direction === "sendrecv") this.#owner?.ended(this, "mediaTimeout");
  }

  #progressed(media: MediaDescription): void {
    this.#state = "ringing";
    this.#owner?.alerted(this);
    if (media.codecs.length === 0) return;
    this.#point(media);
    this.#owner?.progressed(this);
  }

  #answered(media: MediaDescription): void {
    this.#state = "up";
    if (media.codecs.length === 0) return this.#owner?.ended(this, "codecMismatch");
    this.#point(media);
    this.#owner?.answered(this);
  }

  /** The far end changes its side: new address, new codec, hold (RFC 3264 §8). */
  #reoffered(media: MediaDescription | null): void {
    if (this.#state !== "up") return;
    if (media === null) return this.#send({ kind: "acceptReoffer", media: this.#local(this.#offer()) });
    if (media.codecs.length === 0) return this.#send({ kind: "refuseReoffer", cause: "codecMismatch" });
    const wasHeld = this.#heldByThem;
    this.#point(media);
    this.#send({ kind: "acceptReoffer", media: this.#local(this.#answer()) });
    if (this.#heldByThem && !wasHeld) this.#owner?.held(this);
    else if (!this.#heldByThem && wasHeld) this.#owner?.resumed(this);
  }

  get #heldByThem(): boolean {
    const theirs = this.#remote?.direction;
    return theirs === "sendonly" || theirs === "inactive";
  }

  #reoffer(hold: boolean): void {
    if (this.#state !== "up" || this.#heldByUs === hold) return;
    this.#heldByUs = hold;
    this.#direction = this.#ourDirection();
    this.#open();
    this.#send({ kind: "reoffer", media: this.#local(this.#answer()) });
  }

  /** Takes over where the far end wants its sound, and in what. */
  #point(media: MediaDescription): void {
    this.#remote = media;
    this.#direction = this.#ourDirection();
    this.#choose(this.#chosen?.format ?? null);
    this.#open();
  }

  /** Mirrors theirs, less what we hold ourselves. */
  #ourDirection(): Direction {
    const theirs = this.#remote?.direction ?? "sendrecv";
    const send = theirs === "sendrecv" || theirs === "recvonly";
    const receive = (theirs === "sendrecv" || theirs === "sendonly") && !this.#heldByUs;
    if (send) return receive ? "sendrecv" : "sendonly";
    return receive ? "recvonly" : "inactive";
  }

  /** What the other side of the call speaks when it was offered, so that frames pass untouched; else our preference. */
  #choose(wanted: RtpFormat | null): void {
    const offered = this.#remote?.codecs ?? [];
    const order = wanted === null ? this.party.plan.codecs : [wanted, ...this.party.plan.codecs];
    const found = order.flatMap((format) => offered.find((codec) => codec.format === format) ?? []);
    this.#chosen = found[0] ?? offered[0] ?? null;
  }

  /** Takes an RTP endpoint if it has none; false when all are in use. */
  reserveVoice(): boolean {
    this.#endpoint ??= this.#desk.voice.takeRtp();
    return this.#endpoint !== null;
  }

  #open(): void {
    const codec = this.#chosen ?? this.#offer()[0];
    if (this.#endpoint === null || codec === undefined) return;
    this.#desk.voice.openRtp({
      world: "voice",
      kind: "openRtp",
      endpoint: this.#endpoint,
      remote: this.#remote?.remote ?? null,
      format: codec.format,
      payloadType: codec.payloadType,
      eventPayloadType: this.#eventType(),
      direction: this.#direction,
    });
  }

  /** Null = digits go as sound. */
  #eventType(): number | null {
    if (this.party.plan.dtmf !== "rfc4733") return null;
    return this.#remote === null ? EVENT_PAYLOAD_TYPE : this.#remote.eventPayloadType;
  }

  #offer(): OfferedCodec[] {
    return this.party.plan.codecs.map((format) => ({ format, payloadType: format === "PCMU" ? 0 : 8 }));
  }

  #answer(): OfferedCodec[] {
    return this.#chosen === null ? this.#offer() : [this.#chosen];
  }

  #local(codecs: readonly OfferedCodec[]): LocalMedia {
    if (this.#endpoint === null) throw new Error(`${this.sip} has no voice endpoint`);
    const { dtmf } = this.party.plan;
    const eventPayloadType = dtmf === "rfc4733" ? this.#eventType() : null;
    return { endpoint: this.#endpoint, codecs, eventPayloadType, direction: this.#direction };
  }

  #send(body: SipBody): void {
    this.#desk.send({ world: "sip", line: this.party.name, leg: this.sip, ...body } as SipCommand);
  }
}
