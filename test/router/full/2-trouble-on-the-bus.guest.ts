import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { UsbTrouble } from "../../../src/emulator/contract.ts";
import { notes } from "../../peers/harness/voices.ts";
import { assertUnderstood, talk } from "../guest/talk.ts";
import { router, tidyUp } from "./world.ts";

afterEach(tidyUp);

const at = (kind: "stall" | "babble" | "short" | "merge" | "corrupt", endpoint: string): UsbTrouble => ({
  kind,
  endpoint,
});

/** What a call has to live through: endpoint in1 is voice from the device, in2 its events, out1 voice to it. */
const survivable: readonly UsbTrouble[] = [
  at("stall", "in1"),
  at("stall", "in2"),
  at("stall", "out1"),
  at("short", "in1"),
  at("merge", "in1"),
  at("corrupt", "in1"),
  { kind: "nak", ms: 200 },
];

test("stalls, short, merged and corrupt transfers and 200 ms of silence on the bus do not end a call", async (t) => {
  const world = await router();
  const { house } = world;
  const alice = await world.alice(t);
  alice.dial(world.uri("601"));
  const port = house.phone("port:1");
  await port.rings(20_000);
  await port.lift();
  await alice.until("CALL_ESTABLISHED", 10_000);
  const told = world.told;
  const noticed = async () => {
    const { usb = 0 } = (await world.status()).figures.refused;
    return usb;
  };
  const noticedBefore = await noticed();
  for (const trouble of survivable) {
    const before = (await alice.heard()).samples.length / 8;
    await house.trouble("dongle:1", trouble);
    await alice.hasHeard(before + 400, 20_000);
  }
  const heard = await talk(port, alice, notes.softphone);
  t.diagnostic(`understood after all of it: inside ${heard.inside.toFixed(2)}, outside ${heard.outside.toFixed(2)}`);
  assertUnderstood(heard);
  const facts = world.gateway.door.facts.slice(told).map(({ fact }) => fact.kind);
  assert.ok(!facts.includes("deviceDetached") && !facts.includes("callEnded"), facts.join(", "));
  await port.hangUp();
  await alice.until("CALL_CLOSED", 10_000);
  await world.isQuiet();
  const count = (await noticed()) - noticedBefore;
  assert.ok(count >= 6, `of six troubles that show, ${count} were noticed`);
});

test("a hook that was lifted while its event came short or corrupt is known all the same", async () => {
  const world = await router();
  const { house } = world;
  for (const kind of ["short", "corrupt"] as const) {
    await house.trouble("dongle:1", at(kind, "in2"));
    await house.phone("port:2").lift();
    await house.phone("port:2").hears("dial", 10_000);
    await house.phone("port:2").hangUp();
    await world.isQuiet();
  }
});

test("a device that babbles is attached anew by itself, its call ends with that cause, and the next call is good", async (t) => {
  const world = await router();
  const { house } = world;
  const alice = await world.alice(t);
  const port = house.phone("port:1");
  alice.dial(world.uri("601"));
  await port.rings(20_000);
  await port.lift();
  await alice.until("CALL_ESTABLISHED", 10_000);
  const told = world.told;
  await house.trouble("dongle:1", at("babble", "in1"));
  await alice.until("CALL_CLOSED", 10_000);
  assert.equal((await world.fact("callEnded", told)).cause, "deviceLost");
  await world.attached("dongle:1", told);
  await port.hangUp();
  await world.allThere();
  alice.dial(world.uri("601"));
  await port.rings(20_000);
  alice.hangUp();
  await world.isQuiet();
});
