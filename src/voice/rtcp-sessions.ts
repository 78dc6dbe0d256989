import { randomBytes } from "node:crypto";
import type { Address } from "../message/media.ts";
import type { VoiceMap } from "./map.ts";
import type { Remote } from "./remote.ts";
import { RtcpSession } from "./rtcp-session.ts";

/** A stream whose far end is not known yet is looked at again so much later, ms. */
const LOOK_AGAIN_MS = 500;

export interface RtcpSessionsParts {
  readonly map: VoiceMap;
  remoteOf(stream: number): Remote | null;
  send(stream: number, octets: Uint8Array, to: Address): void;
  /** Milliseconds of a monotonic clock. */
  now(): number;
}

/** RTCP of all open streams. Times are milliseconds of one monotonic clock. */
export class RtcpSessions {
  readonly #parts: RtcpSessionsParts;
  readonly #cname = randomBytes(12).toString("base64");
  readonly #sessions = new Map<number, RtcpSession>();
  /** Nothing is due before. */
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(parts: RtcpSessionsParts) {
    this.#parts = parts;
  }

  of(stream: number): RtcpSession | undefined {
    return this.#sessions.get(stream);
  }

  open(stream: number, now: number): void {
    const session = new RtcpSession(this.#parts.map, stream, this.#cname, now);
    this.#sessions.set(stream, session);
    this.#dueAt = Math.min(this.#dueAt, session.dueAt);
  }

  /** RFC 3550 §6.6: says goodbye, if anything was said before. */
  close(stream: number, now: number): void {
    const session = this.of(stream);
    const remote = this.#parts.remoteOf(stream);
    if (session !== undefined && remote !== null)
      this.#parts.send(stream, session.report(now, true), remote.rtcpTarget);
    this.#sessions.delete(stream);
  }

  closeAll(close: (stream: number) => void): void {
    for (const stream of [...this.#sessions.keys()]) close(stream);
  }

  /** Sends the reports that are due. */
  report(): void {
    const now = this.#parts.now();
    if (now < this.#dueAt) return;
    this.#dueAt = Number.POSITIVE_INFINITY;
    // In place of a loop over its entries, each of which is made for it.
    this.#sessions.forEach((session, stream) => {
      const remote = this.#parts.remoteOf(stream);
      if (remote !== null && session.dueAt <= now)
        this.#parts.send(stream, session.report(now, false), remote.rtcpTarget);
      const next = remote === null ? Math.max(session.dueAt, now + LOOK_AGAIN_MS) : session.dueAt;
      this.#dueAt = Math.min(this.#dueAt, next);
    });
  }
}
