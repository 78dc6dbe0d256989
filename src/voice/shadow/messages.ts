import type { MessagePort } from "node:worker_threads";
import type { CodecFile } from "../contract.ts";
import type { ShadowOptions } from "./contract.ts";
import type { ShadowFigures } from "./figures.ts";
import type { Timing } from "./player.ts";

/** What the shadow's thread tells its host. */
export type FromShadow =
  | { readonly kind: "ready" }
  | { readonly kind: "figures"; readonly figures: ShadowFigures }
  /** `file`: it is the candidate's file, which does not become better by trying again. */
  | { readonly kind: "failed"; readonly reason: string; readonly file: boolean };

/** What the thread's one task is given. */
export interface ShadowTask {
  readonly port: MessagePort;
  readonly shared: SharedArrayBuffer;
  /** File URL of the live module. */
  readonly wasm: string;
  readonly options: ShadowOptions;
  readonly timing: Timing;
  readonly codecs: readonly CodecFile[];
}
