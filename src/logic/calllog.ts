import type { CallRecord } from "../message/record.ts";
import type { Desk } from "./desk.ts";

/** What older entries make room for. */
const KEPT = 1000;
/** Entries beyond it at which the oldest go: seldom, and many at once. */
const SPARE = 100;

/** Finished calls, newest last. In memory and synchronous; every change also leaves as a `store` command. */
export class CallLog {
  readonly #desk: Desk;
  #records: CallRecord[] = [];

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Takes what was saved, or the list of a snapshot, piece by piece: it is cut at the same call as the one it was taken of. */
  load(records: readonly CallRecord[]): void {
    const all = [...this.#records, ...records];
    this.#records = all.slice(all.length > KEPT + SPARE ? -KEPT : 0);
    for (const record of records) {
      this.#desk.raise("record", record.id);
      this.#desk.raise("call", Number(record.call.slice("call:".length)) || 0);
    }
  }

  add(entry: Omit<CallRecord, "id">): CallRecord {
    const record: CallRecord = { id: this.#desk.nextRecord(), ...entry };
    this.#records.push(record);
    this.#desk.send({ world: "store", kind: "addCall", record });
    if (this.#records.length > KEPT + SPARE) this.#trim();
    return record;
  }

  clear(): void {
    this.#records = [];
    this.#desk.send({ world: "store", kind: "clearCalls" });
  }

  list(): readonly CallRecord[] {
    return this.#records;
  }

  #trim(): void {
    this.#records = this.#records.slice(-KEPT);
    const oldest = this.#records[0];
    if (oldest !== undefined) this.#desk.send({ world: "store", kind: "dropCallsBefore", id: oldest.id });
  }
}
