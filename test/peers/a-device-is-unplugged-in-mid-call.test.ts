import assert from "node:assert/strict";
import { test } from "node:test";
import { assertHears, continuityOf, part } from "./harness/audio.ts";
import { watchStarvation } from "./harness/starvation.ts";
import { LEVEL_DBM0, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

test("unplugging the base ends its call cleanly, the call of the analog phone goes on, and plugged again a handset can call", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const [alice, bob] = [await world.alice(), await world.bob()];
  const [handset, port] = [house.phone("handset:1"), house.phone("port:1")];

  alice.dial(house.uri("611"));
  await handset.rings();
  await handset.lift();
  await alice.until("CALL_ESTABLISHED");
  await port.dial("701");
  await bob.until("CALL_ESTABLISHED");

  await port.act({ kind: "hum", frequencyHz: notes["port:1"], levelDbm0: LEVEL_DBM0, ms: null });
  const before = (await bob.hasHeard(600)).samples.length / 8;
  const starvedMs = watchStarvation(house.program.pid);
  await house.unplug("base:1");
  await alice.until("CALL_CLOSED", 2000);
  await house.fact("deviceDetached");
  const ended = await house.fact("callEnded");
  assert.equal(ended.cause, "deviceLost");
  const heard = part(await bob.hasHeard(before + 1500), before);
  assertHears({
    who: "Bob",
    sound: heard,
    hears: [{ frequencyHz: notes["port:1"], levelDbm0: LEVEL_DBM0 }],
    not: [notes.softphone],
  });
  const { longestGapMs } = continuityOf(heard, notes["port:1"]);
  assert.ok(longestGapMs <= 20 + starvedMs(), `the other call had a gap of ${longestGapMs} ms`);

  const since = house.door.facts.length;
  await house.plug("base:1");
  await house.fact("deviceAttached", 5000, since);
  await handset.dial("690");
  await house.fact("callAnswered", 5000, since);
  await handset.hangUp();
  await port.hangUp();
  await bob.until("CALL_CLOSED");
  await house.isQuiet();
});

test("unplugging the dongle while its phones ring leaves the handsets ringing, and the call can be answered", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const alice = await world.alice();
  alice.dial(house.uri("600"));
  await Promise.all(house.phones.map((phone) => phone.rings()));
  await house.unplug("dongle:1");
  await house.fact("deviceDetached");
  await house.phone("handset:2").lift();
  await alice.until("CALL_ESTABLISHED");
  await house.phone("handset:2").hangUp();
  await alice.until("CALL_CLOSED");
  await house.plug("dongle:1");
  await house.isQuiet();
});
