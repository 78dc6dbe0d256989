import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { World } from "./harness/world.ts";

test("a call of a running gateway is drawn while it is up, and to its end when it is over", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const phone = house.phone("handset:1");
  await phone.dial("690");
  await house.fact("callAnswered");
  const [call] = await house.calls();
  assert.ok(call !== undefined);
  const up = await house.cli("trace", call.call, "--data", house.dataDir);
  assert.equal(up.code, 0, up.output);
  assert.match(up.output, /calls 690[\s\S]*handset:1 CC-SETUP[\s\S]*hears itself[\s\S]*recording ends before/);
  await phone.hangUp();
  await house.isQuiet();
  const over = await house.cli("trace", call.call, "--data", house.dataDir);
  assert.match(over.output, /handset:1 CC-RELEASE[\s\S]*over: one of the two hung up/);
  const file = join(await world.scratch.folder("capsule"), "call.jsonl");
  const made = await house.cli("capsule", call.call, file, "--data", house.dataDir);
  assert.equal(made.code, 0, made.output);
  const replayed = await house.cli("replay", file);
  assert.match(replayed.output, /every command is the same/);
  assert.equal(replayed.code, 0);
});

test("a person marks a bad call by a star code, hears the confirmation tone, and the capsule replays", async (t) => {
  const world = await World.open(t, { extra: '[[service]]\nnumber = "*99"\nservice = "capsule"\n' });
  const { house } = world;
  const phone = house.phone("port:1");
  await phone.dial("690");
  await house.fact("callAnswered");
  await phone.hangUp();
  await house.isQuiet();
  await phone.dial("*99");
  await phone.hears("confirm");
  await phone.hangUp();
  await house.isQuiet();
  const file = join(house.dataDir, "capsule-000001.jsonl");
  const replayed = await house.cli("replay", file);
  assert.match(replayed.output, /every command is the same/);
  const drawn = await house.cli("trace", "1", "--capsule", file);
  assert.match(drawn.output, /calls 690[\s\S]*hears itself[\s\S]*over: one of the two hung up/);
});
