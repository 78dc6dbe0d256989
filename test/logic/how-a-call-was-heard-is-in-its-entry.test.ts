import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../../src/message/command.ts";
import type { CallId, PartyName } from "../../src/message/name.ts";
import { aQuality } from "../a-quality.ts";
import { line, media, World } from "./world.ts";

type Measure = Extract<Command, { world: "voice"; kind: "measure" }>;

function measures(commands: readonly Command[]): Measure[] {
  return commands.flatMap((c) => (c.world === "voice" && c.kind === "measure" ? [c] : []));
}

/** Port 1 calls 700, is answered and hangs up; gives the commands of the end. */
function talkAndEnd(world: World): readonly Command[] {
  world.dial("port:1", "700");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "answered", line, leg, media });
  world.pass(10_000);
  return world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
}

function measured(world: World, call: CallId, party: PartyName, mos: number) {
  return world.post({ world: "voice", kind: "measured", call, party, quality: { ...aQuality, mos } });
}

test("at the end of a call both sides are measured before they close, and the entry is written without waiting", () => {
  const world = new World();
  const commands = talkAndEnd(world);
  assert.deepEqual(measures(commands), [
    { world: "voice", kind: "measure", endpoint: "usb:dongle:1:0", call: "call:1", party: "port:1" },
    { world: "voice", kind: "measure", endpoint: "rtp:0", call: "call:1", party: "line:local" },
  ]);
  const order = commands.flatMap((c) => (c.world === "voice" || c.world === "store" ? [c.kind] : []));
  assert.ok(order.lastIndexOf("measure") < order.indexOf("close"), order.join(" "));
  assert.ok(order.includes("addCall"));
  assert.deepEqual(world.record?.quality, []);
});

test("what was measured is added to the entry, here and in the file", () => {
  const world = new World();
  talkAndEnd(world);
  const first = measured(world, "call:1", "line:local", 4.2);
  measured(world, "call:1", "port:1", 4.4);
  assert.deepEqual(first, [
    { world: "store", kind: "addQuality", id: 1, quality: { ...aQuality, party: "line:local", mos: 4.2 } },
  ]);
  assert.deepEqual(
    world.record?.quality.map(({ party, mos }) => [party, mos]),
    [
      ["line:local", 4.2],
      ["port:1", 4.4],
    ],
  );
});

test("figures that come after the next call has ended find theirs", () => {
  const world = new World();
  talkAndEnd(world);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  talkAndEnd(world);
  measured(world, "call:1", "port:1", 3.1);
  assert.deepEqual(
    world.upper.view().log.map(({ call, quality }) => [call, quality.length]),
    [
      ["call:1", 1],
      ["call:2", 0],
    ],
  );
});

test("the worker that died measures nothing, and the entry stands as it is", () => {
  const world = new World();
  world.dial("port:1", "700");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "answered", line, leg, media });
  world.post({ world: "voice", kind: "lost", reason: "trap" });
  world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
  assert.deepEqual([world.record?.result, world.record?.quality], ["answered", []]);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(100_000);
  world.nothingLeft();
});

test("an entry that was cleared meanwhile does not come back", () => {
  const world = new World();
  talkAndEnd(world);
  world.post({ world: "admin", kind: "clearLog" });
  assert.deepEqual(measured(world, "call:1", "port:1", 4), []);
  assert.deepEqual(world.upper.view().log, []);
});

test("a call that nobody answered is not measured", () => {
  const world = new World();
  world.dial("port:1", "700");
  const { leg } = world.invited();
  assert.deepEqual(measures(world.post({ world: "sip", kind: "refused", line, leg, status: 486, reason: "Busy" })), []);
});

test("who talks to the echo service is measured once", () => {
  const world = new World();
  const leg = world.invite("690");
  const commands = world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
  assert.deepEqual(
    measures(commands).map(({ endpoint }) => endpoint),
    ["rtp:0"],
  );
});
