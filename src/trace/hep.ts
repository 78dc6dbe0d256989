import type { Ladder } from "./ladder.ts";
import type { Lane, Rung } from "./rung.ts";

/**
 * HEP version 3 (sipcapture.org, "HEP/EEP rev 12"): the octets "HEP3", the length of all, then chunks of vendor, type, length and
 * value, all big-endian. Chunk types of vendor 0 that are used here.
 */
const chunkType = {
  ipFamily: 1,
  ipProtocol: 2,
  from: 3,
  to: 4,
  fromPort: 7,
  toPort: 8,
  seconds: 9,
  microseconds: 10,
  payloadType: 11,
  agent: 12,
  payload: 15,
  correlation: 17,
} as const;

const ipv4 = 2;
const udp = 17;
/** Payload that is a line of a log: the recording has what SIP meant, not its octets. */
const logLine = 100;
/** Who sent it, for the collector. */
const agent = 0x0ff;

/** A collector knows addresses only: each lane has one. */
const addresses: Readonly<Record<Lane, readonly number[]>> = {
  phone: [127, 0, 0, 1],
  gateway: [127, 0, 0, 2],
  provider: [127, 0, 0, 3],
};

/** A packet for each rung of the picture, to be sent to a collector by UDP. They belong together by their correlation id. */
export function hepOf(ladder: Ladder): Buffer[] {
  const correlation = ladder.sipCallId ?? `${ladder.call}@${ladder.beganAt}`;
  return ladder.rungs.map((rung) => packet(rung, `offhook ${ladder.call} ${rung.text}`, correlation));
}

function packet({ from, to, at }: Rung, text: string, correlation: string): Buffer {
  const chunks = Buffer.concat([
    chunk(chunkType.ipFamily, [ipv4]),
    chunk(chunkType.ipProtocol, [udp]),
    chunk(chunkType.from, addresses[from]),
    chunk(chunkType.to, addresses[to]),
    chunk(chunkType.fromPort, [0, 0]),
    chunk(chunkType.toPort, [0, 0]),
    chunk(chunkType.seconds, word(Math.floor(at / 1000))),
    chunk(chunkType.microseconds, word(Math.round((at % 1000) * 1000))),
    chunk(chunkType.payloadType, [logLine]),
    chunk(chunkType.agent, word(agent)),
    chunk(chunkType.correlation, Buffer.from(correlation)),
    chunk(chunkType.payload, Buffer.from(text)),
  ]);
  const head = Buffer.from("HEP3\0\0");
  head.writeUInt16BE(head.length + chunks.length, 4);
  return Buffer.concat([head, chunks]);
}

function chunk(type: number, value: readonly number[] | Buffer): Buffer {
  const octets = Buffer.from(value);
  const head = Buffer.alloc(6);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(head.length + octets.length, 4);
  return Buffer.concat([head, octets]);
}

function word(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}
