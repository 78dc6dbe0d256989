import type { Element } from "../../vendor/reference/wire/element.ts";
import type { Transaction } from "../../vendor/reference/wire/link-frame.ts";

/** A CC message between base and handset (EN 300 175-5 §7). */
export interface AirMessage {
  readonly transaction: Transaction;
  /** Code of `ccMessages`. */
  readonly message: number;
  readonly elements: readonly Element[];
}

/** The radio as a handset has it. */
export interface Air {
  /** Lost when the handset is out of range. */
  send(message: AirMessage): void;
  /** In range or out of it. */
  moved(): void;
  /** The handset was taken up or put down. */
  used(): void;
}

export function sameTransaction(a: Transaction, b: Transaction): boolean {
  return a.byHandset === b.byHandset && a.value === b.value;
}

/** One handset's calls on the air are told apart by three bits, 7 reserved (EN 300 175-5 §7.3). */
export const AIR_TRANSACTIONS = 7;
