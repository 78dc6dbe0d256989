import { randomBytes } from "node:crypto";
import {
  type BuiltInFormat,
  type Direction,
  isPluginFormat,
  type LocalMedia,
  type MediaDescription,
  type OfferedCodec,
  type RtpFormat,
  rtpFormats,
} from "../../../message/media.ts";
import { isReachable } from "../hub/next-hop.ts";
import type { PluginCodec } from "../options.ts";
import { type MediaSection, readSessionDescription, type SessionDescription } from "./session-description.ts";

/** RFC 3551 table 4: what a payload type means without `a=rtpmap`. Type 2 was G.726 once and means nothing sure now. */
const staticPayload: Readonly<Record<string, string>> = { "0": "pcmu/8000", "8": "pcma/8000", "9": "g722/8000" };
/** RFC 3389 §4: static, so it needs no `a=rtpmap`. */
const COMFORT_NOISE = 13;
/** Frames of 20 ms are parted for who takes no longer ones; shorter than this are none. */
const SHORTEST_PACKET_MS = 10;
/** Encoding name and clock rate as `a=rtpmap` writes them. */
const mappings: Readonly<Record<BuiltInFormat, string>> = {
  PCMU: "PCMU/8000",
  PCMA: "PCMA/8000",
  G722: "G722/8000",
  "G726-32": "G726-32/8000",
  "AAL2-G726-32": "AAL2-G726-32/8000",
  "L16/8000": "L16/8000",
  "L16/16000": "L16/16000",
};
function mappingOf(format: RtpFormat): string {
  return isPluginFormat(format) ? format.slice("codec:".length) : mappings[format];
}

/**
 * The offer/answer state of one dialog (RFC 3264): reads what the far end states, writes what we state.
 * Exactly one audio stream is used; the others of an offer are refused with port 0 (§6).
 */
export class OfferAnswer {
  readonly #address: string;
  readonly #port: (endpoint: LocalMedia["endpoint"]) => number;
  readonly #sessionId = randomBytes(4).readUInt32BE();
  /** What is spoken here, by encoding name and clock rate in small letters. */
  readonly #formats: ReadonlyMap<string, RtpFormat>;
  /** Of those of the configuration: a frame, ms. */
  readonly #frames: ReadonlyMap<RtpFormat, number>;
  readonly #ptimeMs: number;
  #version = 0;
  #written = "";
  #remote: SessionDescription | null = null;

  /** `address` is what goes into `c=`; `port` tells the UDP port of an endpoint; `plugins` are spoken besides. */
  constructor(
    address: string,
    port: (endpoint: LocalMedia["endpoint"]) => number,
    plugins: readonly PluginCodec[] = [],
    ptimeMs = 20,
  ) {
    this.#ptimeMs = ptimeMs;
    const formats = [...rtpFormats, ...plugins.map(({ format }) => format)];
    this.#formats = new Map(formats.map((format) => [mappingOf(format).toLowerCase(), format]));
    this.#frames = new Map(plugins.map(({ format, frameMs }) => [format, frameMs]));
    this.#address = address;
    this.#port = port;
  }

  /** Takes the far end's offer or answer; a string says why it cannot be used. */
  take(text: string): MediaDescription | string {
    const session = readSessionDescription(text);
    if (typeof session === "string") return session;
    const audio = session.sections.find(isUsable);
    if (audio === undefined) return "session description without an RTP audio stream that can be reached";
    const most = audio.maxptimeMs ?? SHORTEST_PACKET_MS;
    if (most < SHORTEST_PACKET_MS)
      return `session description with maxptime ${most}: packets have ${SHORTEST_PACKET_MS} ms at least`;
    this.#remote = session;
    return describe(audio, (encoding) => {
      const format = this.#formats.get(encoding);
      // Built-in ones can be parted.
      return format === undefined || (this.#frames.get(format) ?? 0) > (audio.maxptimeMs ?? Infinity)
        ? undefined
        : format;
    });
  }

  /** Writes an offer of ours; within a dialog it keeps the streams there have been, in their order (RFC 3264 §8). */
  offer(media: LocalMedia): string {
    const sections = this.#remote?.sections ?? [];
    const audio = sections.find(isUsable);
    if (audio === undefined) return this.#write([this.#section(media, media.direction, null)]);
    return this.#write(
      sections.map((section) => (section === audio ? this.#section(media, media.direction, null) : refused(section))),
    );
  }

  /** Writes our answer to the offer taken last. */
  answer(media: LocalMedia): string {
    const sections = this.#remote?.sections ?? [];
    const audio = sections.find(isUsable);
    return this.#write(
      sections.map((section) =>
        section === audio ? this.#section(media, answerDirection(section, media.direction), section) : refused(section),
      ),
    );
  }

  #section(media: LocalMedia, direction: Direction, offered: MediaSection | null): string {
    const events = media.eventPayloadType;
    const noise = media.comfortNoise === true ? [COMFORT_NOISE] : [];
    const types = [...media.codecs.map((codec) => codec.payloadType), ...noise, ...(events === null ? [] : [events])];
    const lines = [`m=audio ${this.#port(media.endpoint)} ${offered?.protocol ?? "RTP/AVP"} ${types.join(" ")}`];
    for (const codec of media.codecs) lines.push(`a=rtpmap:${codec.payloadType} ${mappingOf(codec.format)}`);
    if (events !== null) lines.push(`a=rtpmap:${events} telephone-event/8000`, `a=fmtp:${events} 0-15`);
    lines.push(`a=ptime:${this.#packetMs(media)}`, `a=${direction}`);
    return lines.join("\r\n");
  }

  /** Of the codec liked best. */
  #packetMs({ codecs: [first] }: LocalMedia): number {
    return Math.max(this.#ptimeMs, (first && this.#frames.get(first.format)) ?? 0);
  }

  /** RFC 3264 §8: the version counts up when, and only when, something changed. */
  #write(sections: readonly string[]): string {
    const body = `${sections.join("\r\n")}\r\n`;
    if (body !== this.#written) this.#version++;
    this.#written = body;
    const family = this.#address.includes(":") ? "IP6" : "IP4";
    const head = [
      "v=0",
      `o=- ${this.#sessionId} ${this.#version} IN ${family} ${this.#address}`,
      "s=-",
      `c=IN ${family} ${this.#address}`,
      "t=0 0",
    ];
    return `${head.join("\r\n")}\r\n${body}`;
  }
}

function isUsable(section: MediaSection): boolean {
  const plain = section.kind === "audio" && section.protocol === "RTP/AVP" && section.port > 0;
  return plain && section.address !== null && (isHeld(section.address) || isReachable(section.address));
}

function isHeld(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

function refused(section: MediaSection): string {
  return `m=${section.kind} 0 ${section.protocol} ${section.formats.join(" ")}`;
}

function encodingOf(section: MediaSection, format: string): string | undefined {
  return section.mapping.get(format) ?? staticPayload[format];
}

function describe(audio: MediaSection, formatOf: (encoding: string) => RtpFormat | undefined): MediaDescription {
  const codecs: OfferedCodec[] = [];
  let eventPayloadType: number | null = null;
  const noise = audio.formats.includes(`${COMFORT_NOISE}`) ? ({ comfortNoise: true } as const) : {};
  for (const format of audio.formats) {
    const payloadType = Number(format);
    if (!/^\d{1,3}$/.test(format) || payloadType > 127) continue;
    const encoding = encodingOf(audio, format) ?? "";
    const known = formatOf(encoding);
    if (known !== undefined && !codecs.some((codec) => codec.format === known))
      codecs.push({ format: known, payloadType });
    if (encoding === "telephone-event/8000") eventPayloadType ??= payloadType;
  }
  const direction = isHeld(audio.address ?? "") ? withoutReceiving(audio.direction) : audio.direction;
  return {
    remote: { address: audio.address ?? "", port: audio.port },
    codecs,
    eventPayloadType,
    ...noise,
    ...(audio.ptimeMs === null ? {} : { packetMs: audio.ptimeMs }),
    ...(audio.maxptimeMs === null ? {} : { mostPacketMs: audio.maxptimeMs }),
    direction,
  };
}

/** c=0.0.0.0 is the hold of RFC 2543 (RFC 3264 §8.4): nothing may be sent to them. */
function withoutReceiving(direction: Direction): Direction {
  return direction === "sendrecv" || direction === "sendonly" ? "sendonly" : "inactive";
}

/** RFC 3264 §6.1: an answer may not do what the offer does not allow. */
function answerDirection(offered: MediaSection, wanted: Direction): Direction {
  const held = isHeld(offered.address ?? "") ? withoutReceiving(offered.direction) : offered.direction;
  const theySend = held === "sendrecv" || held === "sendonly";
  const theyReceive = held === "sendrecv" || held === "recvonly";
  const send = theyReceive && (wanted === "sendrecv" || wanted === "sendonly");
  const receive = theySend && (wanted === "sendrecv" || wanted === "recvonly");
  if (send) return receive ? "sendrecv" : "sendonly";
  return receive ? "recvonly" : "inactive";
}
