import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../../src/message/command.ts";
import { World } from "../logic/world.ts";

const endpoint = "usb:dongle:1:0";

/** What is done with the port's voice channel, in order. */
function voiceOf(commands: readonly Command[]): string[] {
  return commands.flatMap((c) => {
    if (c.world !== "voice") return [];
    const mine = "endpoint" in c ? c.endpoint === endpoint : "a" in c && (c.a === endpoint || c.b === endpoint);
    return mine ? [c.kind] : [];
  });
}

test("whoever lifts in the middle of the caller ID hears the caller, not the modem", () => {
  const world = new World();
  world.invite("601");
  const rung = voiceOf(world.pass(2000));
  assert.deepEqual(rung, ["openUsb", "callerId"]);
  const lifted = voiceOf(world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" }));
  assert.deepEqual(lifted, ["close", "openUsb", "join"], "closing voids what was still to be sent");
  assert.equal(world.upper.view().calls[0]?.state, "answered");
});

test("whoever lifts before the caller ID is never sent it", () => {
  const world = new World();
  world.invite("601");
  world.pass(500);
  const lifted = voiceOf(world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" }));
  assert.deepEqual(lifted, ["openUsb", "join"]);
  assert.ok(!voiceOf(world.pass(5000)).includes("callerId"));
});
