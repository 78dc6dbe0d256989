import assert from "node:assert/strict";
import { test } from "node:test";
import type { Endpoint } from "../../src/message/name.ts";
import { line, media, World } from "../logic/world.ts";

function fails(world: World, endpoint: Endpoint): void {
  world.post({
    world: "voice",
    kind: "endpointFailed",
    endpoint,
    reason: "no IPv4 address of a far end",
    closed: true,
  });
}

/** A call from outside, answered on handset 1, whose channel is the base's first. */
function answered() {
  const world = new World();
  const leg = world.invite("611");
  const call = world.setupOf("handset:1");
  world.post({ world: "dect", kind: "connect", handset: "handset:1", call });
  return { world, leg, call };
}

for (const endpoint of ["rtp:0", "usb:base:1:0"] as const)
  test(`a call whose ${endpoint} could not be opened ends, instead of being silent`, () => {
    const { world, leg, call } = answered();
    fails(world, endpoint);
    assert.equal(world.sip(leg).at(-1), "release internalError");
    const released = world.commands.filter((c) => c.world === "dect" && c.kind === "release" && c.call === call);
    assert.equal(released.length, 1);
    assert.equal(world.record?.cause, "internalError");
    world.nothingLeft();
  });

test("somebody who lifts a port's phone, and could hear no dial tone, makes no call", () => {
  const world = new World();
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  fails(world, "usb:dongle:1:0");
  assert.deepEqual(world.upper.view().calls, []);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.nothingLeft();
});

test("a caller who could not be heard before the answer did not give up: his INVITE is answered as failed", () => {
  const world = new World();
  const leg = world.invite("mobile");
  const { leg: out } = world.invited();
  world.post({ world: "sip", kind: "progressed", line, leg: out, media });
  const progress = world.commands.find((c) => c.world === "sip" && c.kind === "progress");
  assert.ok(progress !== undefined && "media" in progress && progress.leg === leg);
  fails(world, progress.media.endpoint);
  assert.deepEqual([world.sip(leg).at(-1), world.sip(out).at(-1)], ["release internalError", "release cancelled"]);
  world.nothingLeft();
});

test("a change to an endpoint that stays open, and a failure on one that nobody has, end nothing", () => {
  const { world } = answered();
  world.post({ world: "voice", kind: "endpointFailed", endpoint: "rtp:0", reason: "is closed: open it first" });
  fails(world, "rtp:3");
  fails(world, "usb:base:1:3");
  assert.deepEqual(
    world.upper.view().calls.map(({ state }) => state),
    ["answered"],
  );
});
