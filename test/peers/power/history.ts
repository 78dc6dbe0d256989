import type { CallRecord, Contact } from "../../../src/message/record.ts";
import type { StoreCommand } from "../../../src/message/store.ts";
import { instant, ms } from "../../../src/message/units.ts";

/** What is written while the power is cut: change number `n`, and what a file has to hold after it. */

/** Contacts in the book: each change brings one and takes the oldest. */
export const contactsKept = 300;
/** Calls in the log. */
export const callsKept = 400;

export function contactOf(n: number): Contact {
  return { id: n, name: `Person ${n}`, numbers: [`030${n}`, `+49 170 ${n}`] };
}

export function callOf(n: number): CallRecord {
  return {
    id: n,
    call: `call:${n}`,
    direction: "incoming",
    result: "missed",
    from: { number: `030${n}`, name: `Person ${n}` },
    to: { number: "600", name: null },
    fromParty: "line:local",
    answeredBy: null,
    startedAt: instant(1_795_000_000_000 + n),
    answeredAt: null,
    durationMs: ms(0),
    cause: "cancelled",
    quality: [],
  };
}

export function change(n: number): readonly StoreCommand[] {
  return [
    { world: "store", kind: "putContact", contact: contactOf(n) },
    { world: "store", kind: "removeContact", id: n - contactsKept },
    { world: "store", kind: "addCall", record: callOf(n) },
  ];
}

/** The number of the last change in a list; null when it is not the whole state after one change. */
export function lastChange<Entry extends { readonly id: number }>(
  entries: readonly Entry[],
  kept: number,
  entryOf: (n: number) => Entry,
): number | null {
  const last = entries.at(-1)?.id ?? 0;
  const whole = Array.from({ length: Math.min(kept, last) }, (_, index) =>
    entryOf(last - Math.min(kept, last) + 1 + index),
  );
  return JSON.stringify(entries) === JSON.stringify(whole) ? last : null;
}
