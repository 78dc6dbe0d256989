import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveLadder, type LiveRung } from "../../src/trace/live.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { Stamps } from "../../src/vendor/hep/stamps.ts";
import { house, line, media, World } from "../logic/world.ts";
import { inOrder } from "./journal-of.ts";

/** What the live picture says of all that a world has lived through; after each event, what was told up to it. */
function told({ events }: World): { readonly rungs: readonly LiveRung[]; readonly counts: readonly number[] } {
  const upper = new UpperHalf();
  const [rungs, counts]: [LiveRung[], number[]] = [[], []];
  const stamps = new Stamps();
  const live = new LiveLadder(
    (at) => stamps.of(at),
    (rung) => rungs.push(rung),
  );
  for (const event of events) {
    const commands = upper.handle(event);
    live.take(event, commands, upper.touched());
    counts.push(rungs.length);
  }
  return { rungs, counts };
}

test("a call out is told when its Call-ID is known, with what the phone did before, under that Call-ID", () => {
  const world = new World();
  world.dial("port:1", "701");
  assert.equal(told(world).rungs.length, 0, "nothing without a Call-ID");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "calling", line, leg, callId: "out-1@us" });
  const before = told(world).rungs.length;
  assert.ok(before > 8);
  world.post({ world: "sip", kind: "answered", line, leg, media });
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  const { rungs } = told(world);
  inOrder(
    rungs.map(({ text }) => text),
    [/port:1 off-hook/, /digit 7/, /calls 701/, /joined/, /port:1 on-hook/, /over: one of the two hung up/],
  );
  assert.deepEqual([...new Set(rungs.map(({ correlation }) => correlation))], ["out-1@us"]);
  assert.ok(rungs.every((rung) => rung.world !== "sip"));
  const times = rungs.map(({ atUs }) => atUs);
  assert.deepEqual(
    times,
    [...new Set(times)].sort((a, b) => a - b),
    "each at a time of its own, in their order",
  );
});

test("a call in is told at once under the Call-ID of its INVITE, one that goes out again leads to it by its own", () => {
  const world = new World({
    ...house,
    lines: house.lines.map((plan) => ({
      ...plan,
      incoming: [{ numbers: [], ring: [], forward: { line, number: "0301234567" } }],
    })),
  });
  world.invite("699");
  world.post({ world: "sip", kind: "calling", line, leg: world.invited().leg, callId: "second@us" });
  const { rungs } = told(world);
  assert.ok(rungs.length > 2);
  const others = rungs.filter(({ correlation }) => correlation !== "c1");
  assert.deepEqual(
    others.map(({ correlation, text }) => [correlation, text]),
    [["second@us", "is told under Call-ID c1"]],
  );
});

test("a call from phone to phone is told when it is over, under a name that the recording gives it, too", () => {
  const world = new World();
  world.dial("port:1", "602");
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:2" });
  assert.equal(told(world).rungs.length, 0);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:2" });
  const { rungs } = told(world);
  inOrder(
    rungs.map(({ text }) => text),
    [/port:1 off-hook/, /port:2 ring/, /joined/, /over: /, /port:2 on-hook/],
  );
  assert.equal(new Set(rungs.map(({ correlation }) => correlation)).size, 1);
  assert.match(rungs[0]?.correlation ?? "", /^call:1@[0-9]+$/);
});

test("keys pressed in a call are dots", () => {
  const world = new World();
  world.dial("port:1", "701");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "calling", line, leg, callId: "x" });
  world.post({ world: "sip", kind: "answered", line, leg, media });
  world.post({ world: "fxs", kind: "digit", port: "port:1", digit: "9" });
  const words = told(world).rungs.map(({ text }) => text);
  assert.ok(words.includes("port:1 digit •") && !words.includes("port:1 digit 9"));
});

test("after thousands of calls no more is remembered than of hundreds, and the newest are whole", () => {
  const world = new World();
  for (let n = 0; n < 1500; n++) world.post({ world: "sip", kind: "cancelled", line, leg: world.invite("611") });
  const { rungs, counts } = told(world);
  const last = rungs.filter(({ call }) => call === "call:1500").map(({ text }) => text);
  inOrder(last, [/handset:1 CC-SETUP/, /noAnswer/, /CC-RELEASE/, /over: the caller gave up/]);
  const each = (counts.at(-1) ?? 0) / 1500;
  assert.equal(last.length, Math.round(each));
});
