import type { Identity } from "../message/name.ts";
import type { Contact } from "../message/record.ts";
import type { Desk } from "./desk.ts";

/** Names for numbers, in memory and synchronous; every change also leaves as a `store` command. */
export class PhoneBook {
  readonly #desk: Desk;
  readonly #contacts = new Map<number, Contact>();
  /** From number to the contact that has it; the newest wins. */
  readonly #byNumber = new Map<string, Contact>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  load(contacts: readonly Contact[]): void {
    for (const contact of contacts) {
      this.#desk.raise("contact", contact.id);
      this.#index(contact);
    }
  }

  add(name: string, numbers: readonly string[]): Contact {
    const contact: Contact = { id: this.#desk.nextContact(), name, numbers };
    this.#index(contact);
    this.#desk.send({ world: "store", kind: "putContact", contact });
    this.#desk.tell({ kind: "bookChanged", contacts: this.#contacts.size });
    return contact;
  }

  /** An unknown id changes nothing. */
  remove(id: number): void {
    const contact = this.#contacts.get(id);
    if (contact === undefined) return;
    this.#contacts.delete(id);
    this.#byNumber.clear();
    for (const other of this.#contacts.values()) this.#index(other);
    this.#desk.send({ world: "store", kind: "removeContact", id });
    this.#desk.tell({ kind: "bookChanged", contacts: this.#contacts.size });
  }

  /** Gives the caller the name under which he stands in the book; else the name he sent himself. */
  named(caller: Identity): Identity {
    if (caller.number === null) return caller;
    const contact = this.#byNumber.get(plain(caller.number));
    return contact === undefined ? caller : { number: caller.number, name: contact.name };
  }

  list(): readonly Contact[] {
    return [...this.#contacts.values()];
  }

  #index(contact: Contact): void {
    this.#contacts.set(contact.id, contact);
    for (const number of contact.numbers) this.#byNumber.set(plain(number), contact);
  }
}

/** Numbers compare without the signs people write between digits; other user parts compare in lower case. */
function plain(number: string): string {
  const digits = number.replace(/[\s()/.-]/g, "");
  return /^\+?[\d*#]+$/.test(digits) ? digits : number.toLowerCase();
}
