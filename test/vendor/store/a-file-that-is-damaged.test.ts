import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { aQuality } from "../../a-quality.ts";
import { missedCall } from "./a-record.ts";
import { folder, Shelf } from "./shelf.ts";

const bob = { id: 2, name: "Bob", numbers: ["1"] };

test("a file that makes no sense is moved aside, said, and the gateway starts with an empty one", async (t) => {
  for (const content of [
    "",
    "{",
    "\u0000\u0000\u0000",
    "[]",
    "null",
    '{"version":9,"contacts":[]}',
    '{"version":1}',
    "[".repeat(100_000),
  ]) {
    const dir = await folder(t);
    await writeFile(join(dir, "book.json"), content);
    const shelf = new Shelf(dir, { seeds: [bob] });
    const { contacts } = await shelf.loaded();
    assert.deepEqual(contacts, [], "the seeds are for a first start only");
    assert.match(shelf.reports.join(), /book\.json: all entries can not be read; moved to .*book\.json\.damaged-/);
    await shelf.store.close();
    const files = (await readdir(dir)).sort();
    assert.equal(files.length, 2);
    assert.equal(await readFile(join(dir, files[1] ?? ""), "utf8"), content);
  }
});

test("entries that make no sense are left out, the others are kept, and the file as it was is set aside", async (t) => {
  const dir = await folder(t);
  const { cause: _, ...causeless } = missedCall(3);
  const calls = [
    missedCall(1),
    causeless,
    { ...missedCall(4), cause: "constructor" },
    { ...missedCall(5), startedAt: "now" },
    { ...missedCall(6), fromParty: "nobody" },
    { ...missedCall(7), from: null },
    7,
    missedCall(8),
    missedCall(8),
  ];
  await writeFile(join(dir, "calls.json"), JSON.stringify({ version: 1, calls }));
  const shelf = new Shelf(dir);
  const loaded = await shelf.loaded();
  assert.deepEqual(loaded.calls, [missedCall(1), missedCall(8)]);
  assert.match(shelf.reports.join(), /7 entries can not be read; moved to .*, 2 entries are kept/);
  await shelf.store.close();
  assert.equal((await readdir(dir)).length, 2);
});

test("entries of before there were figures are whole, and figures that make no sense do not cost the entry", async (t) => {
  const dir = await folder(t);
  const { quality: _, ...old } = missedCall(1);
  const nonsense = [null, 7, "good", [{ party: "line:local" }], [{ party: "line:local", ...aQuality, lost: -1 }]];
  const calls = [old, ...nonsense.map((quality, n) => ({ ...missedCall(n + 2), quality }))];
  await writeFile(join(dir, "calls.json"), JSON.stringify({ version: 1, calls }));
  const shelf = new Shelf(dir);
  const loaded = await shelf.loaded();
  assert.deepEqual(
    loaded.calls,
    [1, 2, 3, 4, 5, 6].map((id) => missedCall(id)),
  );
  assert.deepEqual(shelf.reports, []);
  await shelf.store.close();
});

test("a directory or a pipe in the place of the file does not stop the start", async (t) => {
  const dir = await folder(t);
  await mkdir(join(dir, "book.json"));
  const shelf = new Shelf(dir);
  assert.deepEqual((await shelf.loaded()).contacts, []);
  assert.match(shelf.reports.join(), /is no file of a sensible size; moved to/);
  shelf.store.perform({ world: "store", kind: "putContact", contact: bob });
  await shelf.store.close();
  assert.deepEqual((await new Shelf(dir).loaded()).contacts, [bob]);
});
