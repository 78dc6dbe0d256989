import assert from "node:assert/strict";
import { test } from "node:test";
import { assertHears, onsetMs } from "./harness/audio.ts";
import { everybodyHums, LEVEL_DBM0, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

//  phone           gateway            softphone 701
//    |--off-hook---->|
//    |<--dial tone---|                            within 100 ms
//    |--7--0--1----->|--INVITE 701-------->|      at the last digit, no timer
//    |<--------------|<--200 (auto)--------|

test("an analog phone that is lifted hears dial tone within 100 ms, as sound", async (t) => {
  const { house } = await World.open(t);
  const port = house.phone("port:1");
  const stop = await port.record();
  await port.lift();
  const report = await port.hears("dial");
  assert.equal(report.hearing.frequencyHz === null ? null : Math.round(report.hearing.frequencyHz / 25) * 25, 425);
  const heard = await stop();
  const onset = onsetMs(heard, -20);
  assert.ok(onset !== null && onset <= 100, `dial tone came after ${onset} ms`);
  t.diagnostic(`dial tone after ${onset} ms`);
  await port.hangUp();
  await house.isQuiet();
});

for (const name of ["port:1", "handset:1"] as const) {
  test(`${name} dials 701: the call leaves at the last digit, is answered, and both hear each other`, async (t) => {
    const world = await World.open(t);
    const { house } = world;
    const bob = await world.bob();
    const phone = house.phone(name);
    await phone.dial("701");
    const dialled = performance.now();
    await house.fact("callStarted", 1000);
    const waited = performance.now() - dialled;
    assert.ok(waited < 500, `the call left ${waited.toFixed(0)} ms after the last digit: some timer was waited for`);
    t.diagnostic(`the call left ${waited.toFixed(0)} ms after the last key`);
    await bob.until("CALL_ESTABLISHED");
    const [inside, outside] = await everybodyHums({ phones: [phone], softphones: [bob] });
    assert.ok(inside !== undefined && outside !== undefined);
    const [own, his] = [notes[name], notes.otherSoftphone];
    assertHears({ who: name, sound: inside, hears: [{ frequencyHz: his, levelDbm0: LEVEL_DBM0 }], not: [own] });
    assertHears({ who: "Bob", sound: outside, hears: [{ frequencyHz: own, levelDbm0: LEVEL_DBM0 }], not: [his] });
    await phone.hangUp();
    await bob.until("CALL_CLOSED", 1500);
    await house.isQuiet();
    const [entry] = await house.log();
    assert.deepEqual([entry?.direction, entry?.result, entry?.to.number], ["outgoing", "answered", "701"]);
  });
}

test("the softphone hangs up: the person who called it hears busy tone", async (t) => {
  const world = await World.open(t);
  const bob = await world.bob();
  const port = world.house.phone("port:2");
  await port.dial("701");
  await bob.until("CALL_ESTABLISHED");
  await bob.hasHeard(300);
  bob.hangUp();
  await port.hears("busy");
  await port.hangUp();
  await world.house.isQuiet();
});
