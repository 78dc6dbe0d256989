import assert from "node:assert/strict";
import { test } from "node:test";
import { assertHears } from "./harness/audio.ts";
import { assertTalk, everybodyHums, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

test("two calls at once: each pair hears each other, and nobody hears a word of the other call", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const [alice, bob] = [await world.alice({ codec: "PCMA" }), await world.bob({ codec: "PCMU" })];
  const [handset, port] = [house.phone("handset:1"), house.phone("port:1")];
  alice.dial(house.uri("611"));
  await handset.rings();
  await handset.lift();
  await alice.until("CALL_ESTABLISHED");
  await port.dial("701");
  await bob.until("CALL_ESTABLISHED");
  assert.equal((await house.calls()).length, 2);

  const [atHandset, atPort, atAlice, atBob] = await everybodyHums({
    phones: [handset, port],
    softphones: [alice, bob],
  });
  assert.ok(atHandset && atPort && atAlice && atBob);
  const first = [notes["handset:1"], notes.softphone];
  const second = [notes["port:1"], notes.otherSoftphone];
  assertTalk(
    { who: "handset:1", sound: atHandset, note: notes["handset:1"] },
    { who: "Alice", sound: atAlice, note: notes.softphone },
  );
  assertTalk(
    { who: "port:1", sound: atPort, note: notes["port:1"] },
    { who: "Bob", sound: atBob, note: notes.otherSoftphone },
  );
  for (const [who, sound] of [
    ["handset:1", atHandset],
    ["Alice", atAlice],
  ] as const)
    assertHears({ who, sound, hears: [], not: second });
  for (const [who, sound] of [
    ["port:1", atPort],
    ["Bob", atBob],
  ] as const)
    assertHears({ who, sound, hears: [], not: first });

  await handset.hangUp();
  await alice.until("CALL_CLOSED");
  assert.ok(!bob.events.some((event) => event.type === "CALL_CLOSED"), "the other call ended, too");
  await port.hangUp();
  await bob.until("CALL_CLOSED");
  await house.isQuiet();
});
