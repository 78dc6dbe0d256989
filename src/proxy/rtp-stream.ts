import type { Desk } from "../logic/desk.ts";
import {
  type BuiltInFormat,
  isPluginFormat,
  type LocalMedia,
  type MediaDescription,
  type OfferedCodec,
  type RtpFormat,
} from "../message/media.ts";
import type { Digit, RtpEndpoint } from "../message/name.ts";
import type { LinePlan } from "../message/plan.ts";
import { StreamDirection } from "./stream-direction.ts";

/** Telephone-event is offered under the payload type everybody uses (RFC 4733 leaves it dynamic). */
const EVENT_PAYLOAD_TYPE = 101;

/** Static ones of RFC 3551 table 4, the others of the dynamic range. */
const payloadTypes: Readonly<Record<BuiltInFormat, number>> = {
  PCMU: 0,
  PCMA: 8,
  G722: 9,
  "G726-32": 102,
  "AAL2-G726-32": 103,
  "L16/8000": 104,
  "L16/16000": 105,
};
/** Plug-ins have those after them, in the line's order. */
const FIRST_PLUGIN_TYPE = 106;

const quiet = { comfortNoise: true } as const;
const laws: readonly RtpFormat[] = ["PCMA", "PCMU"];

/** The RTP stream of a SIP leg: its endpoint, what was offered and answered, and which way the sound goes. */
export class RtpStream {
  readonly direction = new StreamDirection();
  readonly #desk: Desk;
  readonly #plan: LinePlan;
  #endpoint: RtpEndpoint | null = null;
  #isOpen = false;
  #remote: MediaDescription | null = null;
  #chosen: OfferedCodec | null = null;
  /** The codec has been stated in an answer, theirs or ours. */
  #settled = false;
  /** A machine speaks. `G711`: in what it can be understood in, which their side has not refused. */
  #fax: "none" | "G711" | "anyCodec" = "none";
  /** The line's codecs, those first that spare work. */
  #order: readonly RtpFormat[];

  constructor(desk: Desk, plan: LinePlan) {
    this.#desk = desk;
    this.#plan = plan;
    this.#order = plan.codecs;
  }

  /** Null until it is open: one that is only reserved can not be heard. */
  get endpoint(): RtpEndpoint | null {
    return this.#isOpen ? this.#endpoint : null;
  }

  /** The one that is spoken; before that, those of their offer that this line speaks, too. */
  get formats(): readonly RtpFormat[] {
    if (this.#settled && this.#chosen !== null) return [this.#chosen.format];
    const offered = (this.#remote?.codecs ?? []).map((codec) => codec.format);
    const own = this.#order.filter((format) => offered.includes(format));
    return own.length > 0 ? own : offered;
  }

  /** The far end has said where it wants its sound. */
  get hasRemote(): boolean {
    return this.#remote !== null;
  }

  get takesKeyEvents(): boolean {
    return this.hasRemote && this.eventType !== null;
  }

  /** What the other side of the call has to suit: in what the voice is, and how keys go. */
  get shape(): string {
    return `${this.formats[0]} ${this.takesKeyEvents}`;
  }

  /** Takes an endpoint if it has none; false when all are in use. */
  reserve(): boolean {
    this.#endpoint ??= this.#desk.voice.takeRtp();
    return this.#endpoint !== null;
  }

  theirOffer(media: MediaDescription): void {
    this.#remote = media;
    this.direction.theirOffer(media.direction);
    const spoken = this.#chosen === null ? [] : [this.#chosen.format];
    this.#choose([...(this.needsG711 ? this.#laws : spoken), ...this.#order]);
  }

  theirAnswer(media: MediaDescription): void {
    this.#remote = media;
    this.direction.theirAnswer(media.direction);
    // RFC 3264 §7: they may use any they name; the first is what they like best.
    this.#chosen = media.codecs[0] ?? this.#chosen;
    this.#settled = true;
  }

  /** A machine speaks from now on. */
  carryFax(): void {
    if (this.#fax === "none") this.#fax = "G711";
  }

  /** A machine speaks, and not in G.711 yet: that is offered now. */
  get needsG711(): boolean {
    return this.#fax === "G711" && this.#chosen !== null && !isG711(this.#chosen);
  }

  /** They refused our offer: what is spoken stays. */
  refused(): void {
    if (this.#fax === "G711") this.#fax = "anyCodec";
  }

  /** The other side can have these untouched: of the line's codecs they come first. */
  prefer(wanted: readonly RtpFormat[]): void {
    const { codecs } = this.#plan;
    this.#order = [
      ...codecs.filter((format) => wanted.includes(format)),
      ...codecs.filter((it) => !wanted.includes(it)),
    ];
  }

  /** What the other side of the call can have untouched when it was offered; else the line's preference. */
  choose(wanted: readonly RtpFormat[]): void {
    this.prefer(wanted);
    if (this.#settled) return;
    this.#choose([...this.#order.filter((format) => wanted.includes(format)), ...wanted, ...this.#order]);
    this.#settled = this.#remote !== null;
  }

  #choose(order: readonly RtpFormat[]): void {
    const offered = this.#remote?.codecs ?? [];
    const found = order.flatMap((format) => offered.find((codec) => codec.format === format) ?? []);
    this.#chosen = found[0] ?? offered[0] ?? null;
  }

  /** Opens the voice endpoint as things stand, or changes it. */
  open(): void {
    const codec = this.#chosen ?? this.#preferred()[0];
    if (this.#endpoint === null || codec === undefined) return;
    this.#isOpen = true;
    this.#desk.voice.openRtp({
      world: "voice",
      kind: "openRtp",
      endpoint: this.#endpoint,
      remote: this.#remote?.remote ?? null,
      format: codec.format,
      payloadType: codec.payloadType,
      eventPayloadType: this.eventType,
      ...packetTimes(this.#remote),
      ...(this.#keepsQuiet(codec) ? quiet : {}),
      ...(this.#fax === "none" ? {} : { voiceBandData: true }),
      direction: this.direction.ours,
    });
  }

  /** Our side as an offer; in the codec that is spoken, once one is. */
  offer(): LocalMedia {
    const direction = this.direction.offer();
    return this.needsG711 ? this.#local(direction, this.#types(this.#laws)) : this.#local(direction);
  }

  /** Our side as the answer to their offer. */
  answer(): LocalMedia {
    this.#settled ||= this.#chosen !== null;
    return this.#local(this.direction.ours);
  }

  sendDigit(digit: Digit): void {
    if (this.#endpoint !== null) this.#desk.voice.sendDigit(this.#endpoint, digit);
  }

  close(): void {
    if (this.#endpoint !== null) this.#desk.voice.close(this.#endpoint);
  }

  #local(direction: LocalMedia["direction"], codecs = this.#spoken()): LocalMedia {
    if (this.#endpoint === null) throw new Error(`${this.#plan.line} has no voice endpoint for its offer`);
    const answered = this.#remote === null || this.#remote.comfortNoise === true;
    const wanted = this.#plan.comfortNoise === true && this.#fax === "none";
    const noise = wanted && answered && codecs.some(isG711) ? quiet : {};
    return { endpoint: this.#endpoint, codecs, eventPayloadType: this.eventType, ...noise, direction };
  }

  /** Payload type of telephone events; null = digits go as sound. */
  get eventType(): number | null {
    if (this.#plan.dtmf !== "rfc4733") return null;
    return this.#remote === null ? EVENT_PAYLOAD_TYPE : this.#remote.eventPayloadType;
  }

  #keepsQuiet(codec: OfferedCodec): boolean {
    const agreed = this.#plan.comfortNoise === true && this.#remote?.comfortNoise === true;
    return agreed && this.#fax === "none" && isG711(codec);
  }

  #spoken(): readonly OfferedCodec[] {
    return this.#chosen === null ? this.#preferred() : [this.#chosen];
  }

  #preferred(): OfferedCodec[] {
    return this.#types(this.#order);
  }

  #types(formats: readonly RtpFormat[]): OfferedCodec[] {
    return formats.map((format) => ({ format, payloadType: this.#payloadType(format) }));
  }

  /** Both of G.711, whatever the line's list says, in its order: a machine is understood in nothing else. */
  get #laws(): readonly RtpFormat[] {
    const listed = this.#plan.codecs.filter((format) => laws.includes(format));
    return [...listed, ...laws.filter((law) => !listed.includes(law))];
  }

  #payloadType(format: RtpFormat): number {
    if (!isPluginFormat(format)) return payloadTypes[format];
    return FIRST_PLUGIN_TYPE + this.#plan.codecs.filter(isPluginFormat).indexOf(format);
  }
}

/** What RFC 3389 comfort noise of payload type 13 goes with: one clock rate, and no silence of its own. */
function isG711({ format }: OfferedCodec): boolean {
  return format === "PCMU" || format === "PCMA";
}

/** How long packets to them are to be, when they said so. */
function packetTimes(remote: MediaDescription | null): Pick<MediaDescription, "packetMs" | "mostPacketMs"> {
  const { packetMs, mostPacketMs } = remote ?? {};
  return { ...(packetMs === undefined ? {} : { packetMs }), ...(mostPacketMs === undefined ? {} : { mostPacketMs }) };
}
