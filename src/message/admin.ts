import type { CallId, DeviceName } from "./name.ts";
import type { House } from "./plan.ts";
import type { Instant } from "./units.ts";

export type MemoryState = "tight" | "easy";

/** People -> upper half (CLI, later web, MQTT), and the gateway's own start. */
export type AdminEvent = {
  readonly world: "admin";
  readonly at: Instant;
} /** First event of a run: the configuration, without secrets. */ & (
  | { readonly kind: "configured"; readonly house: House }
  /** First event of a later journal segment: the state of a quiet house, so that the segment replays by itself. */
  | { readonly kind: "restored"; readonly state: string }
  | { readonly kind: "hangUp"; readonly call: CallId }
  | { readonly kind: "addContact"; readonly name: string; readonly numbers: readonly string[] }
  | { readonly kind: "removeContact"; readonly id: number }
  | { readonly kind: "clearLog" }
  /** How much memory is left to the gateway: while it is tight, a new call would not fit. */
  | { readonly kind: "memory"; readonly state: MemoryState }
  /** Comes by a timer when a supervisor watches; its answer shows that the queue moves. Not journalled. */
  | { readonly kind: "heartbeat" }
  /** The lower half could not do what a command asked, and no world of its own tells it better. */
  | { readonly kind: "deviceProblem"; readonly device: DeviceName; readonly problem: string }
);
