import type { MessagePort } from "node:worker_threads";
import type { DeviceName } from "../message/name.ts";
import type { VoiceCommand, VoiceEvent } from "../message/voice.ts";
import type { VoiceOptions, VoiceStatus } from "./contract.ts";
import type { MailFlag } from "./mailbox.ts";
import type { Refused } from "./refusals.ts";

/** What crosses between the host and the voice worker: plain objects over one MessagePort. */
export type ToWorker =
  | { readonly kind: "perform"; readonly command: VoiceCommand }
  /** Channel n of the device is USB channel `channels[n]` of the memory map. */
  | { readonly kind: "attach"; readonly device: DeviceName; readonly channels: readonly number[] }
  | { readonly kind: "detach"; readonly device: DeviceName }
  | { readonly kind: "status"; readonly request: number }
  | { readonly kind: "stop" };

export type FromWorker =
  | { readonly kind: "ready"; readonly ports: readonly number[] }
  | { readonly kind: "happened"; readonly event: Happening }
  | { readonly kind: "refused"; readonly refused: Refused }
  | { readonly kind: "status"; readonly request: number; readonly status: WorkerStatus };

type WithoutStamp<E> = E extends unknown ? Omit<E, "world" | "at"> : never;
/** A voice event before the host stamps it with its time. */
export type Happening = WithoutStamp<VoiceEvent>;

export type WorkerStatus = Omit<VoiceStatus, "workerRestarts" | "shadow">;

/** What the worker's one standing task is given. */
export interface WorkerTask {
  readonly port: MessagePort;
  readonly memory: WebAssembly.Memory;
  /** File URL of the module. */
  readonly wasm: string;
  readonly options: VoiceOptions;
  /** For `Descriptors`: what the host closes when this worker dies. */
  readonly descriptors: SharedArrayBuffer;
  /** Where `ShadowTap` writes to; null when no candidate is configured. */
  readonly shadow: SharedArrayBuffer | null;
  /** Of the port's mailbox. */
  readonly mail: MailFlag;
}
