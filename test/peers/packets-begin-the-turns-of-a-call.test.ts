import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

test("a call whose packets begin the turns is held, taken back and ended, and its recordings replay", async (t) => {
  const world = await World.open(t, { rtp: 'drive = "packets"' });
  const { house } = world;
  const alice = await world.alice();
  const port = house.phone("port:1");
  const hearsAlice = () =>
    port.until("hears Alice", ({ hearing }) => Math.abs((hearing.frequencyHz ?? 0) - notes.softphone) < 10);
  alice.dial(house.uri("601"));
  await port.rings();
  await port.lift();
  await alice.until("CALL_ESTABLISHED");
  await hearsAlice();
  alice.hold();
  await house.fact("callHeld");
  await port.hears("silence");
  alice.resume();
  await house.fact("callResumed");
  await hearsAlice();
  const { voiceStatus } = await house.status();
  assert.equal(voiceStatus?.drive, "packets");
  const [call] = await house.calls();
  alice.hangUp();
  await port.hangUp();
  await house.isQuiet();
  const after = (await house.status()).voiceStatus;
  assert.ok((after?.ticks ?? 0) > (voiceStatus?.ticks ?? 0), "turns go on by the clock");
  assert.equal(after?.workerRestarts, 0);
  const capsule = join(await world.scratch.folder("capsule"), "call.jsonl");
  const made = await house.cli("capsule", call?.call ?? "", capsule, "--data", house.dataDir);
  assert.equal(made.code, 0, made.output);
  await house.program.stop();
  const journal = (await readdir(house.dataDir)).find((name) => /^journal-.*\.jsonl$/.test(name)) ?? "";
  for (const recording of [capsule, join(house.dataDir, journal)]) {
    const { code, output } = await house.cli("replay", recording);
    assert.equal(code, 0, output);
  }
});
