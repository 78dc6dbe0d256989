import type { Desk } from "../logic/desk.ts";
import type { LocalMedia, MediaDescription, OfferedCodec, RtpFormat } from "../message/media.ts";
import type { Digit, RtpEndpoint } from "../message/name.ts";
import type { LinePlan } from "../message/plan.ts";
import { StreamDirection } from "./stream-direction.ts";

/** Telephone-event is offered under the payload type everybody uses (RFC 4733 leaves it dynamic). */
const EVENT_PAYLOAD_TYPE = 101;

/** The RTP stream of a SIP leg: its endpoint, what was offered and answered, and which way the sound goes. */
export class RtpStream {
  readonly direction = new StreamDirection();
  readonly #desk: Desk;
  readonly #plan: LinePlan;
  #endpoint: RtpEndpoint | null = null;
  #remote: MediaDescription | null = null;
  #chosen: OfferedCodec | null = null;

  constructor(desk: Desk, plan: LinePlan) {
    this.#desk = desk;
    this.#plan = plan;
  }

  get endpoint(): RtpEndpoint | null {
    return this.#endpoint;
  }

  get format(): RtpFormat | null {
    return this.#chosen?.format ?? null;
  }

  /** The far end has said where it wants its sound. */
  get hasRemote(): boolean {
    return this.#remote !== null;
  }

  /** Takes an endpoint if it has none; false when all are in use. */
  reserve(): boolean {
    this.#endpoint ??= this.#desk.voice.takeRtp();
    return this.#endpoint !== null;
  }

  theirOffer(media: MediaDescription): void {
    this.#remote = media;
    this.direction.theirOffer(media.direction);
    this.choose(this.format);
  }

  theirAnswer(media: MediaDescription): void {
    this.#remote = media;
    this.direction.theirAnswer(media.direction);
    this.choose(this.format);
  }

  /** What the other side of the call speaks when it was offered, so that frames pass untouched; else our preference. */
  choose(wanted: RtpFormat | null): void {
    const offered = this.#remote?.codecs ?? [];
    const order = wanted === null ? this.#plan.codecs : [wanted, ...this.#plan.codecs];
    const found = order.flatMap((format) => offered.find((codec) => codec.format === format) ?? []);
    this.#chosen = found[0] ?? offered[0] ?? null;
  }

  /** Opens the voice endpoint as things stand, or changes it. */
  open(): void {
    const codec = this.#chosen ?? this.#preferred()[0];
    if (this.#endpoint === null || codec === undefined) return;
    this.#desk.voice.openRtp({
      world: "voice",
      kind: "openRtp",
      endpoint: this.#endpoint,
      remote: this.#remote?.remote ?? null,
      format: codec.format,
      payloadType: codec.payloadType,
      eventPayloadType: this.#eventType(),
      direction: this.direction.ours,
    });
  }

  /** Our side as an offer; in the codec that is spoken, once one is. */
  offer(): LocalMedia {
    return this.#local(this.direction.offer());
  }

  /** Our side as the answer to their offer. */
  answer(): LocalMedia {
    return this.#local(this.direction.ours);
  }

  sendDigit(digit: Digit): void {
    if (this.#endpoint !== null) this.#desk.voice.sendDigit(this.#endpoint, digit);
  }

  close(): void {
    if (this.#endpoint !== null) this.#desk.voice.close(this.#endpoint);
  }

  #local(direction: LocalMedia["direction"]): LocalMedia {
    if (this.#endpoint === null) throw new Error(`${this.#plan.line} has no voice endpoint for its offer`);
    const codecs = this.#chosen === null ? this.#preferred() : [this.#chosen];
    return { endpoint: this.#endpoint, codecs, eventPayloadType: this.#eventType(), direction };
  }

  /** Null = digits go as sound. */
  #eventType(): number | null {
    if (this.#plan.dtmf !== "rfc4733") return null;
    return this.#remote === null ? EVENT_PAYLOAD_TYPE : this.#remote.eventPayloadType;
  }

  #preferred(): OfferedCodec[] {
    return this.#plan.codecs.map((format) => ({ format, payloadType: format === "PCMU" ? 0 : 8 }));
  }
}
