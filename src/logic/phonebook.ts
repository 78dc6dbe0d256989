import type { Identity } from "../message/name.ts";
import type { Contact } from "../message/record.ts";
import { insert, withdraw } from "./by-id.ts";
import type { Desk } from "./desk.ts";
import { NumberIndex } from "./number-index.ts";

/**
 * Names for numbers, in memory and synchronous; every change also leaves as a `store` command.
 * No change looks at the whole book: it may have tens of thousands of entries, and calls are up meanwhile.
 */
export class PhoneBook {
  readonly #desk: Desk;
  readonly #contacts: Contact[] = [];
  readonly #numbers = new NumberIndex();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Takes what was saved, in one piece or several; an id that is there already is replaced. */
  load(contacts: readonly Contact[]): void {
    for (const contact of contacts) {
      this.#desk.raise("contact", contact.id);
      this.#drop(contact.id);
      this.#put(contact);
    }
  }

  add(name: string, numbers: readonly string[]): Contact {
    const contact: Contact = { id: this.#desk.nextContact(), name, numbers };
    this.#put(contact);
    this.#desk.send({ world: "store", kind: "putContact", contact });
    this.#desk.tell({ kind: "bookChanged", contacts: this.#contacts.length });
    return contact;
  }

  /** An unknown id changes nothing. */
  remove(id: number): void {
    if (!this.#drop(id)) return;
    this.#desk.send({ world: "store", kind: "removeContact", id });
    this.#desk.tell({ kind: "bookChanged", contacts: this.#contacts.length });
  }

  /** Gives the caller the name under which he stands in the book; else the name he sent himself. */
  named(caller: Identity): Identity {
    if (caller.number === null) return caller;
    const contact = this.#numbers.holder(plain(caller.number));
    return contact === null ? caller : { number: caller.number, name: contact.name };
  }

  /** The book itself in the order of ids, not a copy: to be read before the next event. */
  list(): readonly Contact[] {
    return this.#contacts;
  }

  #put(contact: Contact): void {
    insert(this.#contacts, contact);
    for (const number of plainNumbers(contact)) this.#numbers.add(number, contact);
  }

  /** False when there is no such contact. */
  #drop(id: number): boolean {
    const contact = withdraw(this.#contacts, id);
    if (contact === null) return false;
    for (const number of plainNumbers(contact)) this.#numbers.remove(number, contact);
    return true;
  }
}

/** Each number once, however often and in whatever spelling the contact has it. */
function plainNumbers({ numbers }: Contact): ReadonlySet<string> {
  return new Set(numbers.map(plain));
}

/** Numbers compare without the signs people write between digits; other user parts compare in lower case. */
export function plain(number: string): string {
  const digits = number.replace(/[\s()/.-]/g, "");
  return /^\+?[\d*#]+$/.test(digits) ? digits : number.toLowerCase();
}
