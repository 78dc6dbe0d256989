import type { CallRecord, Contact } from "../../message/record.ts";
import type { StoreCommand } from "../../message/store.ts";
import { Chance, mix } from "../chance.ts";
import type { Outside } from "./outside.ts";

/** The files: saved after a while, all at once; a disk that is full for some time saves nothing. */
export class Disk {
  /** What the files will hold, by id. */
  readonly contacts = new Map<number, Contact>();
  readonly calls = new Map<number, CallRecord>();
  readonly #outside: Outside;
  readonly #unsaved = new Set<"book" | "calls">();
  #full = false;
  #failed = false;
  #capsules = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** What was saved before, in pieces. */
  start(): void {
    const { contacts, calls } = this.#outside.house.saved;
    for (const contact of contacts) this.contacts.set(contact.id, contact);
    for (const record of calls) this.calls.set(record.id, record);
    const half = Math.ceil(Math.max(contacts.length, calls.length) / 2);
    for (const [from, to] of [
      [0, half],
      [half, 2 * half],
    ])
      this.#outside.post({
        world: "store",
        kind: "loaded",
        contacts: contacts.slice(from, to),
        calls: calls.slice(from, to),
      });
  }

  fill(trait: number): void {
    this.#full = true;
    this.#outside.agenda.after(new Chance(trait).pick([3000, 60_000]), () => {
      this.#full = false;
    });
  }

  perform(command: StoreCommand): void {
    if (command.kind === "saveCapsule") return this.#capsule(command);
    this.#change(command);
    const what = command.kind === "putContact" || command.kind === "removeContact" ? "book" : "calls";
    if (this.#unsaved.has(what)) return;
    this.#unsaved.add(what);
    this.#outside.agenda.after(2000, () => this.#save(what));
  }

  #change(command: Exclude<StoreCommand, { kind: "saveCapsule" }>): void {
    switch (command.kind) {
      case "putContact":
        this.contacts.set(command.contact.id, command.contact);
        return;
      case "removeContact":
        this.contacts.delete(command.id);
        return;
      case "addCall":
        this.calls.set(command.record.id, command.record);
        return;
      case "addQuality": {
        const record = this.calls.get(command.id);
        if (record !== undefined)
          this.calls.set(command.id, { ...record, quality: [...record.quality, command.quality] });
        return;
      }
      case "dropCallsBefore":
        for (const id of [...this.calls.keys()]) if (id < command.id) this.calls.delete(id);
        return;
      case "clearCalls":
        this.calls.clear();
        return;
    }
  }

  #save(what: "book" | "calls"): void {
    this.#unsaved.delete(what);
    if (this.#full) {
      this.#failed = true;
      return this.#outside.post({ world: "store", kind: "saveFailed", what, reason: "ENOSPC" });
    }
    if (this.#failed) this.#outside.post({ world: "store", kind: "saved", what });
    this.#failed = false;
  }

  /** Saved soon, too late, or never. */
  #capsule({ asked }: Extract<StoreCommand, { kind: "saveCapsule" }>): void {
    this.#capsules += 1;
    const chance = new Chance(mix(this.#outside.seed, 10, this.#capsules));
    const reason = this.#full || chance.percent(20) ? "ENOSPC" : null;
    if (chance.percent(10)) return;
    this.#outside.agenda.after(chance.pick([1, 800, 19_999, 21_000]), () =>
      this.#outside.post({ world: "store", kind: "capsuleSaved", asked, reason }),
    );
  }
}
