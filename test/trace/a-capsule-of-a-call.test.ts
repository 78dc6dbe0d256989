import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { plain } from "../../src/logic/phonebook.ts";
import type { CallId } from "../../src/message/name.ts";
import { replayJournal } from "../../src/replay.ts";
import { type Capsule, capsuleOf } from "../../src/trace/capsule.ts";
import { ladderOf } from "../../src/trace/ladder.ts";
import { stepsOf } from "../../src/trace/steps.ts";
import { windowOf } from "../../src/trace/window.ts";
import { house, line, media, World } from "../logic/world.ts";
import { type RigName, rig } from "../proxy/rigs.ts";
import { quality } from "../vendor/recorder/day.ts";
import { folder, inOrder, journalOf, said } from "./journal-of.ts";

interface Made extends Capsule {
  readonly path: string;
  /** The picture of the call, as words. */
  readonly words: readonly string[];
}

/** Makes it, replays it, draws it. */
async function capsule(t: TestContext, world: World, call: CallId = "call:1", secret = "s"): Promise<Made> {
  return capsuleFrom(t, await journalOf(t, world), call, secret);
}

async function capsuleFrom(t: TestContext, journal: string, call: CallId, secret: string): Promise<Made> {
  const window = await windowOf(journal, call);
  assert.ok(window !== null);
  let count = 0;
  const made = await capsuleOf(window, () => `${secret}${++count}`);
  const path = join(await folder(t), "capsule.jsonl");
  await writeFile(path, made.text);
  assert.deepEqual((await replayJournal(path)).divergence, null);
  const ladder = ladderOf(await stepsOf(path, call));
  assert.ok(ladder !== null, "the call has kept its name");
  return { ...made, path, words: said(ladder) };
}

const kinds: readonly RigName[] = ["line", "handset", "port"];
for (const caller of kinds)
  for (const callee of kinds) {
    if (caller === "line" && callee === "line") continue;
    test(`a capsule of ${caller} calling ${callee} replays by itself and shows the same call`, async (t) => {
      const world = new World();
      const [a, b] = [rig(world, caller, "caller"), rig(world, callee, "callee")];
      a.call(b.number);
      b.alert();
      world.pass(1500);
      b.answer();
      world.pass(2000);
      a.hangUp();
      world.pass(40_000);
      const { words, others } = await capsule(t, world);
      assert.equal(others, 0);
      const ladder = ladderOf(await stepsOf(await journalOf(t, world), "call:1"));
      assert.deepEqual(
        words.map((text) => text.split(" ")[0]),
        said(ladder ?? assert.fail()).map((text) => text.split(" ")[0]),
      );
      inOrder(words, [/joined/, /over: one of the two hung up/]);
    });
  }

const canaries = {
  names: ["Canaryname", "Canaryphone", "Canarybook", "Canarydisplay"],
  numbers: ["0301987654", "301987654", "4930777888", "canaryuser"],
  hosts: [
    "203.0.113.77",
    "canary.example.org",
    "canarycallid",
    "canaryreason",
    "canaryserial",
    "canaryipui",
    "canaryrule",
  ],
  keys: ["4711"],
};

/** A call in which everything that somebody outside can give is a canary. */
function canaryWorld(): World {
  const world = new World({
    ...house,
    lines: house.lines.map((plan) => ({ ...plan, line: "line:canaryline" as const, number: "4930777888" })),
    phones: house.phones.map((plan) => ({ ...plan, name: `Canaryphone ${plan.number}` })),
    outgoing: [{ name: "canaryrule", pattern: "0.", line: "line:canaryline", strip: 1, prefix: "" }],
  });
  const theLine = "line:canaryline";
  const contact = { id: 9, name: "Canarybook", numbers: ["301 98-7654", "canaryuser"] };
  world.post({ world: "store", kind: "loaded", contacts: [contact], calls: [] });
  world.post({ world: "sip", kind: "registered", line: theLine, server: "canary.example.org", expiresSeconds: 60 });
  const handsets = [{ handset: "handset:1" as const, ipui: "canaryipui", formats: ["L16"] as const }];
  world.post({
    world: "dect",
    kind: "attached",
    base: "base:1",
    model: "canaryserial",
    serial: "canaryserial",
    channels: 4,
    handsets,
  });
  world.dial("port:1", "0301987654");
  world.pass(9000);
  const { leg } = world.invited();
  const far = { ...media, remote: { address: "203.0.113.77", port: 4000 } };
  world.post({ world: "sip", kind: "answered", line: theLine, leg, media: far });
  for (const digit of ["4", "7", "1", "1"] as const) world.post({ world: "fxs", kind: "digit", port: "port:1", digit });
  world.post({ world: "sip", kind: "ended", line: theLine, leg, cause: "normal" });
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  const from = { number: "canaryuser", name: "Canaryname" };
  world.post({
    world: "sip",
    kind: "invited",
    line: theLine,
    leg: "sip:in-9",
    from,
    dialled: "611",
    callId: "canarycallid",
    media: far,
  });
  world.post({ world: "sip", kind: "cancelled", line: theLine, leg: "sip:in-9" });
  world.dial("port:2", "0301987654");
  world.pass(9000);
  world.post({
    world: "sip",
    kind: "refused",
    line: theLine,
    leg: world.invited().leg,
    status: 486,
    reason: "canaryreason",
  });
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:2" });
  return world;
}

for (const call of ["call:1", "call:2", "call:3"] as const)
  test(`no name, number, address, key or text from outside is in the capsule of ${call}, and the dial plan still means the same`, async (t) => {
    const world = canaryWorld();
    const { text, words, others } = await capsule(t, world, call);
    assert.equal(others, 0);
    for (const canary of [...canaries.names, ...canaries.numbers, ...canaries.hosts])
      assert.ok(!text.toLowerCase().includes(canary.toLowerCase()), `${canary} is in the capsule`);
    assert.doesNotMatch(text, /canary/i);
    const pressed = [...text.matchAll(/"kind":"digit","port":"port:\d","digit":"(.)"/g)].map(([, digit]) => digit);
    if (call === "call:1") assert.deepEqual(pressed.slice(10), ["0", "0", "0", "0"], "keys in the call are masked");
    if (call !== "call:2") {
      assert.equal(pressed[0], "0", "the digit that the plan asks for");
      inOrder(words, [new RegExp(`INVITE Name \\d+ <\\d{10}> calls ${pressed.slice(1, 10).join("")} `)]);
    }
  });

test("the same number has the same pseudonym all through a capsule, in whatever spelling, and another one in another capsule", async (t) => {
  const world = canaryWorld();
  const one = await capsule(t, world, "call:1", "one");
  const two = await capsule(t, world, "call:1", "two");
  const dialled = ({ text }: Capsule): string =>
    [...text.matchAll(/"kind":"digit","port":"port:1","digit":"(.)"/g)]
      .map(([, digit]) => digit)
      .slice(0, 10)
      .join("");
  const book = /"contacts":\[\{"id":9,"name":"(Name \d+)","numbers":\["([^"]*)"/.exec(one.text);
  assert.equal(plain(book?.[2] ?? ""), dialled(one).slice(1), "the plan strips the first digit");
  assert.notEqual(dialled(one), dialled(two));
});

test("of a house with many calls only the one that is asked for is in the capsule, also of those at the same time", async (t) => {
  const world = new World();
  const legs = ["611", "612", "613"].map((number, at) => world.invite(number, `0301${at}99999`));
  for (const handset of ["handset:1", "handset:2", "handset:3"] as const)
    world.post({ world: "dect", kind: "connect", handset, call: world.setupOf(handset) });
  world.dial("port:1", "690");
  world.pass(1000);
  for (const leg of legs) world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  for (const [call, own] of [
    ["call:2", "sip:in-2"],
    ["call:3", "sip:in-3"],
  ] as const) {
    const { text, others, path } = await capsule(t, world, call);
    assert.equal(others, 0);
    const legsIn = new Set([...text.matchAll(/sip:in-\d/g)].map(([leg]) => leg));
    assert.deepEqual([...legsIn], [own]);
    assert.deepEqual((await stepsOf(path, call)).calls, [call]);
  }
});

test("a call that another one made busy brings it along, under pseudonyms, and says so", async (t) => {
  const world = new World();
  world.invite("601", "0301111111");
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  world.invite("601", "0302222222");
  const { others, words, text } = await capsule(t, world, "call:2");
  assert.equal(others, 1);
  inOrder(words, [/INVITE/, /gateway>provider 486 Busy Here: the called party is busy/]);
  assert.doesNotMatch(text, /0301111111|0302222222/);
});

test("a code that marks the last call depends on the call log: the entry it asks for comes along, under pseudonyms, and no other", async (t) => {
  const world = new World({ ...house, services: [...house.services, { number: "*99", service: "capsule" }] });
  for (const [number, port] of [
    ["0301111111", "port:1"],
    ["0302222222", "port:2"],
    ["0303333333", "port:1"],
  ] as const) {
    const leg = world.invite(port === "port:1" ? "601" : "602", number);
    world.post({ world: "fxs", kind: "wentOffHook", port });
    world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
    world.post({ world: "fxs", kind: "wentOnHook", port });
    world.pass(2000);
  }
  world.dial("port:1", "*99");
  world.post({ world: "store", kind: "capsuleSaved", asked: "call:4", reason: null });
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  const { text, others, logged, words } = await capsule(t, world, "call:4");
  assert.deepEqual([others, logged], [0, 1]);
  assert.match(text, /"kind":"saveCapsule","call":"call:3","asked":"call:4"/);
  assert.doesNotMatch(text, /030[123]|"call:1"|"call:2"/);
  inOrder(words, [/port:1 off-hook/, /digit \*/, /tone confirm/, /port:1 on-hook/]);
  assert.equal((await capsule(t, world, "call:3")).logged, 0, "no other call asks for it");
});

test("emergency and internal numbers stay as they are, others keep their length", async (t) => {
  const world = new World();
  world.dial("port:1", "112");
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  const { words } = await capsule(t, world);
  inOrder(words, [/digit 1/, /digit 1/, /digit 2/, /INVITE .* calls 112 /]);
  const other = new World();
  other.invite("612", "+4930123456");
  const call = await capsule(t, other);
  inOrder(call.words, [/INVITE \+\d{10} calls 612/]);
  assert.doesNotMatch(call.text, /4930123456/);
});

test("a port that rings again rings for the new call: its caller ID is that call's, and no earlier call is needed", async (t) => {
  const world = new World();
  for (let n = 0; n < 2; n++) {
    const leg = world.invite("601");
    world.pass(8000);
    world.post({ world: "sip", kind: "cancelled", line, leg });
    world.pass(2000);
  }
  const { others, words } = await capsule(t, world, "call:2");
  assert.equal(others, 0);
  assert.ok(
    words.some((text) => /caller ID/i.test(text)),
    words.join("\n"),
  );
});

test("how the call before was heard, known only now, does not belong to this one", async (t) => {
  const world = new World();
  const first = world.invite("611");
  world.post({ world: "sip", kind: "cancelled", line, leg: first });
  const leg = world.invite("612");
  world.post({ world: "voice", kind: "measured", call: "call:1", party: line, quality });
  world.post({ world: "sip", kind: "cancelled", line, leg });
  assert.equal((await capsule(t, world, "call:2")).others, 0);
});
