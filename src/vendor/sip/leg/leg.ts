import type { Body } from "sip.js/lib/core/index.js";
import type { LocalMedia } from "../../../message/media.ts";
import type { LineName } from "../../../message/name.ts";
import type { SipCommand, SipEvent, SipLeg } from "../../../message/sip.ts";
import type { Clock } from "../../clock/clock.ts";

/** One dialog as the queue names it. */
export interface Leg {
  readonly name: SipLeg;
  /** Never throws; a command that comes too late does nothing. */
  perform(command: SipCommand): void;
  /** CANCEL came for the server transaction with this number: true when it was this leg's. */
  cancelled(transaction: number): boolean;
  /** Released, but its BYE must wait for an ACK (RFC 3261 §15). */
  readonly leaving: boolean;
}

type BodyOf<E> = E extends { readonly leg: SipLeg } ? Omit<E, "world" | "at" | "line" | "leg"> : never;
/** An event of a leg without what every event has. */
export type LegEvent = BodyOf<SipEvent>;

/** What legs get from the house. */
export interface LegHouse {
  readonly clock: Clock;
  readonly random: () => number;
  /** Address written into SDP. */
  readonly mediaAddress: string;
  readonly mediaPort: (endpoint: LocalMedia["endpoint"]) => number;
  post(event: SipEvent): void;
  report(peer: string, problem: string): void;
}

/** How a leg speaks up. */
export interface LegVoice {
  readonly house: LegHouse;
  readonly contact: string;
  tell(event: LegEvent): void;
}

export function voiceOf(house: LegHouse, line: LineName, leg: SipLeg, contact: string): LegVoice {
  return {
    house,
    contact,
    // The parts left out of LegEvent are put back here, and only here.
    tell: (event) => house.post({ ...event, world: "sip", at: house.clock.now(), line, leg } as SipEvent),
  };
}

export function sdpBody(content: string): Body {
  return { contentDisposition: "session", contentType: "application/sdp", content };
}

/** sip.js throws when a dialog's state has moved on meanwhile; that is no fault of ours or of the caller's. */
export function attempt(house: Pick<LegHouse, "report">, what: string, run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    house.report("sip.js", `${what}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
