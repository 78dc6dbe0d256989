import type { Address } from "../../message/media.ts";
import { familyOf, octetsOf } from "./ip-octets.ts";

/**
 * HEP version 3 (sipcapture.org, "HEP/EEP rev 12"): the octets "HEP3", the length of all, then chunks of vendor, type, length and
 * value, all big-endian. Chunk types of vendor 0 that are used here.
 */
const chunkType = {
  ipFamily: 1,
  ipProtocol: 2,
  from4: 3,
  to4: 4,
  from6: 5,
  to6: 6,
  fromPort: 7,
  toPort: 8,
  seconds: 9,
  microseconds: 10,
  payloadType: 11,
  agent: 12,
  password: 14,
  payload: 15,
  correlation: 17,
} as const;

/** What a packet carries: SIP as it was on the wire, RTCP in JSON, or a line of a log. */
export const payloadType = { sip: 1, rtcp: 5, log: 100 } as const;

const udp = 17;
const inet = { 4: 2, 6: 10 } as const;
/** Of one UDP datagram over IPv4. */
const longestPacket = 65_507;

export interface HepPacket {
  readonly type: (typeof payloadType)[keyof typeof payloadType];
  readonly from: Address;
  readonly to: Address;
  /** Microseconds since 1970. */
  readonly atUs: number;
  /** What joins packets of one call: a Call-ID. Null: there is none. */
  readonly correlation: string | null;
  readonly payload: Uint8Array;
}

/** Who sends, as the collector knows him. */
export interface HepAgent {
  /** 32 bits. */
  readonly id: number;
  /** The collector's key, in clear; empty: none is sent. */
  readonly password: string;
}

/** Null when it is too long for a datagram. */
export function writeHep(packet: HepPacket, agent: HepAgent): Buffer | null {
  const { from, to, atUs, correlation } = packet;
  const family = familyOf(from.address) === 6 || familyOf(to.address) === 6 ? 6 : 4;
  const chunks = [
    chunk(chunkType.ipFamily, [inet[family]]),
    chunk(chunkType.ipProtocol, [udp]),
    chunk(family === 6 ? chunkType.from6 : chunkType.from4, octetsOf(from.address, family)),
    chunk(family === 6 ? chunkType.to6 : chunkType.to4, octetsOf(to.address, family)),
    chunk(chunkType.fromPort, half(from.port)),
    chunk(chunkType.toPort, half(to.port)),
    chunk(chunkType.seconds, word(Math.floor(atUs / 1e6))),
    chunk(chunkType.microseconds, word(Math.floor(atUs % 1e6))),
    chunk(chunkType.payloadType, [packet.type]),
    chunk(chunkType.agent, word(agent.id)),
    ...(agent.password === "" ? [] : [chunk(chunkType.password, Buffer.from(agent.password))]),
    ...(correlation === null ? [] : [chunk(chunkType.correlation, Buffer.from(correlation))]),
    chunk(chunkType.payload, packet.payload),
  ];
  const head = Buffer.from("HEP3\0\0");
  const whole = Buffer.concat([head, ...chunks]);
  if (whole.length > longestPacket) return null;
  whole.writeUInt16BE(whole.length, 4);
  return whole;
}

function chunk(type: number, value: readonly number[] | Uint8Array): Buffer {
  const octets = Buffer.alloc(6 + value.length);
  octets.writeUInt16BE(type, 2);
  octets.writeUInt16BE(Math.min(octets.length, 0xffff), 4);
  octets.set(value, 6);
  return octets;
}

function half(value: number): readonly number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function word(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value >>> 0);
  return octets;
}
