import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk } from "../../src/logic/desk.ts";
import { PhoneBook } from "../../src/logic/phonebook.ts";
import type { Event } from "../../src/message/event.ts";
import type { Contact } from "../../src/message/record.ts";
import { instant } from "../../src/message/units.ts";
import { UpperHalf } from "../../src/upper-half.ts";

const at = instant(1_795_000_000_000);

/** A contact with two numbers of its own, and one that every hundredth entry has. */
function contact(id: number): Contact {
  return { id, name: `Person ${id}`, numbers: [`030 ${100_000 + id}`, `+49 170 ${id}`, `0800 ${id % 100}`] };
}

function contacts(count: number): Contact[] {
  return Array.from({ length: count }, (_, index) => contact(index + 1));
}

/** The same sequence in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/**
 * The longest step of a history, ms. It is lived through five times and each step counts with its shortest time, so that
 * what the machine did besides is left out, and what a step itself costs is not.
 */
function longestStep(history: (step: (run: () => void) => void) => void): number {
  const shortest: number[] = [];
  for (let round = 0; round < 5; round++) {
    let n = 0;
    history((run) => {
      const began = performance.now();
      run();
      shortest[n] = Math.min(shortest[n] ?? Number.POSITIVE_INFINITY, performance.now() - began);
      n += 1;
    });
  }
  return shortest.reduce((most, took) => Math.max(most, took), 0);
}

test("a caller is found among 10 000 entries in less than a millisecond", (t) => {
  const book = new PhoneBook(new Desk());
  book.load(contacts(10_000));
  const took = longestStep((step) => {
    for (let id = 1; id <= 10_000; id++)
      step(() => assert.equal(book.named({ number: `030-${100_000 + id}`, name: null }).name, `Person ${id}`));
  });
  t.diagnostic(`slowest of 10 000 lookups: ${took.toFixed(3)} ms`);
  assert.ok(took < 1, `a lookup took ${took} ms`);
});

test("no handler takes 10 ms while 50 000 entries are loaded and entries come and go", (t) => {
  const all = contacts(50_000);
  const took = longestStep((step) => {
    const upper = new UpperHalf();
    const handle = (event: Event): void => step(() => void upper.handle(event));
    for (let from = 0; from < all.length; from += 250)
      handle({ world: "store", kind: "loaded", at, contacts: all.slice(from, from + 250), calls: [] });
    for (let n = 0; n < 2000; n++) {
      handle({ world: "admin", kind: "addContact", at, name: `New ${n}`, numbers: [`0900${n}`, "08001"] });
      handle({ world: "admin", kind: "removeContact", at, id: 1 + ((n * 7919) % 50_000) });
      step(() => assert.ok(upper.view().contacts.length >= 50_000));
    }
  });
  t.diagnostic(`longest handler: ${took.toFixed(2)} ms`);
  assert.ok(took < 10, `a handler took ${took} ms`);
});

test("an entry goes from a number that 50 000 share without the others being looked at", () => {
  const took = longestStep((step) => {
    const book = new PhoneBook(new Desk());
    book.load(contacts(50_000).map(({ id, name }) => ({ id, name, numbers: ["110"] })));
    for (let n = 0; n < 1000; n++) step(() => book.remove(50_000 - 2 * n));
    assert.equal(book.named({ number: "110", name: null }).name, "Person 49999");
  });
  assert.ok(took < 2, `a removal took ${took} ms`);
});

test("looking at the book makes no copy of it", () => {
  const book = new PhoneBook(new Desk());
  book.load(contacts(100));
  assert.equal(book.list(), book.list());
});

/** What the book has to answer, by looking at every entry. */
class PlainBook {
  entries: Contact[] = [];

  named(number: string): string | null {
    const having = this.entries.filter(({ numbers }) => numbers.some((other) => other.replace(" ", "") === number));
    return having.sort((a, b) => b.id - a.id)[0]?.name ?? null;
  }
}

test("whatever comes and goes, the newest entry with a number gives its name", () => {
  const throws = dice(4711);
  const few = Array.from({ length: 12 }, (_, n) => `0${n}`);
  for (let run = 0; run < 60; run++) {
    const book = new PhoneBook(new Desk());
    const plain = new PlainBook();
    const numbers = (): string[] =>
      Array.from({ length: 1 + throws(4) }, () => `0${throws(2) === 0 ? " " : ""}${throws(12)}`);
    for (let step = 0; step < 120; step++) {
      const dropped = plain.entries[throws(plain.entries.length)];
      const id = 1 + throws(200);
      if (throws(3) === 0 && dropped !== undefined) {
        book.remove(dropped.id);
        plain.entries = plain.entries.filter((entry) => entry !== dropped);
      } else if (throws(4) === 0) {
        const loaded = { id, name: `loaded ${run} ${step}`, numbers: numbers() };
        book.load([loaded]);
        plain.entries = [...plain.entries.filter((entry) => entry.id !== id), loaded];
      } else plain.entries.push(book.add(`added ${step}`, numbers()));
      for (const number of few) assert.equal(book.named({ number, name: null }).name, plain.named(number));
    }
    const byId = [...plain.entries].sort((a, b) => a.id - b.id);
    assert.deepEqual(book.list(), byId);
    for (const { id } of byId) book.remove(id);
    for (const number of few) assert.equal(book.named({ number, name: null }).name, null);
  }
});
