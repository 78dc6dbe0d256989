import type { CcCall } from "../../../message/dect.ts";
import type { HandsetName } from "../../../message/name.ts";
import type { Transaction } from "../../reference/wire/link-frame.ts";

const VALUES = 128;

/**
 * Where a CC transaction stands, as far as its clearing goes; the rest is decided above.
 * open: neither side has released. released: the handset has, by CC-RELEASE; it waits for our CC-RELEASE-COM.
 * over: the handset has, by CC-RELEASE-COM, or the setup never reached it; only the upper half's release is awaited.
 * clearing: we have sent CC-RELEASE and wait for CC-RELEASE-COM.
 */
export type CcState = "open" | "released" | "over" | "clearing";

export interface CcTransaction {
  readonly call: CcCall;
  readonly handset: HandsetName;
  /** The handset's number on its base. */
  readonly number: number;
  readonly transaction: Transaction;
  state: CcState;
}

/** The CC transactions of one base: by the upper half's name for them, and by what the link calls them. */
export class Transactions {
  readonly #byCall = new Map<CcCall, CcTransaction>();
  readonly #byLink = new Map<string, CcTransaction>();
  #next = 0;

  get size(): number {
    return this.#byCall.size;
  }

  ofCall(call: CcCall): CcTransaction | null {
    return this.#byCall.get(call) ?? null;
  }

  ofLink(number: number, transaction: Transaction): CcTransaction | null {
    return this.#byLink.get(linkKey(number, transaction)) ?? null;
  }

  /** A transaction that the handset has allocated. */
  accept(call: CcCall, handset: HandsetName, number: number, transaction: Transaction): CcTransaction {
    const it: CcTransaction = { call, handset, number, transaction, state: "open" };
    this.#byCall.set(call, it);
    this.#byLink.set(linkKey(number, transaction), it);
    return it;
  }

  /** Allocates a value for a call to the handset; null when all 128 are in use. Values go round, so that a late message of an ended call meets no other. */
  allocate(call: CcCall, handset: HandsetName, number: number): CcTransaction | null {
    for (let tries = 0; tries < VALUES; tries++) {
      const transaction = { byHandset: false, value: this.#next };
      this.#next = (this.#next + 1) % VALUES;
      if (this.ofLink(number, transaction) === null) return this.accept(call, handset, number, transaction);
    }
    return null;
  }

  /** The other side may use the value again, while the upper half still has to release the call. */
  freeValue(it: CcTransaction): void {
    const key = linkKey(it.number, it.transaction);
    if (this.#byLink.get(key) === it) this.#byLink.delete(key);
  }

  free(it: CcTransaction): void {
    this.freeValue(it);
    this.#byCall.delete(it.call);
  }
}

function linkKey(number: number, { byHandset, value }: Transaction): string {
  return `${number} ${byHandset ? "handset" : "host"} ${value}`;
}
