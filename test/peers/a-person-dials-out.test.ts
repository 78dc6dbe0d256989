import assert from "node:assert/strict";
import { test } from "node:test";
import { onsetMs } from "./harness/audio.ts";
import type { Phone } from "./harness/phone.ts";
import { assertTalk, everybodyHums, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

//  phone           gateway            softphone 701
//    |--off-hook---->|
//    |<--dial tone---|                            within 100 ms
//    |--7--0--1----->|--INVITE 701-------->|      at the last digit, no timer
//    |<--------------|<--200 (auto)--------|

test("an analog phone that is lifted hears dial tone within 100 ms, as sound", async (t) => {
  const { house } = await World.open(t);
  const port = house.phone("port:1");
  const delays: number[] = [];
  for (let lift = 0; lift < LIFTS; lift++) {
    delays.push(await dialToneAfterMs(port));
    await port.hangUp();
    await house.isQuiet();
  }
  delays.sort((a, b) => a - b);
  t.diagnostic(`dial tone after ${delays.map((delay) => delay.toFixed(0)).join(", ")} ms`);
  const median = delays[Math.floor(LIFTS / 2)] ?? Number.POSITIVE_INFINITY;
  assert.ok(median <= 100, `dial tone comes ${median.toFixed(0)} ms after lifting (median of ${LIFTS})`);
  // G14: what the host steals from one of them may cost as much again, not more.
  assert.ok((delays.at(-1) ?? 0) <= 200, `once it came ${delays.at(-1)?.toFixed(0)} ms after lifting`);
});

const LIFTS = 7;

/** Lifts, and listens to the recording: when does the sound begin? */
async function dialToneAfterMs(port: Phone): Promise<number> {
  // Nothing can be recorded on-hook: what the two steps took counts as if the phone had been silent meanwhile.
  const lifted = performance.now();
  await port.lift();
  const stop = await port.record();
  const unheard = performance.now() - lifted;
  const report = await port.hears("dial");
  assert.equal(report.hearing.frequencyHz === null ? null : Math.round(report.hearing.frequencyHz / 25) * 25, 425);
  const onset = onsetMs(await stop(), -20);
  assert.ok(onset !== null, "no dial tone in the recording");
  return unheard + onset;
}

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
    assertTalk({ who: name, sound: inside, note: own }, { who: "Bob", sound: outside, note: his });
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
