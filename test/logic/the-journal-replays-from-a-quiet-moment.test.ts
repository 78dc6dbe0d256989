import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../src/message/event.ts";
import { instant } from "../../src/message/units.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { World } from "./world.ts";

function aDay(world: World): void {
  const leg = world.invite("600");
  world.post({ world: "dect", kind: "alerting", handset: "handset:1", call: world.setupOf("handset:1") });
  world.post({ world: "dect", kind: "connect", handset: "handset:1", call: world.setupOf("handset:1") });
  world.pass(1000);
  world.post({ world: "sip", kind: "ended", line: "line:local", leg, cause: "normal" });
  world.dial("port:1", "612");
  world.pass(2000);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
}

test("two runs of one history give the same commands, byte for byte", () => {
  const world = new World();
  aDay(world);
  const other = new UpperHalf();
  const again = world.events.flatMap((event) => other.handle(event));
  assert.equal(JSON.stringify(again), JSON.stringify(world.commands));
});

test("a fresh upper half restored from a quiet moment goes on like the one that lived through it", () => {
  const world = new World();
  aDay(world);
  assert.ok(world.upper.quiet);
  const state = world.upper.snapshot();
  const restored: Event = { world: "admin", kind: "restored", state, at: instant(world.now) };
  assert.deepEqual(world.upper.handle(restored), [], "nothing changes where it was taken");
  const fresh = new UpperHalf();
  assert.deepEqual(fresh.handle(restored), []);
  assert.equal(fresh.snapshot(), state);
  const from = world.events.length;
  const commandsBefore = world.commands.length;
  aDay(world);
  const again = world.events.slice(from).flatMap((event) => fresh.handle(event));
  assert.equal(JSON.stringify(again), JSON.stringify(world.commands.slice(commandsBefore)));
});
