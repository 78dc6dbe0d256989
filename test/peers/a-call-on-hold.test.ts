import assert from "node:assert/strict";
import { test } from "node:test";
import { part, toneLevelDbm0 } from "./harness/audio.ts";
import { assertTalk, everybodyHums, LEVEL_DBM0, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

test("the flash key holds the softphone, which then hears nothing of the house, and takes it back", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const alice = await world.alice();
  const port = house.phone("port:1");
  alice.dial(house.uri("601"));
  await port.rings();
  await port.lift();
  await alice.until("CALL_ESTABLISHED");
  await alice.hasHeard(300);

  await port.act({ kind: "flash" });
  await house.fact("callHeld");
  await port.act({ kind: "hum", frequencyHz: notes["port:1"], levelDbm0: LEVEL_DBM0, ms: 800 });
  const heard = (await alice.heard()).samples.length / 8;
  await port.act({ kind: "flash" });
  await house.fact("callResumed");
  const level = toneLevelDbm0(part(await alice.heard(), Math.max(0, heard - 700), heard), notes["port:1"]);
  assert.ok(level < -50, `held, Alice hears the house at ${level.toFixed(1)} dBm0`);

  const [inside, outside] = await everybodyHums({ phones: [port], softphones: [alice] });
  assert.ok(inside !== undefined && outside !== undefined);
  assertTalk(
    { who: "port:1", sound: inside, note: notes["port:1"] },
    { who: "Alice", sound: outside, note: notes.softphone },
  );
  alice.hangUp();
  await port.hangUp();
  await house.isQuiet();
});
