import assert from "node:assert/strict";
import { test } from "node:test";
import { DialPlan } from "../../src/logic/dialplan/dialplan.ts";
import { compilePattern } from "../../src/logic/dialplan/pattern.ts";
import { house, World } from "./world.ts";

function invites(world: World): string[] {
  return world.commands.flatMap((c) => (c.world === "sip" && c.kind === "invite" ? [c.to] : []));
}

test("dial tone comes with off-hook and ends with the first digit", () => {
  const world = new World();
  world.dial("port:1", "");
  assert.deepEqual(world.tones("usb:dongle:1:0"), ["dial"]);
  world.post({ world: "fxs", kind: "digit", port: "port:1", digit: "7" });
  assert.deepEqual(world.tones("usb:dongle:1:0"), ["dial", null]);
});

test("an unambiguous number leaves on its last digit, without a timer", () => {
  const world = new World();
  world.dial("port:1", "70");
  assert.deepEqual(invites(world), []);
  world.post({ world: "fxs", kind: "digit", port: "port:1", digit: "0" });
  assert.deepEqual(invites(world), ["700"]);
});

test("a number that could be longer leaves 3 s after its last digit, or at once by #", () => {
  const waited = new World();
  waited.dial("port:1", "030123");
  waited.pass(2999);
  assert.deepEqual(invites(waited), []);
  waited.pass(1);
  assert.deepEqual(invites(waited), ["30123"], "the 0 for the outside line is cut off");
  const forced = new World();
  forced.dial("port:1", "030123#");
  assert.deepEqual(invites(forced), ["30123"]);
});

test("an emergency number leaves at once, whatever else could begin so", () => {
  const plan = new DialPlan({
    ...house,
    outgoing: [{ name: "any", pattern: "x.", line: null, strip: 0, prefix: "" }],
  });
  const match = plan.match("112");
  assert.ok(match.kind === "complete" && match.final && match.target.kind === "line" && match.target.emergency);
});

test("a number that is none is congested at the digit that makes it so", () => {
  const world = new World();
  world.dial("port:1", "5");
  assert.deepEqual(world.tones("usb:dongle:1:0"), ["dial", null, "congestion"]);
  assert.equal(world.record?.cause, "notFound");
});

test("a barred number never leaves the house", () => {
  const world = new World();
  world.dial("port:1", "0900123#");
  assert.deepEqual(invites(world), []);
  assert.equal(world.record?.cause, "forbidden");
});

test("nobody dials for 15 s: congestion, then the off-hook warning, then silence", () => {
  const world = new World();
  world.dial("port:1", "");
  world.pass(15_000 + 30_000);
  assert.deepEqual(world.tones("usb:dongle:1:0"), ["dial", "congestion", "offHookWarning"]);
  world.pass(60_000);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.nothingLeft();
});

test("patterns know literal keys, x, sets and the open end", () => {
  const cases: [string, string, { complete: boolean; open: boolean } | null][] = [
    ["7xx", "7", { complete: false, open: true }],
    ["7xx", "712", { complete: true, open: false }],
    ["7xx", "7123", null],
    ["[2-47]1", "31", { complete: true, open: false }],
    ["[2-47]1", "71", { complete: true, open: false }],
    ["[2-47]1", "51", null],
    ["0.", "0", { complete: true, open: true }],
    ["0.", "0123", { complete: true, open: true }],
    ["0.", "01*", null],
    ["*21*x.#", "*2", { complete: false, open: true }],
  ];
  for (const [pattern, dialled, expected] of cases)
    assert.deepEqual(compilePattern(pattern).match(dialled), expected, `${pattern} for ${dialled}`);
});
