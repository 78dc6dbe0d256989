import assert from "node:assert/strict";
import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ms } from "../../../src/message/units.ts";
import { missedCall } from "./a-record.ts";
import { folder, Shelf } from "./shelf.ts";

test("a full disk is told once, and when there is room again everything is saved", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir);
  await shelf.loaded();
  // What is written beside the file goes to a device that is always full.
  const fill = (): Promise<void> => symlink("/dev/full", join(dir, "calls.json.tmp"));
  await fill();
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(1) });
  await shelf.store.flush();
  assert.deepEqual(shelf.kinds, ["loaded", "saveFailed"]);
  assert.match(JSON.stringify(shelf.events.at(-1)), /ENOSPC/);
  await fill();
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(2) });
  await shelf.store.flush();
  assert.deepEqual(shelf.kinds, ["loaded", "saveFailed"], "the same failure is not told again");
  assert.deepEqual(await readdir(dir), [], "half a file is not left on the full disk");
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(3) });
  shelf.clock.advance(ms(2000));
  await shelf.heard(3);
  assert.deepEqual(shelf.kinds, ["loaded", "saveFailed", "saved"]);
  assert.equal((await new Shelf(dir).loaded()).calls.length, 3);
  await shelf.store.close();
});

test("a save that failed is tried again by itself", async (t) => {
  const dir = await folder(t);
  const shelf = new Shelf(dir);
  await shelf.loaded();
  await symlink("/dev/full", join(dir, "book.json.tmp"));
  shelf.store.perform({ world: "store", kind: "putContact", contact: { id: 1, name: "Bob", numbers: ["1"] } });
  await shelf.store.flush();
  shelf.clock.advance(ms(10_000));
  await shelf.heard(3);
  assert.deepEqual(shelf.kinds, ["loaded", "saveFailed", "saved"]);
  await shelf.store.close();
});

test("a data directory that can not be there is a failed save and nothing worse", async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, "file"), "");
  const shelf = new Shelf(join(dir, "file", "data"));
  const { contacts, calls } = await shelf.loaded();
  assert.deepEqual([contacts, calls], [[], []]);
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(1) });
  await shelf.store.flush();
  assert.deepEqual(shelf.kinds.at(-1), "saveFailed");
  await shelf.store.close();
});

test("a data directory that was removed under the gateway is made again", async (t) => {
  const dir = join(await folder(t), "data");
  await mkdir(dir);
  const shelf = new Shelf(dir);
  await shelf.loaded();
  await rm(dir, { recursive: true });
  shelf.store.perform({ world: "store", kind: "addCall", record: missedCall(1) });
  await shelf.store.close();
  assert.deepEqual(await readdir(dir), ["calls.json"]);
});
