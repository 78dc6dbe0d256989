import type { MemoryState } from "./admin.ts";
import type { CallId, DeviceName, Endpoint, Identity, LineName, PartyName, PhoneName } from "./name.ts";
import type { CallRecord, Contact } from "./record.ts";
import type { Instant } from "./units.ts";

/** The last known state of everything, read synchronously between two events. No secrets in it. */
export interface HouseView {
  readonly lines: readonly LineView[];
  readonly phones: readonly PhoneView[];
  readonly devices: readonly DeviceView[];
  readonly calls: readonly CallView[];
  readonly contacts: readonly Contact[];
  readonly log: readonly CallRecord[];
  readonly unsaved: Unsaved;
  readonly voice: "starting" | "ready" | "lost";
  readonly memory: MemoryState;
  readonly timers: readonly { readonly name: string; readonly owner: string }[];
}

/** Why a list can not be saved at present (disk full, read-only …); null: all is well with it. */
export interface Unsaved {
  readonly book: string | null;
  readonly calls: string | null;
}

export interface LineView {
  readonly line: LineName;
  readonly state: "unregistered" | "registered" | "failed" | "direct";
  readonly server: string;
  readonly detail: string;
  readonly calls: number;
}

export interface PhoneView {
  readonly phone: PhoneName;
  readonly number: string;
  readonly name: string;
  readonly state: "absent" | "idle" | "ringing" | "offHook" | "dialling" | "inCall" | "fault";
  readonly device: DeviceName | null;
}

export interface DeviceView {
  readonly device: DeviceName;
  readonly model: string;
  readonly serial: string;
  readonly attached: boolean;
  readonly channels: number;
}

export interface CallView {
  readonly call: CallId;
  readonly state: "dialling" | "ringing" | "answered" | "clearing";
  readonly from: Identity;
  readonly to: Identity;
  /** `endpoint`: of the voice path, once the party is heard. */
  readonly parties: readonly {
    readonly party: PartyName;
    readonly state: string;
    readonly endpoint: Endpoint | null;
  }[];
  readonly startedAt: Instant;
  readonly answeredAt: Instant | null;
}
