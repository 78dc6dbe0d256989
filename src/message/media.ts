/** How a voice sounds on a wire. `L16` is 16-bit linear, little-endian on USB, 8000 samples/s. */
export type VoiceFormat = "PCMU" | "PCMA" | "L16";
/**
 * What RTP carries, by encoding name (RFC 3551 §4.5) and, where one name has two, clock rate. `AAL2-G726-32` has its
 * first sample in the high bits.
 */
export type RtpFormat = BuiltInFormat | PluginFormat;
export type BuiltInFormat = (typeof rtpFormats)[number];
/** A codec that the configuration names, by encoding name and clock rate: `codec:X-EXAMPLE/8000`. */
export type PluginFormat = `codec:${string}`;
export const rtpFormats = ["PCMU", "PCMA", "G722", "G726-32", "AAL2-G726-32", "L16/8000", "L16/16000"] as const;

/** Names of what is no voice but has a payload type of its own: keys (RFC 4733) and comfort noise (RFC 3389). */
const notVoice = ["telephone-event", "CN"] as const;

const bare = (format: string) => format.toLowerCase().split("/")[0];

/** Whether a codec of that encoding name, with or without a rate, is built in. */
export function isBuiltInName(name: string): boolean {
  return rtpFormats.some((format) => bare(format) === bare(name));
}

/** Whether what has that encoding name is no voice. */
export function isNoVoice(name: string): boolean {
  return notVoice.some((format) => bare(format) === bare(name));
}

/** How long a frame of a codec that the configuration names may be. */
export type CodecFrameMs = 10 | 20 | 30;

export function isPluginFormat(format: string): format is PluginFormat {
  return format.startsWith("codec:");
}

/** Seen from whoever states it (RFC 4566 §6, RFC 3264 §5.1). */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export interface Address {
  /** IPv4 or IPv6 literal, without brackets. */
  readonly address: string;
  /** UDP port, 1-65535. */
  readonly port: number;
}

/** One audio codec of an offer or answer, as far as the gateway speaks it; others are left out by the SIP side. */
export interface OfferedCodec {
  readonly format: RtpFormat;
  readonly payloadType: number;
}

/** The audio stream of an SDP offer or answer, reduced to what decisions need. */
export interface MediaDescription {
  readonly remote: Address;
  /** In order of preference; empty = nothing in common. */
  readonly codecs: readonly OfferedCodec[];
  /** Payload type of telephone-event/8000 (RFC 4733), null when not offered. */
  readonly eventPayloadType: number | null;
  /** They take comfort noise, RFC 3389, static payload type 13. */
  readonly comfortNoise?: true;
  readonly direction: Direction;
  /** How long packets to them are best (`a=ptime`), and how long they may be at most (`a=maxptime`, RFC 8866 §6.4, §6.5), ms. */
  readonly packetMs?: number;
  readonly mostPacketMs?: number;
}

/** What the gateway states of its own side; the SIP side writes the SDP around it. */
export interface LocalMedia {
  /** The endpoint whose UDP port goes into the SDP. */
  readonly endpoint: `rtp:${number}`;
  readonly codecs: readonly OfferedCodec[];
  readonly eventPayloadType: number | null;
  readonly comfortNoise?: true;
  readonly direction: Direction;
}
