import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Contact } from "../../../src/message/record.ts";
import { ms } from "../../../src/message/units.ts";
import { folder, Shelf } from "./shelf.ts";

const count = 50_000;

function contact(id: number): Contact {
  return { id, name: `Person ${id}`, numbers: [`030 ${100_000 + id}`, `+49 170 ${id}`] };
}

/** Turns of the event loop until it is done. */
async function turnsUntil(done: Promise<unknown>): Promise<number> {
  let turns = 0;
  let over = false;
  void done.then(() => {
    over = true;
  });
  while (!over) {
    turns += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return turns;
}

test("while 50 000 entries are saved everybody else has many turns, and what they change is in the next save", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir);
  await shelf.loaded();
  for (let id = 1; id <= count; id++) shelf.store.perform({ world: "store", kind: "putContact", contact: contact(id) });
  shelf.clock.advance(ms(2000));
  // The save is under way: entries at both ends of the file change before it is written.
  const saved = shelf.heard(2);
  await new Promise((resolve) => setImmediate(resolve));
  shelf.store.perform({ world: "store", kind: "removeContact", id: 1 });
  shelf.store.perform({ world: "store", kind: "putContact", contact: { id: count, name: "Changed", numbers: ["1"] } });
  const turns = await turnsUntil(saved);
  assert.ok(turns >= 50, `only ${turns} turns while the book was saved`);
  const { contacts } = JSON.parse(await readFile(join(dir, "book.json"), "utf8")) as { contacts: Contact[] };
  assert.equal(contacts.length, count);
  assert.deepEqual([contacts[0], contacts.at(-1)], [contact(1), contact(count)], "the book as it was at one moment");
  await shelf.store.close();
  const again = await new Shelf(dir).loaded();
  assert.equal(again.contacts.length, count - 1);
  assert.equal(again.contacts.at(-1)?.name, "Changed");
});

test("a large book is loaded in pieces, with a turn for everybody else after each", async (t) => {
  const dir = await folder(t);
  const first = new Shelf(dir);
  await first.loaded();
  for (let id = 1; id <= 1200; id++) first.store.perform({ world: "store", kind: "putContact", contact: contact(id) });
  await first.store.close();
  const shelf = new Shelf(dir);
  const loaded = shelf.store.load();
  const waited: number[] = [];
  let seen = 0;
  const look = (): void => {
    waited.push(shelf.events.length - seen);
    seen = shelf.events.length;
  };
  let over = false;
  void loaded.then(() => {
    over = true;
  });
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    look();
  }
  assert.ok(Math.max(...waited) <= 1, "several pieces came in one turn");
  const pieces = shelf.events.flatMap((event) => (event.kind === "loaded" ? [event.contacts.length] : []));
  assert.ok(pieces.length >= 4 && Math.max(...pieces) <= 300, `pieces of ${pieces.join(", ")}`);
  assert.deepEqual((await shelf.loaded()).contacts.length, 1200);
});
