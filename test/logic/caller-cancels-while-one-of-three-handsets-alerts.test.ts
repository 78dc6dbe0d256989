import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../../src/message/command.ts";
import type { SipLeg } from "../../src/message/sip.ts";
import { line, orders, World } from "./world.ts";

/** The flagship scenario (DESIGN section 1; rows G32-G42). */

const handsets = ["handset:1", "handset:2", "handset:3"] as const;

function released(commands: readonly Command[]): string[] {
  return commands.flatMap((c) => (c.world === "dect" && c.kind === "release" ? [c.handset] : []));
}

test("an INVITE is looked up, sets up three handsets at once, and is answered by 100 before anybody alerts", () => {
  const world = new World();
  const leg = world.invite("main");
  const setups = world.commands.filter((c) => c.world === "dect" && c.kind === "setup");
  assert.deepEqual(
    setups.map((c) => (c.world === "dect" && c.kind === "setup" ? [c.handset, c.caller] : [])),
    handsets.map((handset) => [handset, { number: "700", name: "Alice" }]),
  );
  assert.deepEqual(world.sip(leg), ["trying"]);
});

test("alert taken before CANCEL: 100, 180, 487; alert after: 100, 487", () => {
  for (const alertFirst of [true, false]) {
    const world = new World();
    const leg = world.invite("main");
    const alert = () =>
      world.post({ world: "dect", kind: "alerting", handset: "handset:2", call: world.setupOf("handset:2") });
    if (alertFirst) alert();
    const last = world.post({ world: "sip", kind: "cancelled", line, leg });
    if (!alertFirst) alert();
    const expected = alertFirst ? ["trying", "ring", "release cancelled"] : ["trying", "release cancelled"];
    assert.deepEqual(world.sip(leg), expected);
    assert.deepEqual(released(last), [...handsets]);
  }
});

test("with handsets 1 and 2 absent, the caller hears handset 3 ring before their pages fail", () => {
  const world = new World();
  const leg = world.invite("main");
  world.pass(300);
  world.post({ world: "dect", kind: "alerting", handset: "handset:3", call: world.setupOf("handset:3") });
  assert.deepEqual(world.sip(leg), ["trying", "ring"]);
  world.pass(4700);
  for (const handset of ["handset:1", "handset:2"] as const)
    world.post({ world: "dect", kind: "pageFailed", handset, call: world.setupOf(handset) });
  assert.deepEqual(world.sip(leg), ["trying", "ring"], "the call goes on with the one that rings");
  world.post({ world: "sip", kind: "cancelled", line, leg });
  world.nothingLeft();
});

type Step = readonly [name: string, run: (world: World, leg: SipLeg) => void];

const dect = (kind: "alerting" | "pageFailed" | "connect", n: 1 | 2 | 3): Step => [
  `${kind} ${n}`,
  (world) => world.post({ world: "dect", kind, handset: `handset:${n}`, call: world.setupOf(`handset:${n}`) }),
];
const refuse: Step = [
  "handset 3 refuses",
  (world) =>
    world.post({
      world: "dect",
      kind: "released",
      handset: "handset:3",
      call: world.setupOf("handset:3"),
      reason: "rejected",
    }),
];
const cancel: Step = ["CANCEL", (world, leg) => world.post({ world: "sip", kind: "cancelled", line, leg })];
const bye: Step = ["BYE", (world, leg) => world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" })];
const unplug: Step = [
  "unplug",
  (world) => world.post({ world: "dect", kind: "detached", base: "base:1", reason: "unplugged" }),
];

function play(steps: readonly Step[]): { world: World; leg: SipLeg; story: string } {
  const world = new World();
  const leg = world.invite("main");
  for (const [, run] of steps) run(world, leg);
  return { world, leg, story: steps.map(([name]) => name).join(", ") };
}

test("every interleaving of alerts, failed pages and CANCEL, duplicates included, leaves nothing behind", () => {
  const steps = [dect("alerting", 2), dect("alerting", 2), dect("alerting", 3), dect("pageFailed", 1), refuse, cancel];
  let count = 0;
  for (const order of orders(steps)) {
    const { world, leg, story } = play(order);
    const names = order.map(([name]) => name);
    const alertedBefore = names.slice(0, names.indexOf("CANCEL")).some((name) => name.startsWith("alerting"));
    const rang = world.sip(leg).filter((kind) => kind === "ring").length;
    const refused3 = names.indexOf("handset 3 refuses") < names.indexOf("alerting 3");
    const only3 = names.slice(0, names.indexOf("CANCEL")).every((name) => name !== "alerting 2");
    assert.equal(rang, alertedBefore && !(only3 && refused3) ? 1 : 0, story);
    assert.equal(world.sip(leg).at(-1), "release cancelled", story);
    assert.equal(world.upper.view().log.length, 1, story);
    const { record } = world;
    assert.deepEqual([record?.result, record?.from.name, record?.cause], ["missed", "Alice", "cancelled"], story);
    world.nothingLeft();
    assert.ok(world.upper.quiet, story);
    count += 1;
  }
  assert.equal(count, 720);
});

test("every interleaving with an answer and a lost base in it leaves nothing behind either", () => {
  const steps = [dect("alerting", 2), dect("connect", 2), dect("connect", 3), dect("pageFailed", 1), unplug, cancel];
  for (const order of orders(steps)) {
    const { world, leg, story } = play(order);
    if (!world.upper.quiet) bye[1](world, leg);
    world.nothingLeft();
    assert.ok(world.upper.quiet, story);
    assert.equal(world.upper.view().log.length, 1, story);
    const answers = world.sip(leg).filter((kind) => kind === "accept").length;
    assert.ok(answers <= 1, story);
  }
});

test("a handset whose page failed is shown as absent, is rung all the same, and is back when it says so", () => {
  const world = new World();
  const state = () => world.upper.view().phones.find((phone) => phone.phone === "handset:1")?.state;
  world.invite("611");
  world.post({ world: "dect", kind: "pageFailed", handset: "handset:1", call: world.setupOf("handset:1") });
  assert.equal(state(), "absent");
  const leg = world.invite("611");
  assert.equal(state(), "ringing");
  world.post({ world: "sip", kind: "cancelled", line, leg });
  world.post({ world: "dect", kind: "located", handset: "handset:1" });
  assert.equal(state(), "idle");
});
