import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers } from "./harness/house-config.ts";
import { assertTalk, everybodyHums, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

for (const name of ["handset:1", "port:1"] as const) {
  test(`a call to ${numbers[name]} rings ${name} alone, is announced, answered and heard on both sides`, async (t) => {
    const world = await World.open(t);
    const { house } = world;
    const called = house.phone(name);
    const alice = await world.alice({ codec: name === "port:1" ? "PCMA" : "PCMU" });
    alice.dial(house.uri(numbers[name]));
    await called.rings();
    await called.until("shows who calls", ({ caller }) => caller?.name === "Alice Softphone", 8000);
    const others = await Promise.all(house.phones.filter((phone) => phone !== called).map((phone) => phone.look()));
    assert.deepEqual(
      others.filter((report) => report.ringing).map((report) => report.phone),
      [],
    );
    await called.lift();
    await alice.until("CALL_ESTABLISHED");
    const [inside, outside] = await everybodyHums({ phones: [called], softphones: [alice] });
    assert.ok(inside !== undefined && outside !== undefined);
    const [own, hers] = [notes[name], notes.softphone];
    assertTalk({ who: name, sound: inside, note: own }, { who: "Alice", sound: outside, note: hers });
    await called.hangUp();
    await alice.until("CALL_CLOSED");
    await house.isQuiet();
  });
}
