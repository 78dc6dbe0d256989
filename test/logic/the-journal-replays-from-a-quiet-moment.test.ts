import assert from "node:assert/strict";
import { test } from "node:test";
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

/** Restores a fresh upper half from this moment, lets both live on, and compares what they do. */
function goesOnAlike(world: World, live: () => void): void {
  assert.ok(world.upper.quiet);
  const fresh = new UpperHalf();
  for (const event of world.upper.restart(instant(world.now))) fresh.handle(event);
  const [events, commands] = [world.events.length, world.commands.length];
  live();
  const again = world.events.slice(events).flatMap((event) => fresh.handle(event));
  assert.equal(JSON.stringify(again), JSON.stringify(world.commands.slice(commands)));
}

test("a port whose line is faulty at the quiet moment is faulty afterwards", () => {
  const world = new World();
  world.post({ world: "fxs", kind: "lineFault", port: "port:1", fault: "power alarm" });
  goesOnAlike(world, () => {
    world.invite("601");
    world.post({ world: "fxs", kind: "lineRestored", port: "port:1" });
    world.invite("601");
  });
});

test("a call log that is about to forget its oldest entries forgets them at the same call", () => {
  const world = new World();
  const miss = () => world.post({ world: "sip", kind: "cancelled", line: "line:local", leg: world.invite("611") });
  for (let n = 0; n < 1050; n++) miss();
  goesOnAlike(world, () => {
    for (let n = 0; n < 60; n++) miss();
  });
  assert.ok(world.commands.some((command) => command.world === "store" && command.kind === "dropCallsBefore"));
});

test("a number that two entries of the phone book share keeps its name when a third entry goes", () => {
  const world = new World();
  const add = (name: string, ...numbers: string[]) => world.post({ world: "admin", kind: "addContact", name, numbers });
  add("Old", "0301", "0302");
  add("New", "0301");
  add("Gone", "0302");
  world.post({ world: "admin", kind: "removeContact", id: 4 });
  goesOnAlike(world, () => {
    world.invite("611", "0301");
    assert.equal(world.upper.view().calls[0]?.from.name, "New", "the newest entry with that number");
  });
});

test("a fresh upper half restored from a quiet moment goes on like the one that lived through it", () => {
  const world = new World();
  aDay(world);
  assert.ok(world.upper.quiet);
  const state = world.upper.snapshot();
  const fresh = new UpperHalf();
  for (const event of world.upper.restart(instant(world.now))) assert.deepEqual(fresh.handle(event), []);
  assert.equal(fresh.snapshot(), state);
  assert.deepEqual(fresh.view(), world.upper.view());
  const from = world.events.length;
  const commandsBefore = world.commands.length;
  aDay(world);
  const again = world.events.slice(from).flatMap((event) => fresh.handle(event));
  assert.equal(JSON.stringify(again), JSON.stringify(world.commands.slice(commandsBefore)));
});
