import assert from "node:assert/strict";
import { test } from "node:test";
import { house, line, media, World } from "./world.ts";

const second = "line:second" as const;

/** `maxCalls`: of the second line. */
function twoLines(maxCalls = 4): World {
  return new World({ ...house, lines: house.lines.flatMap((plan) => [plan, { ...plan, line: second, maxCalls }]) });
}

function refuse(world: World, status: number): void {
  const { line: by, leg } = world.invited();
  world.post({ world: "sip", kind: "refused", line: by, leg, status, reason: "no" });
}

for (const status of [401, 403, 404, 408, 480, 488, 500, 503, 604])
  test(`an emergency call that the first line's server refuses with ${status} goes out by the second`, () => {
    const world = twoLines(0);
    world.dial("port:1", "112");
    const first = world.invited();
    refuse(world, status);
    const { line: by, to, leg } = world.invited();
    assert.deepEqual([first.line, by, to], [line, second, "112"]);
    world.post({ world: "sip", kind: "ringing", line: second, leg });
    assert.equal(world.tones("usb:dongle:1:0").at(-1), "ringback");
    world.post({ world: "sip", kind: "answered", line: second, leg, media });
    assert.equal(world.upper.view().calls[0]?.state, "answered");
    world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
    world.pass(60_000);
    const [entry] = world.upper.view().log.slice(-1);
    assert.deepEqual([entry?.result, entry?.answeredBy], ["answered", second]);
    world.nothingLeft();
  });

test("each line is tried once; what all of them said is told in the end", () => {
  const world = twoLines();
  world.dial("port:1", "112");
  refuse(world, 503);
  refuse(world, 403);
  assert.deepEqual(
    world.upper.view().calls.filter(({ state }) => state !== "dialling"),
    [],
  );
  assert.equal(world.upper.view().log.at(-1)?.cause, "forbidden");
});

test("when a person there is busy or refuses, no other line is asked; nor for any other number", () => {
  for (const [number, status] of [
    ["112", 486],
    ["112", 600],
    ["112", 603],
    ["0301", 503],
  ] as const) {
    const world = twoLines();
    world.dial("port:1", number);
    world.pass(3000);
    const { leg } = world.invited();
    refuse(world, status);
    assert.equal(world.invited().leg, leg, `${number} ${status}`);
    assert.deepEqual(world.upper.calls, 0);
  }
});

test("a handset whose first line rang, and even spoke, hears the second ring, and is told so once", () => {
  const world = twoLines();
  world.post({ world: "dect", kind: "setup", handset: "handset:1", call: "cc:in-1", keypad: "112" });
  world.post({ world: "sip", kind: "progressed", line, leg: world.invited().leg, media });
  assert.equal(world.tones("usb:base:1:0").at(-1), null);
  refuse(world, 500);
  world.post({ world: "sip", kind: "ringing", line: second, leg: world.invited().leg });
  assert.equal(world.tones("usb:base:1:0").at(-1), "ringback");
  const told = world.commands.filter(({ world, kind }) => world === "dect" && kind === "alerting");
  assert.equal(told.length, 1);
});

test("whoever gives up while the second line is tried takes that back", () => {
  const world = twoLines();
  world.dial("port:1", "112");
  refuse(world, 408);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  assert.deepEqual(world.sip(world.invited().leg), ["invite", "release cancelled"]);
  world.nothingLeft();
});
