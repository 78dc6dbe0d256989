import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../../src/message/command.ts";
import type { PortName } from "../../src/message/name.ts";
import { house, World } from "./world.ts";

const code = "*99";

/** The house with a number that marks the last call as bad; port:1 has had one with the echo. */
function markedHouse(): World {
  const world = new World({ ...house, services: [...house.services, { number: code, service: "capsule" }] });
  world.dial("port:1", "690");
  world.pass(1000);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  return world;
}

function asked(commands: readonly Command[]) {
  const saves = commands.filter((c) => c.world === "store" && c.kind === "saveCapsule");
  assert.ok(saves.length <= 1);
  const [save] = saves;
  return save?.world === "store" && save.kind === "saveCapsule" ? save : null;
}

function mark(world: World, port: PortName) {
  const from = world.commands.length;
  world.dial(port, code);
  return asked(world.commands.slice(from));
}

test("the code asks for a capsule of the phone's last call, and the confirmation tone says that it is saved", () => {
  const world = markedHouse();
  const save = mark(world, "port:1");
  assert.equal(save?.call, "call:1");
  assert.notEqual(world.tones("usb:dongle:1:0").at(-1), "confirm", "not before it is saved");
  world.post({ world: "store", kind: "capsuleSaved", asked: save.asked, reason: null });
  assert.equal(world.tones("usb:dongle:1:0").at(-1), "confirm");
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.nothingLeft();
  assert.ok(world.upper.quiet);
  assert.equal(world.record?.call, "call:1", "marking is no call for the log");
  assert.equal(mark(world, "port:1")?.call, "call:1", "and can be done again");
});

test("a handset is told in the same way, before its link is let go", () => {
  const world = markedHouse();
  const keypad = (keys: string, n: number) =>
    world.post({ world: "dect", kind: "setup", handset: "handset:1", call: `cc:in-${n}`, keypad: keys });
  keypad("690", 1);
  world.post({ world: "dect", kind: "released", handset: "handset:1", call: "cc:in-1", reason: "normal" });
  const save = asked(keypad(code, 2));
  assert.equal(save?.call, "call:2");
  world.post({ world: "store", kind: "capsuleSaved", asked: save.asked, reason: null });
  assert.equal(world.tones("usb:base:1:0").at(-1), "confirm");
  world.pass(31_000);
  world.nothingLeft();
});

test("congestion tone says that it could not be saved, that it takes too long, or that there is no call to save", () => {
  for (const end of ["refused", "late", "none"] as const) {
    const world = markedHouse();
    const port = end === "none" ? "port:2" : "port:1";
    const save = mark(world, port);
    assert.equal(save === null, end === "none");
    if (end === "refused" && save !== null)
      world.post({ world: "store", kind: "capsuleSaved", asked: save.asked, reason: "disk full" });
    if (end === "late") world.pass(20_000);
    assert.equal(world.tones(end === "none" ? "usb:dongle:1:1" : "usb:dongle:1:0").at(-1), "congestion", end);
    world.post({ world: "fxs", kind: "wentOnHook", port });
    // What comes when nobody waits any more changes nothing.
    if (save !== null)
      assert.deepEqual(world.post({ world: "store", kind: "capsuleSaved", asked: save.asked, reason: null }), []);
    world.nothingLeft();
  }
});

test("whoever hangs up before it is saved leaves nothing behind", () => {
  const world = markedHouse();
  const save = mark(world, "port:1");
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  assert.ok(save !== null && world.upper.quiet);
  world.post({ world: "store", kind: "capsuleSaved", asked: save.asked, reason: null });
  world.nothingLeft();
});

test("from outside the code is no number", () => {
  const world = markedHouse();
  const leg = world.invite(code);
  assert.deepEqual(world.sip(leg), ["release notFound"]);
  assert.equal(asked(world.commands), null);
});
