import type { MessagePort } from "node:worker_threads";
import type { DeviceName, Endpoint } from "../message/name.ts";
import type { VoiceCommand, VoiceEvent } from "../message/voice.ts";
import type { RtcpSeen, VoiceOptions, VoiceStatus } from "./contract.ts";
import type { MailFlag } from "./mailbox.ts";
import type { Refused } from "./refusals.ts";
import type { TapRate } from "./taps.ts";

/** What crosses between the host and the voice worker: plain objects over one MessagePort. */
export type ToWorker =
  | { readonly kind: "perform"; readonly command: PathCommand }
  /** Channel n of the device is USB channel `channels[n]` of the memory map. */
  | { readonly kind: "attach"; readonly device: DeviceName; readonly channels: readonly number[] }
  | { readonly kind: "detach"; readonly device: DeviceName }
  | { readonly kind: "tap"; readonly task: TapTask }
  | { readonly kind: "status"; readonly request: number }
  | { readonly kind: "stop" };

export type FromWorker =
  | { readonly kind: "ready"; readonly ports: readonly number[] }
  | { readonly kind: "happened"; readonly event: Happening }
  | { readonly kind: "refused"; readonly refused: Refused }
  | { readonly kind: "rtcp"; readonly seen: RtcpSeen }
  | { readonly kind: "tapBegan"; readonly ring: number; readonly rateHz: TapRate }
  /** Once for each ring of a `record` or `play`: the tick does not touch it any more. A sentence when it never did. */
  | { readonly kind: "tapEnded"; readonly ring: number; readonly refused: string | null }
  | { readonly kind: "status"; readonly request: number; readonly status: WorkerStatus };

/** What is done with a ring of samples of the memory map, whose other end is a file. */
export type TapTask =
  | { readonly kind: "record"; readonly ring: number; readonly endpoint: Endpoint }
  | { readonly kind: "play"; readonly ring: number; readonly endpoint: Endpoint; readonly rateHz: TapRate }
  | { readonly kind: "release"; readonly ring: number };

/** Of files, which are the host's. */
export type FileCommand = Extract<VoiceCommand, { readonly kind: "record" | "stopRecord" | "play" | "stopPlay" }>;
const ofFiles: readonly string[] = ["record", "stopRecord", "play", "stopPlay"] satisfies FileCommand["kind"][];

export function isOfFiles(command: VoiceCommand): command is FileCommand {
  return ofFiles.includes(command.kind);
}

export type PathCommand = Exclude<VoiceCommand, FileCommand>;

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
