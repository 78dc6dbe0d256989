import type { Desk } from "../logic/desk.ts";
import { type Cause, causeOfStatus } from "../message/cause.ts";
import type { MediaDescription, RtpFormat } from "../message/media.ts";
import type { Digit, Endpoint, Identity, LegId } from "../message/name.ts";
import type { SipCommand, SipEvent, SipLeg } from "../message/sip.ts";
import type { Line } from "./line.ts";
import type { Leg, LegOwner, Side } from "./party.ts";
import { RtpStream } from "./rtp-stream.ts";

type Body<C> = C extends unknown ? Omit<C, "world" | "line" | "leg"> : never;
type SipBody = Body<SipCommand>;
type LegEvent = Exclude<Extract<SipEvent, { readonly leg: SipLeg }>, { readonly kind: "invited" }>;

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
  readonly #stream: RtpStream;

  /** For a call that came in. */
  static incoming(desk: Desk, line: Line, event: Extract<SipEvent, { kind: "invited" }>): LineLeg {
    const leg = new LineLeg(desk, line, desk.nextLeg(), event.leg);
    if (event.media !== null) leg.#stream.theirOffer(event.media);
    return leg;
  }

  /** For a call to be made; null when there is no RTP port left. */
  static outgoing(desk: Desk, line: Line, id: LegId): LineLeg | null {
    const stream = new RtpStream(desk, line.plan);
    if (!stream.reserve()) return null;
    const leg = new LineLeg(desk, line, id, desk.nextSipLeg(), stream);
    leg.#state = "calling";
    return leg;
  }

  private constructor(desk: Desk, line: Line, id: LegId, sip: SipLeg, stream = new RtpStream(desk, line.plan)) {
    this.id = id;
    this.party = line;
    this.sip = sip;
    this.#desk = desk;
    this.#stream = stream;
  }

  own(owner: LegOwner): void {
    this.#owner = owner;
  }

  /** `formats`: what the calling side can have untouched; offered first. */
  invite(to: string, from: Identity, formats: readonly RtpFormat[]): void {
    this.#stream.prefer(formats);
    this.#send({ kind: "invite", to, from, media: this.#stream.offer() });
  }

  proceed(): void {
    if (this.#state === "invited") this.#send({ kind: "trying" });
  }

  alert(): void {
    if (this.#state !== "invited") return;
    this.#state = "ringing";
    this.#send({ kind: "ring" });
  }

  progress(other: Side): void {
    if (this.#state === "up" || !this.#stream.hasRemote || !this.reserveVoice()) return;
    this.#stream.choose(other.formats());
    this.#stream.open();
    this.#send({ kind: "progress", media: this.#stream.answer() });
  }

  accept(other: Side): void {
    if (this.#state === "up" || this.#state === "over" || !this.reserveVoice()) return;
    this.#state = "up";
    this.#stream.choose(other.formats());
    this.#stream.open();
    this.#send({ kind: "accept", media: this.#stream.hasRemote ? this.#stream.answer() : this.#stream.offer() });
  }

  hold(): void {
    this.#reoffer(true);
  }

  resume(): void {
    this.#reoffer(false);
  }

  /** As an event where that was agreed, else as sound, unless its sound travels anyway. */
  sendDigit(digit: Digit, heard: boolean): void {
    if (this.party.plan.dtmf === "info") this.#send({ kind: "sendDigit", digit, durationMs: 160 });
    else if (!heard || this.takesKeyEvents()) this.#stream.sendDigit(digit);
  }

  takesKeyEvents(): boolean {
    return this.#stream.takesKeyEvents;
  }

  /** A SIP peer has no display of ours. */
  display(): void {}

  formats(): readonly RtpFormat[] {
    return this.#stream.formats;
  }

  voice(): Endpoint | null {
    return this.#stream.endpoint;
  }

  carryFax(): void {
    this.#stream.carryFax();
    this.#stream.open();
    this.#askForG711();
  }

  release(cause: Cause): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#send({ kind: "release", cause });
    this.#stream.close();
    this.party.forget(this);
  }

  show(): string {
    return this.#stream.direction.held ? "held" : this.#state;
  }

  take(event: LegEvent): void {
    switch (event.kind) {
      case "cancelled":
        return this.#owner?.ended(this, "cancelled");
      case "ringing":
      case "progressed":
      case "answered":
        // Late, or again: it does not undo the answer.
        return this.#state === "calling" || this.#state === "ringing" ? this.#comesNear(event) : undefined;
      case "confirmed":
        return event.media === null ? undefined : this.#reagreed(event.media);
      case "refused":
        return this.#owner?.ended(this, causeOfStatus(event.status));
      case "reoffered":
        return this.#reoffered(event.media);
      case "reanswered":
        return this.#reagreed(event.media);
      case "reofferRefused":
        return this.#stream.refused();
      case "digit":
        return this.#owner?.digit(this, event.digit, false);
      case "ended":
        return this.#owner?.ended(this, event.cause);
    }
  }

  /** Heard by the voice path (RFC 4733). */
  heardDigit(digit: Digit): void {
    this.#owner?.digit(this, digit, false);
  }

  /** The far end has gone silent for longer than it may. */
  lostVoice(): void {
    if (this.#state === "up" && this.#stream.direction.ours === "sendrecv") this.#owner?.ended(this, "mediaTimeout");
  }

  /** Its voice endpoint could not be opened, or its codec has failed: that does not pass, on hold neither. */
  unheard(): void {
    this.#owner?.ended(this, "internalError");
  }

  #comesNear(event: Extract<SipEvent, { kind: "ringing" | "progressed" | "answered" }>): void {
    if (event.kind === "answered") return this.#answered(event.media);
    this.#state = "ringing";
    this.#owner?.alerted(this);
    if (event.kind === "progressed") this.#progressed(event.media);
  }

  #progressed(media: MediaDescription): void {
    if (media.codecs.length === 0) return;
    this.#agreed(media);
    this.#owner?.progressed(this);
  }

  #answered(media: MediaDescription): void {
    this.#state = "up";
    if (media.codecs.length === 0) return this.#owner?.ended(this, "codecMismatch");
    this.#agreed(media);
    this.#askForG711();
    this.#owner?.answered(this);
  }

  /** The far end changes its side: new address, new codec, hold (RFC 3264 §8). */
  #reoffered(media: MediaDescription | null): void {
    if (this.#state !== "up") return;
    if (media === null) return this.#send({ kind: "acceptReoffer", media: this.#stream.offer() });
    if (media.codecs.length === 0) return this.#send({ kind: "refuseReoffer", cause: "codecMismatch" });
    const { direction } = this.#stream;
    const wasHeld = direction.heldByThem;
    const before = this.#stream.shape;
    this.#stream.theirOffer(media);
    this.#stream.open();
    this.#send({ kind: "acceptReoffer", media: this.#stream.answer() });
    if (this.#stream.shape !== before) this.#owner?.reformatted(this);
    if (direction.heldByThem && !wasHeld) this.#owner?.held(this);
    else if (!direction.heldByThem && wasHeld) this.#owner?.resumed(this);
  }

  #reoffer(hold: boolean): void {
    const { direction } = this.#stream;
    if (this.#state !== "up" || direction.held === hold) return;
    direction.held = hold;
    this.#stream.open();
    this.#send({ kind: "reoffer", media: this.#stream.offer() });
  }

  /** A fax machine is understood in nothing else; before the answer nothing else can be asked for (RFC 3261 §14). */
  #askForG711(): void {
    if (this.#state === "up" && this.#stream.needsG711) this.#send({ kind: "reoffer", media: this.#stream.offer() });
  }

  /** Nothing in common with what we offered: what is spoken stays, when anything is. */
  #reagreed(media: MediaDescription): void {
    if (media.codecs.length === 0)
      return this.#stream.hasRemote ? this.#stream.refused() : this.#owner?.ended(this, "codecMismatch");
    const before = this.#stream.shape;
    this.#agreed(media);
    if (this.#stream.shape !== before) this.#owner?.reformatted(this);
  }

  /** Their answer to an offer of ours: where they want the sound, and in what. */
  #agreed(media: MediaDescription): void {
    this.#stream.theirAnswer(media);
    this.#stream.open();
  }

  /** Takes an RTP endpoint if it has none; false when all are in use. */
  reserveVoice(): boolean {
    return this.#stream.reserve();
  }

  #send(body: SipBody): void {
    this.#desk.send({ world: "sip", line: this.party.name, leg: this.sip, ...body } as SipCommand);
  }
}
