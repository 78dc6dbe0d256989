import type { CallRecord, Contact } from "./record.ts";
import type { Instant } from "./units.ts";

/** Files -> upper half, once at start: what was saved. */
export type StoreEvent = { readonly world: "store"; readonly at: Instant } & (
  | { readonly kind: "loaded"; readonly contacts: readonly Contact[]; readonly calls: readonly CallRecord[] }
  /** A save failed (disk full, read-only); telephony goes on, the next change tries again. */
  | { readonly kind: "saveFailed"; readonly what: "book" | "calls"; readonly reason: string }
  | { readonly kind: "saved"; readonly what: "book" | "calls" }
);

/** Upper half -> files. Each states one change; the store keeps the whole and writes it atomically, seldom. */
export type StoreCommand = { readonly world: "store" } & (
  | { readonly kind: "putContact"; readonly contact: Contact }
  | { readonly kind: "removeContact"; readonly id: number }
  | { readonly kind: "addCall"; readonly record: CallRecord }
  /** Entries with an id below this one are forgotten. */
  | { readonly kind: "dropCallsBefore"; readonly id: number }
  | { readonly kind: "clearCalls" }
);
