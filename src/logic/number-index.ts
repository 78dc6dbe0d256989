import type { Contact } from "../message/record.ts";
import { insert, withdraw } from "./by-id.ts";

/** A map that grows is copied whole: many small ones, so that no single entry of a large book waits for that. */
const SHARDS = 64;

/** Who has a number: the newest contact is its holder, older ones wait for it to go. */
export class NumberIndex {
  readonly #holders = Array.from({ length: SHARDS }, () => new Map<string, Contact>());
  /** The older ones that have the same number, where there are any; the newest last. */
  readonly #older = new Map<string, Contact[]>();

  holder(number: string): Contact | null {
    return this.#shard(number).get(number) ?? null;
  }

  /** Once for a number and a contact. */
  add(number: string, contact: Contact): void {
    const shard = this.#shard(number);
    const holder = shard.get(number);
    if (holder === undefined) {
      shard.set(number, contact);
      return;
    }
    const [older, newer] = holder.id < contact.id ? [holder, contact] : [contact, holder];
    const others = this.#older.get(number);
    if (others === undefined) this.#older.set(number, [older]);
    else insert(others, older);
    shard.set(number, newer);
  }

  /** The contact has the number no longer; if it was the holder, the next older one is. */
  remove(number: string, contact: Contact): void {
    const shard = this.#shard(number);
    const others = this.#older.get(number);
    if (shard.get(number) === contact) {
      const next = others?.pop();
      if (next === undefined) shard.delete(number);
      else shard.set(number, next);
    } else if (others !== undefined) withdraw(others, contact.id);
    if (others?.length === 0) this.#older.delete(number);
  }

  /** By the last two characters: they differ most. */
  #shard(number: string): Map<string, Contact> {
    const [units, tens] = [number.charCodeAt(number.length - 1) || 0, number.charCodeAt(number.length - 2) || 0];
    const shard = this.#holders[(units + 10 * tens) % SHARDS];
    if (shard === undefined) throw new Error("there is a shard for every number");
    return shard;
  }
}
