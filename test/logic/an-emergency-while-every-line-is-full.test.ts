import assert from "node:assert/strict";
import { test } from "node:test";
import { house, line, media, World } from "./world.ts";

/** One call is all that each of two lines may carry. */
function narrow(): World {
  const lines = house.lines.flatMap((plan) => [
    { ...plan, maxCalls: 1 },
    { ...plan, line: "line:second" as const, maxCalls: 1 },
  ]);
  return new World({ ...house, lines });
}

test("an emergency call takes the line that has room", () => {
  const world = narrow();
  world.invite("611");
  world.dial("port:1", "112");
  assert.deepEqual([world.invited().line, world.invited().to], ["line:second", "112"]);
});

test("when every line is full, it goes out by the first all the same, and no other call does", () => {
  const world = narrow();
  world.invite("611");
  world.post({
    world: "sip",
    kind: "invited",
    line: "line:second",
    leg: "sip:in-99",
    from: { number: "700", name: null },
    dialled: "612",
    callId: "c99",
    media,
  });
  world.dial("port:1", "0700");
  world.pass(5000);
  assert.equal(world.tones("usb:dongle:1:0").at(-1), "congestion");
  assert.equal(world.sip("sip:out-1").length, 0);
  world.dial("port:2", "112");
  assert.deepEqual([world.invited().line, world.invited().to], [line, "112"]);
});
