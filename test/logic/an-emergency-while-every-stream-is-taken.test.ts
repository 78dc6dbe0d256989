import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipLeg } from "../../src/message/sip.ts";
import { house, line, media, World } from "./world.ts";

/** Four calls in, and four streams: the first is answered, the others ring. */
function full(): { world: World; legs: SipLeg[] } {
  const world = new World({ ...house, lines: house.lines.map((plan) => ({ ...plan, maxCalls: 9 })) });
  const legs = ["601", "611", "612", "613"].map((number) => world.invite(number));
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  return { world, legs };
}

function answer(world: World, handset: "handset:1" | "handset:2" | "handset:3"): void {
  world.post({ world: "dect", kind: "connect", handset, call: world.setupOf(handset) });
}

test("a call that nobody has answered yet gives its stream to an emergency, the one that began last", () => {
  const { world, legs } = full();
  answer(world, "handset:3");
  world.dial("port:2", "112");
  assert.deepEqual([world.invited().line, world.invited().to], [line, "112"]);
  assert.deepEqual(
    legs.map((leg) => world.sip(leg).at(-1)),
    ["accept", "trying", "release noResources", "accept"],
  );
  assert.equal(world.upper.view().log.at(-1)?.result, "missed", "who called is in the log");
  world.post({ world: "sip", kind: "answered", line, leg: world.invited().leg, media });
  assert.equal(world.upper.view().calls.at(-1)?.state, "answered");
});

test("when all are answered, the youngest of them ends, and whoever spoke in it is told by a tone", () => {
  const { world, legs } = full();
  for (const handset of ["handset:1", "handset:2", "handset:3"] as const) answer(world, handset);
  world.dial("port:2", "112");
  assert.equal(world.invited().to, "112");
  assert.deepEqual(
    legs.map((leg) => world.sip(leg).at(-1)),
    ["accept", "accept", "accept", "release noResources"],
  );
});

test("nobody else's call ends for any other number, nor while a stream is free, nor another emergency", () => {
  const { world, legs } = full();
  world.dial("port:2", "0700");
  world.pass(5000);
  assert.equal(world.tones("usb:dongle:1:1").at(-1), "congestion");
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:2" });
  world.pass(1000);
  world.post({ world: "sip", kind: "cancelled", line, leg: legs[1] ?? "sip:in-2" });
  world.dial("port:2", "112");
  assert.deepEqual(
    legs.map((leg) => world.sip(leg).at(-1)),
    ["accept", "release cancelled", "trying", "trying"],
  );

  const urgent = new World();
  for (const n of [1, 2, 3])
    urgent.post({
      world: "dect",
      kind: "setup",
      handset: `handset:${n}` as const,
      call: `cc:in-${n}` as const,
      keypad: "112",
    });
  urgent.dial("port:1", "112");
  const first = urgent.invited().leg;
  urgent.dial("port:2", "112");
  assert.equal(urgent.invited().leg, first, "four emergencies are all that four streams can carry");
  assert.equal(urgent.upper.view().calls.filter(({ state }) => state === "ringing").length, 4);
});
