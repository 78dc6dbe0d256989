import assert from "node:assert/strict";
import { test } from "node:test";
import type { PhoneName } from "../../src/message/name.ts";
import { numbers } from "./harness/house-config.ts";
import { World } from "./harness/world.ts";

const phones = ["handset:1", "port:1"] as const satisfies readonly PhoneName[];

for (const name of phones) {
  test(`when the softphone hangs up, the person at ${name} hears that it is over, and the log has the call`, async (t) => {
    const world = await World.open(t);
    const { house } = world;
    const called = house.phone(name);
    const alice = await world.alice();
    alice.dial(house.uri(numbers[name]));
    await called.rings();
    await called.lift();
    await alice.until("CALL_ESTABLISHED");
    await alice.hasHeard(300);
    alice.hangUp();
    const ended = await house.fact("callEnded");
    assert.equal(ended.cause, "normal");
    if (name === "port:1") await called.hears("busy");
    await called.hangUp();
    await house.isQuiet();
    const [entry] = await house.log();
    assert.equal(entry?.result, "answered");
    assert.equal(entry.direction, "incoming");
    assert.equal(entry.answeredBy, name);
    assert.deepEqual(entry.from, { number: "700", name: "Alice Softphone" });
    assert.ok(entry.durationMs > 200);
  });

  test(`when the person at ${name} hangs up, the softphone gets the BYE at once`, async (t) => {
    const world = await World.open(t);
    const { house } = world;
    const called = house.phone(name);
    const alice = await world.alice();
    alice.dial(house.uri(numbers[name]));
    await called.rings();
    await called.lift();
    await alice.until("CALL_ESTABLISHED");
    await alice.hasHeard(300);
    await called.hangUp();
    await alice.until("CALL_CLOSED", 1500);
    await house.isQuiet();
    assert.equal((await house.log()).at(0)?.result, "answered");
  });
}
