import assert from "node:assert/strict";
import { test } from "node:test";
import type { PhoneReport } from "../../src/emulator/contract.ts";
import type { PhoneName } from "../../src/message/name.ts";
import { assertHears } from "./harness/audio.ts";
import { assertTalk, everybodyHums, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

//  softphone         gateway         handsets 1-3, ports 1-2
//     |--INVITE 600-->|--setup / ring-->|   all at once, with the name of the phone book
//     |<-----180------|<---alerting-----|
//     |<-----200------|<---first off----|   the others stop

const knowsAlice = ({ caller }: PhoneReport) => caller?.number === "700" && caller.name === "Alice Softphone";

test("a call to 600 rings all phones, and each shows the caller's name from the phone book", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const alice = await world.alice();
  alice.dial(house.uri("600"));
  await Promise.all(house.phones.map((phone) => phone.rings()));
  await alice.until("CALL_RINGING");
  await Promise.all(house.phones.map((phone) => phone.until("shows the caller", knowsAlice, 8000)));
  alice.hangUp();
  await Promise.all(house.phones.map((phone) => phone.stopsRinging()));
  await house.isQuiet();
});

for (const first of ["handset:2", "port:1"] as const satisfies readonly PhoneName[]) {
  test(`the first to answer, ${first}, gets the call, the others stop at once, and nobody else hears it`, async (t) => {
    const world = await World.open(t);
    const { house } = world;
    const alice = await world.alice();
    alice.dial(house.uri("600"));
    await Promise.all(house.phones.map((phone) => phone.rings()));
    const answering = house.phone(first);
    const others = house.phones.filter((phone) => phone !== answering);
    await answering.lift();
    await alice.until("CALL_ESTABLISHED");
    await Promise.all(others.map((phone) => phone.stopsRinging(1000)));

    const stranger = house.phone(first === "port:1" ? "port:2" : "port:1");
    await stranger.lift();
    await stranger.hears("dial");
    const [inside, apart, outside] = await everybodyHums({
      phones: [answering],
      listeners: [stranger],
      softphones: [alice],
    });
    assert.ok(inside !== undefined && outside !== undefined && apart !== undefined);
    const [own, hers] = [notes[first], notes.softphone];
    assertTalk({ who: first, sound: inside, note: own }, { who: "Alice", sound: outside, note: hers });
    assertHears({ who: stranger.name, sound: apart, hears: [], not: [own, hers] });

    await Promise.all([answering.hangUp(), stranger.hangUp()]);
    await alice.until("CALL_CLOSED");
    await house.isQuiet();
  });
}
