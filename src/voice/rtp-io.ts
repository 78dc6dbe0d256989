import type { Address } from "../message/media.ts";

/** What came from the network. The octets are only good until the handler returns. */
export type Receive = (stream: number, channel: "rtp" | "rtcp", datagram: Uint8Array, from: Address) => void;

/**
 * The network edge of the voice path: pairs of UDP sockets, one a stream. The tick is: drain, work, send.
 * A failed send is the network's business: it is not reported.
 */
export interface RtpIo {
  /** The RTP port of each stream, even; RTCP is one above (RFC 3550 §11). */
  readonly ports: readonly number[];
  /** Hands everything that has arrived to the handler. */
  drain(): Promise<void>;
  send(stream: number, channel: "rtp" | "rtcp", octets: Uint8Array, to: Address): void;
  close(): Promise<void>;
}
