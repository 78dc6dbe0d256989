import assert from "node:assert/strict";
import { test } from "node:test";
import { Rules } from "../../src/logic/invariants/rules.ts";
import type { Command } from "../../src/message/command.ts";
import type { Event } from "../../src/message/event.ts";
import { house, line, media, World } from "./world.ts";

type Change = (command: Command, event: Event) => readonly Command[];

/** What the rules say of a history whose commands were changed on the way. */
function told(history: World, change: Change): string[] {
  const breaches: string[] = [];
  const rules = new Rules(
    () => 1,
    ({ rule, why }) => breaches.push(`${rule}: ${why}`),
  );
  for (const { event, commands } of history.steps)
    rules.watch(
      event,
      commands.flatMap((command) => change(command, event)),
    );
  return breaches;
}

const same: Change = (command) => [command];

function without(drop: (command: Command, event: Event) => boolean): Change {
  return (command, event) => (drop(command, event) ? [] : [command]);
}

/** Port 1, at which a fax may hang, is called from outside; a key, a far end that holds, one that falls silent. */
function talk(): World {
  const world = new World({
    ...house,
    phones: house.phones.map((plan) => (plan.phone === "port:1" ? { ...plan, fax: true } : plan)),
  });
  const leg = world.invite("601");
  world.pass(10);
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  world.post({ world: "sip", kind: "confirmed", line, leg, media: null });
  world.post({ world: "sip", kind: "digit", line, leg, digit: "5", durationMs: 100 });
  world.post({ world: "sip", kind: "reoffered", line, leg, media: { ...media, direction: "inactive" } });
  world.post({ world: "sip", kind: "reoffered", line, leg, media: { ...media, eventPayloadType: null } });
  world.post({ world: "voice", kind: "rtpTimeout", endpoint: "rtp:0", silentMs: 20_000 });
  return world;
}

test("a call whose sound flows as agreed breaks no rule", () => {
  assert.deepEqual(told(talk(), same), []);
});

test("sound that goes elsewhere, in what nobody named, or where it is not wanted breaks the rule of media", () => {
  const elsewhere = told(talk(), (c) =>
    c.world === "voice" && c.kind === "openRtp" ? [{ ...c, remote: { address: "127.0.0.3", port: 1 } }] : [c],
  );
  assert.ok(elsewhere.includes("media: goes elsewhere than they said"));
  const other = told(talk(), (c) => (c.world === "voice" && c.kind === "openRtp" ? [{ ...c, format: "G722" }] : [c]));
  assert.ok(other.includes("media: G722 is spoken, and they did not name it"), other.join("; "));
  const deaf = told(talk(), (c) =>
    c.world === "voice" && c.kind === "openRtp" ? [{ ...c, direction: "sendrecv" }] : [c],
  );
  assert.ok(deaf.includes("media: is sendrecv, and they do not listen"));
  const late = told(
    talk(),
    without((c, e) => e.world === "sip" && e.kind === "reoffered" && c.world === "voice"),
  );
  assert.ok(late.includes("media: is sendrecv, and they do not listen"));
});

test("frames that are converted without need, and keys that are heard twice or not at all, break the rule of media", () => {
  const linear = told(talk(), (c) => (c.world === "voice" && c.kind === "openUsb" ? [{ ...c, format: "L16" }] : [c]));
  assert.ok(linear.includes("media: is in L16, and could be in PCMA"), linear.join("; "));
  const muted = told(
    talk(),
    without((c, e) => e.world === "sip" && e.kind === "reoffered" && c.world === "voice" && c.kind === "openUsb"),
  );
  assert.deepEqual(muted, ["media: its keys are muted"]);
});

test("a fax whose sound is treated like a voice's breaks the rule of media", () => {
  const world = talk();
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.dial("port:1", "0700");
  world.pass(5000);
  const { leg } = world.invited();
  const narrow = [{ format: "G722", payloadType: 9 } as const];
  world.post({ world: "sip", kind: "answered", line, leg, media: { ...media, codecs: narrow } });
  world.post({ world: "voice", kind: "faxTone", endpoint: "usb:dongle:1:0", tone: "ced", from: "farEnd" });
  assert.deepEqual(told(world, same), []);
  const heard = (e: Event): boolean => e.world === "voice" && e.kind === "faxTone";
  const unasked = told(
    world,
    without((c, e) => heard(e) && c.world === "sip"),
  );
  assert.deepEqual(unasked, ["media: a fax speaks G722"]);
  const treated = told(
    world,
    without((c, e) => heard(e) && c.world === "voice" && (c.kind === "openUsb" || c.kind === "openRtp")),
  );
  assert.ok(treated.includes("media: a fax speaks, and its sound is not left alone"));
  assert.ok(treated.includes("media: a fax speaks, and its stream is one of a voice"));
});

test("a key that is lost, a hold that nobody is told of, and silence that ends nothing break rules", () => {
  const lost = told(
    talk(),
    without((c) => c.world === "voice" && c.kind === "sendDigit"),
  );
  assert.deepEqual(lost, ["key: pressed a key, and it did not reach the other side"]);
  const untold = told(
    talk(),
    without((c) => c.world === "notify" && c.fact.kind === "callHeld"),
  );
  assert.deepEqual(untold, ["hold: holds, or takes the call back, and it is not told"]);
  const silent = told(
    talk(),
    without((_, e) => e.world === "voice" && e.kind === "rtpTimeout"),
  );
  assert.deepEqual(silent, ["key: has fallen silent, and its call goes on"]);
});

test("a change that is not told, or told again, breaks the rule of facts; a timer that is started twice that of timers", () => {
  const world = talk();
  world.post({ world: "admin", kind: "addContact", name: "Bob", numbers: ["0301"] });
  world.post({ world: "admin", kind: "memory", state: "tight" });
  const deaf = told(
    world,
    without((c) => c.world === "notify" && (c.fact.kind === "bookChanged" || c.fact.kind === "voiceChanged")),
  );
  assert.deepEqual(deaf, [
    "fact: voiceChanged is not told",
    "fact: the book changes, and that is not told, or the other way round",
  ]);
  const again = told(world, (c) => (c.world === "notify" && c.fact.kind === "memoryChanged" ? [c, c] : [c]));
  assert.deepEqual(again, ["fact: memory is told to be tight again"]);
  let timers = 1000;
  const two = told(world, (c) =>
    c.world === "timer" && c.kind === "start" && c.name === "noAnswer"
      ? [c, { ...c, timer: `timer:${++timers}` }]
      : [c],
  );
  assert.deepEqual(two, ["timer: noAnswer runs, and is started again"]);
});
