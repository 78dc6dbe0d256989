import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ms } from "../../../src/message/units.ts";
import { aQuality } from "../../a-quality.ts";
import { missedCall } from "./a-record.ts";
import { folder, Shelf } from "./shelf.ts";

const seeds = [{ id: 1, name: "Alice Softphone", numbers: ["700", "alice"] }];

test("a first start has the seeds as its phone book and writes nothing", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir, { seeds });
  const { contacts, calls } = await shelf.loaded();
  assert.deepEqual([contacts, calls], [seeds, []]);
  await shelf.store.close();
  assert.deepEqual(await readdir(dir), []);
});

test("what was saved is there after the next start, without the seeds that were removed", async (t) => {
  const dir = await folder(t);
  const first = new Shelf(dir, { seeds });
  await first.loaded();
  first.store.perform({ world: "store", kind: "putContact", contact: { id: 2, name: "Bob", numbers: ["0301234"] } });
  first.store.perform({ world: "store", kind: "removeContact", id: 1 });
  first.store.perform({ world: "store", kind: "addCall", record: missedCall(1) });
  first.store.perform({ world: "store", kind: "addCall", record: missedCall(2) });
  first.store.perform({ world: "store", kind: "dropCallsBefore", id: 2 });
  await first.store.close();
  const { contacts, calls } = await new Shelf(dir, { seeds }).loaded();
  assert.deepEqual(contacts, [{ id: 2, name: "Bob", numbers: ["0301234"] }]);
  assert.deepEqual(calls, [missedCall(2)]);
});

test("many changes make one write, at most the set time after the first of them", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir);
  await shelf.loaded();
  for (let id = 1; id <= 100; id++) {
    shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(id) });
    shelf.clock.advance(ms(19));
  }
  assert.deepEqual(await readdir(dir), []);
  shelf.clock.advance(ms(100));
  await shelf.heard(2);
  assert.deepEqual(shelf.kinds, ["loaded", "saved"]);
  assert.equal(JSON.parse(await readFile(join(dir, "calls.json"), "utf8")).calls.length, 100);
  assert.equal(shelf.clock.pending, 0);
});

test("how a call was heard comes after its entry and is in the same write; of an entry that is gone nothing is kept", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir);
  await shelf.loaded();
  const quality = { party: "line:local", ...aQuality } as const;
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(1) });
  shelf.clock.advance(ms(40));
  shelf.store.perform({ world: "store", kind: "addQuality", id: 1, quality });
  shelf.store.perform({ world: "store", kind: "addQuality", id: 2, quality });
  shelf.clock.advance(ms(2000));
  await shelf.heard(2);
  assert.deepEqual(shelf.kinds, ["loaded", "saved"]);
  assert.equal(shelf.clock.pending, 0);
  const { calls } = await new Shelf(dir).loaded();
  assert.deepEqual(calls, [{ ...missedCall(1), quality: [quality] }]);
  const file = JSON.parse(await readFile(join(dir, "calls.json"), "utf8"));
  assert.doesNotMatch(JSON.stringify(file.calls[0].quality), /null/, "what was not measured takes no room");
});

test("a change that comes while a save is under way is saved after it", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir);
  await shelf.loaded();
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(1) });
  shelf.clock.advance(ms(2000));
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(2) });
  shelf.clock.advance(ms(2000));
  await shelf.heard(2);
  shelf.clock.advance(ms(2000));
  await shelf.heard(3);
  assert.deepEqual(shelf.kinds, ["loaded", "saved", "saved"]);
  const { calls } = await new Shelf(dir).loaded();
  assert.equal(calls.length, 2);
  await shelf.store.close();
});

test("two who flush at once make one writer at a time", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir);
  await shelf.loaded();
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(1) });
  await Promise.all([shelf.store.flush(), shelf.store.flush(), shelf.store.close()]);
  assert.deepEqual(shelf.kinds, ["loaded", "saved"]);
});

test("the call log keeps the last calls only", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir, { callLogSize: 10 });
  await shelf.loaded();
  for (let id = 1; id <= 25; id++) shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(id) });
  await shelf.store.close();
  const { calls } = await new Shelf(dir, { callLogSize: 4 }).loaded();
  assert.deepEqual(
    calls.map(({ id }) => id),
    [22, 23, 24, 25],
  );
});

test("a cleared call log is empty after the next start", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir);
  await shelf.loaded();
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(1) });
  await shelf.store.flush();
  shelf.store.perform({ world: "store", kind: "clearCalls" });
  await shelf.store.close();
  assert.deepEqual((await new Shelf(dir).loaded()).calls, []);
});
