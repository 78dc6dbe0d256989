import type { CallId, PartyName } from "../message/name.ts";
import type { CallRecord, PartyQuality } from "../message/record.ts";
import type { Desk } from "./desk.ts";

/** Calls kept when the configuration says nothing. */
const KEPT = 1000;

/** Finished calls, newest last. In memory and synchronous; every change also leaves as a `store` command. */
export class CallLog {
  readonly #desk: Desk;
  #records: CallRecord[] = [];

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** What older entries make room for. */
  get #kept(): number {
    return this.#desk.house.callLogSize ?? KEPT;
  }

  /** Entries at which the oldest go: seldom, and many at once. */
  get #most(): number {
    return this.#kept + Math.floor(this.#kept / 10);
  }

  /** Takes what was saved, or the list of a snapshot, piece by piece: it is cut at the same call as the one it was taken of. */
  load(records: readonly CallRecord[]): void {
    const all = [...this.#records, ...records];
    this.#records = all.slice(all.length > this.#most ? -this.#kept : 0);
    for (const record of records) {
      this.#desk.raise("record", record.id);
      this.#desk.raise("call", Number(record.call.slice("call:".length)) || 0);
    }
  }

  add(entry: Omit<CallRecord, "id">): CallRecord {
    const record: CallRecord = { id: this.#desk.nextRecord(), ...entry };
    this.#records.push(record);
    this.#desk.send({ world: "store", kind: "addCall", record });
    if (this.#records.length > this.#most) this.#trim();
    return record;
  }

  /** The last call that a party made or answered; null without one. */
  lastOf(party: PartyName): CallId | null {
    const last = this.#records.findLast(({ fromParty, answeredBy }) => fromParty === party || answeredBy === party);
    return last?.call ?? null;
  }

  /** How one party of a call was heard; the entry may be gone by then. */
  measured(call: CallId, quality: PartyQuality): void {
    const at = this.#records.findLastIndex((record) => record.call === call);
    const record = this.#records[at];
    if (record === undefined) return;
    this.#records[at] = { ...record, quality: [...record.quality, quality] };
    this.#desk.send({ world: "store", kind: "addQuality", id: record.id, quality });
  }

  clear(): void {
    this.#records = [];
    this.#desk.send({ world: "store", kind: "clearCalls" });
  }

  list(): readonly CallRecord[] {
    return this.#records;
  }

  #trim(): void {
    this.#records = this.#records.slice(-this.#kept);
    const oldest = this.#records[0];
    if (oldest !== undefined) this.#desk.send({ world: "store", kind: "dropCallsBefore", id: oldest.id });
  }
}
