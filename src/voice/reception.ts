import { performance } from "node:perf_hooks";
import type { Address } from "../message/media.ts";
import type { EarlyAndLate } from "./early-and-late.ts";
import type { PacketsIn } from "./packets-in.ts";
import type { Refusals } from "./refusals.ts";
import type { Remote } from "./remote.ts";
import type { RtcpSession } from "./rtcp-session.ts";
import type { RtcpWatch } from "./rtcp-watch.ts";
import type { RtpDoor } from "./rtp-io.ts";

/** What reception looks at; the loop owns all of it. */
export interface ReceptionParts {
  remoteOf(stream: number): Remote | null;
  sessionOf(stream: number): RtcpSession | undefined;
  readonly packets: PacketsIn;
  readonly refusals: Refusals;
  readonly earlyAndLate: EarlyAndLate;
  /** Who sees RTCP that was let in; nobody, if nobody wants to. */
  readonly watch?: RtcpWatch | null;
}

/** Lets in what comes from a stream's far end, and counts the rest: no injection, no bleeding to strangers. */
export class Reception implements RtpDoor {
  readonly #parts: ReceptionParts;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  farEndOf(stream: number): Remote | null {
    return this.#parts.remoteOf(stream);
  }

  admits(stream: number, from: Address): boolean {
    const remote = this.#parts.remoteOf(stream);
    if (remote !== null) {
      const old = this.#parts.earlyAndLate.isOfCallBefore(stream, from, performance.now());
      if (old && !remote.isAt(from)) return false;
      if (remote.accepts(from)) return true;
    }
    this.#refuse(stream, "rtp", from);
    return false;
  }

  takeRtp(stream: number, datagram: Uint8Array, from: Address): void {
    if (!this.#parts.packets.put(stream, datagram, Math.round(performance.now() * 8))) this.tooLong(from);
  }

  takeRtcp(stream: number, datagram: Uint8Array, from: Address): void {
    const session = this.#parts.sessionOf(stream);
    if (session === undefined || this.#parts.remoteOf(stream)?.acceptsAddress(from) !== true)
      return this.#refuse(stream, "rtcp", from);
    const now = performance.now();
    if (session.hear(datagram, now)) this.#parts.watch?.heard(stream, datagram, from, now);
    else this.#parts.refusals.bad(from, 1);
  }

  tooLong(from: Address): void {
    this.#parts.refusals.bad(from, 1);
  }

  #refuse(stream: number, channel: "rtp" | "rtcp", from: Address): void {
    const { earlyAndLate, refusals, remoteOf } = this.#parts;
    const now = performance.now();
    if (earlyAndLate.isLate(stream, channel, from, now)) return;
    if (remoteOf(stream) === null && earlyAndLate.mayBeEarly(stream, channel, from, now)) return;
    refusals.stranger(from, 1);
  }
}
