import type { VoiceFormat } from "../../../message/media.ts";
import { crc16 } from "./crc.ts";
import { MAX_CHANNELS, PROTOCOL_MAJOR, paddingAfter } from "./descriptor.ts";
import { fault, type Read, value, viewOf } from "./read.ts";

//  offset 0  2       3        4      6        8        10    12         16    17    18       20
//         | magic | version | count | length | sequence | mirror | flags | timestamp | fill | lost | reserved | channels … | CRC |
//  docs/device-protocol.md §5

/** `in` = device to host, magic "OI"; `out` = host to device, magic "OO". */
export type VoiceDirection = "in" | "out";

export interface VoiceFrame {
  /** uint16, counts the sender's frames. */
  readonly sequence: number;
  /** in: the last OUT frame handed to the codecs. out: the IN frame this one answers. uint16. */
  readonly mirror: number;
  /** Bits of `voiceFlags`. */
  readonly flags: number;
  /** uint32, samples since the start of the session at the frame's first sample; out: copied from the frame answered. */
  readonly timestamp: number;
  /** in: frames waiting in the device's play-out FIFO, 0-255. out: 0. */
  readonly fill: number;
  /** in: OUT frames the device lost so far, modulo 256. out: 0. */
  readonly lost: number;
  readonly channels: readonly ChannelFrame[];
}

export interface ChannelFrame {
  readonly channel: number;
  readonly format: VoiceFormat;
  /** Bits of `channelFlags`. */
  readonly flags: number;
  /** 20 ms: 160 octets of PCMA or PCMU, 320 of L16 little-endian. */
  readonly payload: Uint8Array;
}

export const voiceFlags = {
  /** in: the host was late; IN frames before this one were dropped. */
  overrun: 0x0001,
  /** in: the play-out FIFO ran empty; silence was played. */
  underrun: 0x0002,
  /** in: an OUT frame was refused since the last IN frame. */
  refused: 0x0004,
  /** in: the play-out FIFO was full; its oldest frame was dropped. */
  overflow: 0x0008,
  /** in: the last frame; voice has stopped. */
  last: 0x0010,
} as const;

export const channelFlags = {
  /** The payload stands in for sound that is missing: silence, or a repetition. */
  concealed: 0x01,
} as const;

/** Codes on the wire; 0 = closed. */
export const formatCodes: Readonly<Record<VoiceFormat, number>> = { PCMA: 1, PCMU: 2, L16: 3 };
export const FORMAT_NONE = 0;
export const payloadLengths: Readonly<Record<VoiceFormat, number>> = { PCMA: 160, PCMU: 160, L16: 320 };

const HEADER = 20;
const CHANNEL_HEADER = 6;
const CRC = 2;
const magics: Readonly<Record<VoiceDirection, readonly [number, number]>> = { in: [0x4f, 0x49], out: [0x4f, 0x4f] };

export function formatOfCode(code: number): VoiceFormat | null {
  if (code === 1) return "PCMA";
  if (code === 2) return "PCMU";
  if (code === 3) return "L16";
  return null;
}

/** The octets of one transfer, padding included. */
export function encodeVoiceFrame(direction: VoiceDirection, frame: VoiceFrame): Uint8Array {
  let length = HEADER + CRC;
  for (const channel of frame.channels) length += CHANNEL_HEADER + channel.payload.length;
  const octets = new Uint8Array(length + paddingAfter(length));
  const view = viewOf(octets);
  octets.set(magics[direction], 0);
  octets[2] = PROTOCOL_MAJOR;
  octets[3] = frame.channels.length;
  view.setUint16(4, length, true);
  view.setUint16(6, frame.sequence, true);
  view.setUint16(8, frame.mirror, true);
  view.setUint16(10, frame.flags, true);
  view.setUint32(12, frame.timestamp, true);
  octets[16] = frame.fill;
  octets[17] = frame.lost;
  let at = HEADER;
  for (const channel of frame.channels) at = writeChannel(octets, view, at, channel);
  view.setUint16(at, crc16(octets, 0, at), true);
  return octets;
}

function writeChannel(octets: Uint8Array, view: DataView, at: number, channel: ChannelFrame): number {
  octets[at] = channel.channel;
  octets[at + 1] = formatCodes[channel.format];
  octets[at + 2] = channel.flags;
  view.setUint16(at + 4, channel.payload.length, true);
  octets.set(channel.payload, at + CHANNEL_HEADER);
  return at + CHANNEL_HEADER + channel.payload.length;
}

/**
 * Reads one transfer. Payloads are views into `octets`, not copies. Octets after the frame's length are padding and
 * are not looked at. A frame that is refused is refused whole.
 */
export function decodeVoiceFrame(direction: VoiceDirection, octets: Uint8Array): Read<VoiceFrame> {
  if (octets.length < HEADER + CRC) return fault("too short");
  const magic = magics[direction];
  if (octets[0] !== magic[0] || octets[1] !== magic[1]) return fault("wrong magic");
  if (octets[2] !== PROTOCOL_MAJOR) return fault("other version");
  const view = viewOf(octets);
  const length = view.getUint16(4, true);
  if (length < HEADER + CRC || length > octets.length) return fault("wrong length");
  const end = length - CRC;
  if (view.getUint16(end, true) !== crc16(octets, 0, end)) return fault("wrong checksum");
  const channels = readChannels(octets, view, end);
  if (!channels.ok) return channels;
  return value({
    sequence: view.getUint16(6, true),
    mirror: view.getUint16(8, true),
    flags: view.getUint16(10, true),
    timestamp: view.getUint32(12, true),
    fill: view.getUint8(16),
    lost: view.getUint8(17),
    channels: channels.value,
  });
}

function readChannels(octets: Uint8Array, view: DataView, end: number): Read<readonly ChannelFrame[]> {
  const channels: ChannelFrame[] = [];
  let seen = 0;
  let at = HEADER;
  for (let left = view.getUint8(3); left > 0; left--) {
    if (at + CHANNEL_HEADER > end) return fault("wrong length");
    const channel = view.getUint8(at);
    if (channel >= MAX_CHANNELS) return fault("wrong channel");
    if (seen & (1 << channel)) return fault("channel twice");
    seen |= 1 << channel;
    const format = formatOfCode(view.getUint8(at + 1));
    if (format === null) return fault("wrong format");
    const length = view.getUint16(at + 4, true);
    if (length !== payloadLengths[format]) return fault("wrong payload length");
    const start = at + CHANNEL_HEADER;
    if (start + length > end) return fault("wrong length");
    channels.push({ channel, format, flags: view.getUint8(at + 2), payload: octets.subarray(start, start + length) });
    at = start + length;
  }
  return at === end ? value(channels) : fault("wrong length");
}
