import type { Address } from "../message/media.ts";

/** Which of the two implementations moves the packets. */
export type EdgeName = "batched" | "dgram";

/**
 * Decides what becomes of what came from the network. The octets are only good until it returns; whatever is refused
 * is counted there.
 */
export interface RtpDoor {
  /** The far end of a stream: another object whenever it changes; null while it is not known. */
  farEndOf(stream: number): object | null;
  /**
   * True when RTP from there is of the far end's. As long as the far end is the same and no packet from elsewhere was
   * let in since, the answer for one source stays the same.
   */
  admits(stream: number, from: Address): boolean;
  /** RTP that was let in. */
  takeRtp(stream: number, datagram: Uint8Array, from: Address): void;
  /** RTCP from anybody, on either port (RFC 5761 §4). */
  takeRtcp(stream: number, datagram: Uint8Array, from: Address): void;
  /** RTP that was let in, and is too long to be voice. */
  tooLong(from: Address): void;
}

/**
 * The network edge of the voice path: pairs of UDP sockets, one a stream. The tick is: drain, work, send.
 * A failed send is the network's business: it is not reported.
 */
export interface RtpIo {
  readonly edge: EdgeName;
  /** The RTP port of each stream, even; RTCP is one above (RFC 3550 §11). */
  readonly ports: readonly number[];
  /** Takes in everything that has arrived: RTP into the map's slots, past the door, which is always the same. */
  drain(door: RtpDoor): void | Promise<void>;
  /** True as soon as a packet of the stream is there, false when none came within so many milliseconds. */
  packetComes(stream: number, withinMs: number): boolean | Promise<boolean>;
  /** Sends what the tick left in the map's slots. A stream without a target sends nothing. */
  sendTick(targetOf: (stream: number) => Address | null): void;
  sendRtcp(stream: number, octets: Uint8Array, to: Address): void;
  close(): Promise<void>;
}

/** RFC 5761 §4: these second octets are of RTCP, whatever port it came to. */
export function isRtcp(secondOctet: number): boolean {
  return secondOctet >= 192 && secondOctet <= 223;
}

export function noPorts(address: string, first: number, last: number): Error {
  return new Error(
    `RTP: no pair of UDP ports is free from ${first} to ${last} on ${address} — free them or choose another range`,
  );
}

export function cannotBind(address: string, port: number, why: string): Error {
  return new Error(`cannot bind RTP to ${address}:${port}: ${why} — name an address of this machine`);
}

/** Room for a second of packets: a tick that comes late must not lose any. */
export const RECEIVE_BUFFER = 128 * 1024;
export const HIGHEST_PORT = 65535;
