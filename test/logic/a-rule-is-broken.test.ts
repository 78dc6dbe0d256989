import assert from "node:assert/strict";
import { test } from "node:test";
import type { Breach } from "../../src/logic/invariants/breach.ts";
import { LiveRules } from "../../src/logic/invariants/live.ts";
import { Rules } from "../../src/logic/invariants/rules.ts";
import type { Command } from "../../src/message/command.ts";
import type { Event } from "../../src/message/event.ts";
import type { Fact } from "../../src/message/notify.ts";
import { instant } from "../../src/message/units.ts";
import { house, line, media, World } from "./world.ts";

/** What the rules say of a history whose commands were changed on the way. */
function told(history: World, change: (command: Command, event: Event) => readonly Command[], calls = 1): Breach[] {
  const breaches: Breach[] = [];
  const rules = new Rules(
    () => calls,
    (breach) => breaches.push(breach),
  );
  for (const { event, commands } of history.steps)
    rules.watch(
      event,
      commands.flatMap((command) => change(command, event)),
    );
  return breaches;
}

/** A call from outside that all ring for, that handset 1 answers, and that ends. */
function aCall(): World {
  const world = new World();
  const leg = world.invite("600");
  world.post({ world: "dect", kind: "alerting", handset: "handset:1", call: world.setupOf("handset:1") });
  world.post({ world: "dect", kind: "connect", handset: "handset:1", call: world.setupOf("handset:1") });
  world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
  return world;
}

const same = (command: Command): readonly Command[] => [command];

test("a house that keeps its word breaks no rule", () => {
  assert.deepEqual(told(aCall(), same), []);
});

test("a release that comes twice, a word after it, and a leg that never was break the rule of one release", () => {
  const twice = told(aCall(), (c) => (c.world === "sip" && c.kind === "release" ? [c, c] : [c]));
  assert.deepEqual(
    twice.map(({ rule, objects }) => [rule, ...objects]),
    [["oneRelease", "sip:in-1"]],
  );
  const early = told(aCall(), (c) => (c.world === "dect" && c.kind === "setup" ? [] : [c]));
  assert.equal(early[0]?.rule, "oneRelease");
});

test("a leg that stays when the last call is over is one without a call", () => {
  const kept = told(aCall(), (c) => (c.world === "sip" && c.kind === "release" ? [] : [c]), 0);
  assert.ok(kept.some(({ rule, objects }) => rule === "legWithoutCall" && objects.includes("sip:in-1")));
});

test("two phones that answer one call, and one that rings on, break the rule of one answer", () => {
  const ringsOn = told(aCall(), (c) => (c.world === "fxs" && c.kind === "stopRing" && c.port === "port:2" ? [] : [c]));
  assert.deepEqual(
    ringsOn.map(({ rule }) => rule),
    ["oneAnswer"],
  );
  const accepted = told(aCall(), (c) => (c.world === "sip" && c.kind === "accept" ? [c, c] : [c]));
  assert.deepEqual(
    accepted.map(({ rule, objects }) => [rule, ...objects]),
    [["oneAnswer", "sip:in-1"]],
  );
});

test("a path whose end is not open, has no owner, or is another's breaks the rule of the voice path", () => {
  const unopened = told(aCall(), (c) => (c.world === "voice" && c.kind === "openRtp" ? [] : [c]));
  assert.ok(unopened.some(({ rule }) => rule === "voicePath"));
  const left = told(aCall(), (c) => (c.world === "voice" && (c.kind === "close" || c.kind === "part") ? [] : [c]));
  assert.ok(left.some(({ rule, why }) => rule === "voicePath" && /owner is released/.test(why)));
  const shared = told(aCall(), (c) => (c.world === "dect" && c.kind === "setup" ? [{ ...c, channel: 0 }] : [c]));
  assert.ok(shared.some(({ rule, why }) => rule === "voicePath" && /two owners/.test(why)));
});

test("sound that flows before the answer breaks a rule, and early media does not", () => {
  const unanswered = told(aCall(), (c) => (c.world === "sip" && c.kind === "accept" ? [{ ...c, kind: "ring" }] : [c]));
  assert.ok(unanswered.some(({ rule }) => rule === "audioBeforeAnswer" || rule === "voicePath"));
  const world = new World();
  world.dial("port:1", "0700");
  world.pass(5000);
  world.post({ world: "sip", kind: "progressed", line, leg: world.invited().leg, media });
  assert.ok(world.commands.some((c) => c.world === "voice" && c.kind === "join"));
});

test("a timer without an owner, cancelled twice, or long overdue breaks the rule of timers", () => {
  const unowned = told(aCall(), (c) => (c.world === "timer" && c.kind === "start" ? [{ ...c, owner: "" }] : [c]));
  assert.ok(unowned.length > 0 && unowned.every(({ rule }) => rule === "timer"));
  const twice = told(aCall(), (c) => (c.world === "timer" && c.kind === "cancel" ? [c, c] : [c]));
  assert.ok(twice.length > 0 && twice.every(({ rule }) => rule === "timer"));
  const world = aCall();
  for (let n = 0; n < 72; n++) {
    world.later(60_000);
    world.post({ world: "admin", kind: "clearLog" });
  }
  const overdue = told(world, (c) => (c.world === "timer" && c.kind === "cancel" ? [] : [c]));
  assert.ok(overdue.some(({ rule, why }) => rule === "timer" && /should have ended/.test(why)));
});

test("a line that is told to be registered when the registrar said otherwise breaks a rule", () => {
  const [plan] = house.lines;
  assert.ok(plan !== undefined);
  const world = new World({ ...house, lines: [{ ...plan, registers: true }] });
  world.post({ world: "sip", kind: "registered", line, server: "a", expiresSeconds: 60 });
  world.post({ world: "sip", kind: "registrationFailed", line, server: "a", status: 503, reason: "Busy" });
  assert.deepEqual(told(world, same), []);
  const deaf = told(world, (c, event) => (event.world === "sip" && event.kind === "registrationFailed" ? [] : [c]));
  assert.deepEqual(
    deaf.map(({ rule, objects }) => [rule, ...objects]),
    [["registration", line]],
  );
});

test("in a running gateway a breach is told once per rule and minute, with the number of its event", () => {
  const facts: Fact[] = [];
  const rules = new LiveRules(
    () => 1,
    (fact) => facts.push(fact),
  );
  const said: Command = { world: "sip", kind: "ring", line, leg: "sip:in-9" };
  const at = (ms: number): Event => ({ world: "admin", kind: "clearLog", at: instant(ms) });
  rules.watch(at(1000), [said, said], 7);
  rules.watch(at(60_000), [said], 8);
  rules.watch(at(61_000), [said], 9);
  assert.deepEqual(
    facts.map((fact) => (fact.kind === "ruleBroken" ? [fact.rule, ...fact.objects, fact.event] : [])),
    [
      ["oneRelease", "sip:in-9", 7],
      ["oneRelease", "sip:in-9", 9],
    ],
  );
  assert.equal(rules.breaches, 4);
});
