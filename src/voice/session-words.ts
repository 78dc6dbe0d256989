import { randomBytes } from "node:crypto";
import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import type { Direction } from "../message/media.ts";
import { endpointAddress, formatNumber, type VoiceMap } from "./map.ts";
import type { PathCommand } from "./messages.ts";

const SAMPLES_PER_MS = 8;
/** Longer ones would be a delay that nobody wants, whatever they ask for. */
const LONGEST_PACKET_MS = 60;

type Of<Kind extends PathCommand["kind"]> = Extract<PathCommand, { readonly kind: Kind }>;

const directions: Readonly<Record<Direction, number>> = {
  sendrecv: words.DIRECTION_SEND | words.DIRECTION_RECEIVE,
  sendonly: words.DIRECTION_SEND,
  recvonly: words.DIRECTION_RECEIVE,
  inactive: 0,
};

/** Control words of an endpoint that was closed; the state of its last session is void. */
export function beginSession(map: VoiceMap, index: number, session: number): void {
  const at = endpointAddress(index);
  map.octets.fill(0, at, at + words.FRAME_OCTETS);
  const random = randomBytes(12);
  map.setWord(at + words.CONTROL_SESSION, session);
  map.setWord(at + words.CONTROL_PEER, -1);
  map.setWord(at + words.CONTROL_EVENT_TYPE, -1);
  map.setWord(at + words.CONTROL_SSRC, random.readInt32LE(0));
  map.setWord(at + words.CONTROL_FIRST_SEQUENCE, random.readUInt16LE(4));
  map.setWord(at + words.CONTROL_FIRST_TIMESTAMP, random.readInt32LE(8));
  map.setWord(at + words.CONTROL_OPEN, 1);
}

/** What a stream is told beside its format. */
export function writeStream(
  map: VoiceMap,
  index: number,
  command: Of<"openRtp">,
  hasRemote: boolean,
  timeoutMs: number,
): void {
  const at = endpointAddress(index);
  map.setWord(at + words.CONTROL_PAYLOAD_TYPE, command.payloadType & 0x7f);
  map.setWord(at + words.CONTROL_EVENT_TYPE, command.eventPayloadType ?? -1);
  map.setWord(at + words.CONTROL_PACKET, framesOfPacket(command, map.word(layout.HEADER_FRAME) / SAMPLES_PER_MS));
  map.setWord(at + words.CONTROL_QUIET, command.comfortNoise === true ? 1 : 0);
  map.setWord(at + words.CONTROL_VBD, command.voiceBandData === true ? 1 : 0);
  map.setWord(at + words.CONTROL_DIRECTION, directions[command.direction]);
  map.setWord(at + words.CONTROL_REMOTE, hasRemote ? 1 : 0);
  map.setWord(at + words.CONTROL_TIMEOUT, timeoutMs);
  // Taken off hold, or answered after early media: a silence told before then was ignored, and may go on.
  map.setWord(at + words.SILENT_MS, 0);
  map.setWord(at + words.SILENT_TOLD, 0);
}

/** A wish for shorter packets than our frames is not met; where they may be no longer, frames are parted. */
function framesOfPacket({ packetMs, mostPacketMs = LONGEST_PACKET_MS }: Of<"openRtp">, frameMs: number): number {
  if (mostPacketMs < frameMs) return words.PACKET_OF_HALF;
  const wanted = Math.min(packetMs ?? frameMs, mostPacketMs, LONGEST_PACKET_MS);
  return Math.max(1, Math.floor(wanted / frameMs));
}

export function writeChannel(map: VoiceMap, index: number, command: Of<"openUsb">): void {
  const at = endpointAddress(index);
  map.setWord(at + words.CONTROL_FORMAT, formatNumber(command.format));
  map.setWord(at + words.CONTROL_ECHO, command.echoTailMs ?? 0);
  map.setWord(at + words.CONTROL_MUTE_KEYS, command.muteKeys === true ? 1 : 0);
  map.setWord(at + words.CONTROL_FAX, command.faxSearch === true ? 1 : 0);
  map.setWord(at + words.CONTROL_VBD, command.voiceBandData === true ? 1 : 0);
}
