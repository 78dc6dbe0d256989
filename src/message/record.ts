import type { Cause } from "./cause.ts";
import type { CallId, Identity, PartyName } from "./name.ts";
import type { CallQuality } from "./quality.ts";
import type { Instant, Milliseconds } from "./units.ts";

/** One entry of the phone book. `numbers` are as a caller would send them or a person would dial them. */
export interface Contact {
  readonly id: number;
  readonly name: string;
  readonly numbers: readonly string[];
}

/** One entry of the call log: a finished call, complete when it is written (there is no "waiting for the name"). */
export interface CallRecord {
  readonly id: number;
  readonly call: CallId;
  /** missed: nobody answered a call that came in. */
  readonly direction: "incoming" | "outgoing" | "internal";
  readonly result: "answered" | "missed" | "failed";
  readonly from: Identity;
  readonly to: Identity;
  readonly fromParty: PartyName;
  /** Who answered, or null. */
  readonly answeredBy: PartyName | null;
  readonly startedAt: Instant;
  readonly answeredAt: Instant | null;
  readonly durationMs: Milliseconds;
  readonly cause: Cause;
  /** How the parties were heard; comes after the call has ended. Empty: nobody answered, or it is not known. */
  readonly quality: readonly PartyQuality[];
}

export interface PartyQuality extends CallQuality {
  readonly party: PartyName;
}
