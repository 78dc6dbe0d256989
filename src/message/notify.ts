import type { MemoryState } from "./admin.ts";
import type { Cause } from "./cause.ts";
import type { CallId, DeviceName, Endpoint, Identity, LineName, PartyName, PhoneName } from "./name.ts";
import type { CallRecord } from "./record.ts";
import type { FaxTone } from "./voice.ts";

/** What happened, for whoever watches (`offhook events`, later MQTT). One fact per change of state, in order. */
export type Fact =
  | {
      readonly kind: "callStarted";
      readonly call: CallId;
      readonly from: Identity;
      readonly fromParty: PartyName;
      readonly to: string;
    }
  | { readonly kind: "callRinging"; readonly call: CallId; readonly party: PartyName }
  | { readonly kind: "callAnswered"; readonly call: CallId; readonly party: PartyName }
  | { readonly kind: "callHeld"; readonly call: CallId; readonly party: PartyName }
  | { readonly kind: "callResumed"; readonly call: CallId; readonly party: PartyName }
  /** A fax machine or modem was heard at this party's end: the call is one between machines until it ends. */
  | { readonly kind: "callCarriesFax"; readonly call: CallId; readonly party: PartyName; readonly tone: FaxTone }
  | { readonly kind: "callEnded"; readonly call: CallId; readonly cause: Cause; readonly record: CallRecord | null }
  | { readonly kind: "lineChanged"; readonly line: LineName; readonly state: string; readonly detail: string }
  | { readonly kind: "phoneChanged"; readonly phone: PhoneName; readonly state: string }
  | { readonly kind: "deviceAttached"; readonly device: DeviceName; readonly model: string; readonly serial: string }
  | { readonly kind: "deviceDetached"; readonly device: DeviceName; readonly reason: string }
  | { readonly kind: "bookChanged"; readonly contacts: number }
  | { readonly kind: "storeChanged"; readonly what: string; readonly state: string }
  | { readonly kind: "voiceChanged"; readonly state: string }
  /** Candidates beside the voice path (docs/shadow.md). */
  | { readonly kind: "shadowChanged"; readonly state: string; readonly reason: string | null }
  | {
      readonly kind: "recordEnded";
      readonly endpoint: Endpoint;
      readonly file: string;
      readonly reason: string | null;
      readonly durationMs: number;
      readonly lostMs: number;
    }
  /** Nobody hears this end of a call any more, or it hears nobody: a codec plug-in failed, or it could not be opened. */
  | { readonly kind: "endpointFailed"; readonly endpoint: Endpoint; readonly reason: string }
  | { readonly kind: "playEnded"; readonly endpoint: Endpoint; readonly file: string; readonly reason: string | null }
  /** While it is tight, new calls are refused, but for emergencies. */
  | { readonly kind: "memoryChanged"; readonly state: MemoryState }
  /**
   * A rule that holds whatever happens was broken at the event of that number: a bug. The journal is kept, the gateway
   * went on. Once per rule and minute.
   */
  | {
      readonly kind: "ruleBroken";
      readonly rule: string;
      readonly objects: readonly string[];
      readonly why: string;
      readonly event: number;
    }
  /** A handler threw: a bug. The calls it touched were released, the gateway went on. */
  | { readonly kind: "fault"; readonly message: string; readonly event: string; readonly calls: readonly CallId[] };

export interface NotifyCommand {
  readonly world: "notify";
  readonly kind: "fact";
  readonly fact: Fact;
}
