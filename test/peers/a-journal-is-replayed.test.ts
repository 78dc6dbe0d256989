import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { House } from "./harness/house.ts";
import { World } from "./harness/world.ts";

/** A session with everything in it: a call in, a call inside, a missed call, an unplugged device. */
async function liveThroughTheDay(world: World): Promise<void> {
  const { house } = world;
  const alice = await world.alice();
  alice.dial(house.uri("600"));
  await house.phone("port:1").rings();
  await house.phone("port:1").lift();
  await alice.until("CALL_ESTABLISHED");
  await alice.hasHeard(200);
  await house.phone("port:1").hangUp();
  await alice.until("CALL_CLOSED");
  const dialled = house.door.facts.length;
  await house.phone("handset:1").dial("690");
  await house.fact("callAnswered", 5000, dialled);
  await house.unplug("base:1");
  await house.isQuiet();
  const since = alice.events.length;
  alice.dial(house.uri("602"));
  await house.phone("port:2").rings();
  alice.hangUp();
  await alice.until("CALL_CLOSED", 3000, since);
  await house.isQuiet();
}

async function journals(house: House): Promise<readonly string[]> {
  const names = (await readdir(house.dataDir)).filter((name) => /^journal-.*\.jsonl$/.test(name)).sort();
  return names.map((name) => join(house.dataDir, name));
}

test("the journal of a real session, replayed, gives every command again byte for byte", async (t) => {
  const world = await World.open(t);
  await liveThroughTheDay(world);
  await world.house.program.stop();
  const [journal, ...more] = await journals(world.house);
  assert.ok(journal !== undefined, "no journal was written");
  assert.deepEqual(more, [], "one short session fits one journal");
  const events = (await readFile(journal, "utf8")).split("\n").filter((line) => line !== "").length;
  assert.ok(events > 20, `the journal has only ${events} lines`);
  const replay = await world.house.cli("replay", journal);
  assert.equal(replay.code, 0, replay.output);
  t.diagnostic(replay.output.trim().split("\n").at(-1) ?? "");
});

test("a journal with one altered command is found out, and the event is named", async (t) => {
  const world = await World.open(t);
  await liveThroughTheDay(world);
  await world.house.program.stop();
  const [journal] = await journals(world.house);
  assert.ok(journal !== undefined);
  const text = await readFile(journal, "utf8");
  const altered = text.replace('"kind":"stopRing"', '"kind":"stopRinging"');
  assert.notEqual(altered, text);
  await writeFile(journal, altered);
  const replay = await world.house.cli("replay", journal);
  assert.equal(replay.code, 1, replay.output);
  assert.match(replay.output, /stopRing/);
});
