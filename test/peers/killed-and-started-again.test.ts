import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { House } from "./harness/house.ts";
import { World } from "./harness/world.ts";

test("killed in the middle of writing, it starts again with everything that was saved and no torn file", async (t) => {
  const options = { extra: "\n[data]\nsave_after_ms = 100\n" };
  const world = await World.open(t, options);
  const { house } = world;
  await house.door.ask("book", "add", "Carol Saved", "703");
  await house.fact("storeChanged", 5000, 0, (fact) => fact.what === "book");
  const alice = await world.alice();
  alice.dial(house.uri("611"));
  await house.phone("handset:1").rings();
  alice.hangUp();
  await house.fact("callEnded");
  await house.fact("storeChanged", 5000, 0, (fact) => fact.what === "calls");
  for (let n = 0; n < 40; n++) await house.door.ask("book", "add", `Unsaved ${n}`, `8${n}`);
  house.program.signal("SIGKILL");
  await house.program.exited;

  for (const name of await readdir(house.dataDir)) {
    if (!name.endsWith(".json")) continue;
    const text = await readFile(join(house.dataDir, name), "utf8");
    assert.doesNotThrow(() => JSON.parse(text), `${name} is torn`);
  }
  const again = await House.start(world.scratch, { ...options, dataDir: house.dataDir });
  const book = await again.book();
  assert.ok(book.some((contact) => contact.name === "Carol Saved" && contact.numbers.includes("703")));
  assert.ok(book.some((contact) => contact.name === "Alice Softphone"));
  const [entry] = await again.log();
  assert.deepEqual([entry?.result, entry?.from.name], ["missed", "Alice Softphone"]);
});
