import type { CallId } from "./name.ts";
import type { CallRecord, Contact, PartyQuality } from "./record.ts";
import type { Instant } from "./units.ts";

/** Files -> upper half. */
export type StoreEvent = {
  readonly world: "store";
  readonly at: Instant;
} /** At start, what was saved: as many of them as it takes, see `loadedEvents`. */ & (
  | { readonly kind: "loaded"; readonly contacts: readonly Contact[]; readonly calls: readonly CallRecord[] }
  /** A save failed (disk full, read-only); telephony goes on, the next change tries again. */
  | { readonly kind: "saveFailed"; readonly what: "book" | "calls"; readonly reason: string }
  | { readonly kind: "saved"; readonly what: "book" | "calls" }
  /** The answer to `saveCapsule`; null: it is saved. */
  | { readonly kind: "capsuleSaved"; readonly asked: CallId; readonly reason: string | null }
);

/** Upper half -> files. Each states one change; the store keeps the whole and writes it atomically, seldom. */
export type StoreCommand = { readonly world: "store" } & (
  | { readonly kind: "putContact"; readonly contact: Contact }
  | { readonly kind: "removeContact"; readonly id: number }
  | { readonly kind: "addCall"; readonly record: CallRecord }
  /** How one party was heard, for an entry that is there; nothing happens when it is not. */
  | { readonly kind: "addQuality"; readonly id: number; readonly quality: PartyQuality }
  /** Entries with an id below this one are forgotten. */
  | { readonly kind: "dropCallsBefore"; readonly id: number }
  | { readonly kind: "clearCalls" }
  /** One call of the flight recording as a file of its own, under pseudonyms; the call `asked` waits for `capsuleSaved`. */
  | { readonly kind: "saveCapsule"; readonly call: CallId; readonly asked: CallId }
);

/** Entries in a `loaded` event: one that holds a whole book would keep every other event waiting. */
const mostLoaded = 250;

/** Book and log as the events that load them; at least one. They are made when they are asked for. */
export function* loadedEvents(
  at: Instant,
  contacts: readonly Contact[],
  calls: readonly CallRecord[],
): Generator<StoreEvent> {
  let from = 0;
  do {
    const to = from + mostLoaded;
    yield { world: "store", kind: "loaded", at, contacts: contacts.slice(from, to), calls: calls.slice(from, to) };
    from = to;
  } while (from < Math.max(contacts.length, calls.length));
}
