import type { Address } from "../message/media.ts";
import type { RtcpSeen } from "./contract.ts";

/** Of one stream and direction a report is told so often at most, ms: a far end may send as many as it likes. */
const SELDOM_MS = 500;

export interface RtcpWatchParts {
  /** Where the RTP sockets are bound; RTCP is one port above. */
  readonly address: string;
  readonly ports: readonly number[];
  tell(seen: RtcpSeen): void;
}

/** Tells the host of RTCP as it is on the wire. Times are milliseconds of one monotonic clock. */
export class RtcpWatch {
  readonly #parts: RtcpWatchParts;
  readonly #toldAt = new Map<number, number>();

  constructor(parts: RtcpWatchParts) {
    this.#parts = parts;
  }

  /** Never too often: it is ours. */
  sent(stream: number, octets: Uint8Array, to: Address): void {
    this.#tell(stream, octets, this.#own(stream), to);
  }

  heard(stream: number, octets: Uint8Array, from: Address, now: number): void {
    if (now - (this.#toldAt.get(stream) ?? Number.NEGATIVE_INFINITY) < SELDOM_MS) return;
    this.#toldAt.set(stream, now);
    this.#tell(stream, octets, from, this.#own(stream));
  }

  /** Copied: the octets are only good until this returns. */
  #tell(stream: number, octets: Uint8Array, from: Address, to: Address): void {
    this.#parts.tell({ endpoint: `rtp:${stream}`, octets: octets.slice(), from, to });
  }

  #own(stream: number): Address {
    return { address: this.#parts.address, port: (this.#parts.ports[stream] ?? -1) + 1 };
  }
}
