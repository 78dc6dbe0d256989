import assert from "node:assert/strict";
import { test } from "node:test";
import { line, media, World } from "../logic/world.ts";

function talking(): World {
  const world = new World();
  world.dial("port:1", "700");
  world.post({ world: "sip", kind: "answered", line, leg: world.invited().leg, media });
  return world;
}

test("in Germany a break of 100 ms is a flash: the far end is held, the next one takes it back", () => {
  const world = talking();
  const { leg } = world.invited();
  for (const expected of ["sendonly", "sendrecv"]) {
    world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
    world.pass(100);
    world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
    const reoffer = world.commands.findLast((c) => c.world === "sip" && c.kind === "reoffer");
    assert.ok(reoffer?.world === "sip" && reoffer.kind === "reoffer" && reoffer.leg === leg);
    assert.equal(reoffer.media.direction, expected);
  }
  assert.equal(world.upper.view().calls.length, 1);
});

test("a break shorter than a flash is nothing; one longer than 310 ms hangs up, once", () => {
  const bounce = talking();
  bounce.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  bounce.pass(30);
  bounce.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  assert.equal(bounce.upper.view().calls.length, 1);
  const hungUp = talking();
  const { leg } = hungUp.invited();
  hungUp.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  hungUp.pass(309);
  assert.equal(hungUp.upper.view().calls.length, 1);
  hungUp.pass(1);
  assert.deepEqual(hungUp.sip(leg), ["invite", "release normal"]);
  hungUp.nothingLeft();
});

test("a dialling phone that hangs up is believed at once", () => {
  const world = new World();
  world.dial("port:1", "7");
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.nothingLeft();
  assert.equal(world.upper.view().log.length, 0, "no number, no entry");
});

test("both hang up within the time of a flash: the port is on-hook, without a busy tone", () => {
  const world = talking();
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(50);
  world.post({ world: "sip", kind: "ended", line, leg: world.invited().leg, cause: "normal" });
  world.pass(1000);
  assert.equal(world.upper.view().phones.find((phone) => phone.phone === "port:1")?.state, "idle");
  world.nothingLeft();
});
