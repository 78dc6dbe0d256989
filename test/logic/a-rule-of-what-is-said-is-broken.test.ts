import assert from "node:assert/strict";
import { test } from "node:test";
import type { Breach } from "../../src/logic/invariants/breach.ts";
import { Rules } from "../../src/logic/invariants/rules.ts";
import type { Command } from "../../src/message/command.ts";
import type { Event } from "../../src/message/event.ts";
import type { House } from "../../src/message/plan.ts";
import { house, line, media, World } from "./world.ts";

type Change = (command: Command, event: Event) => readonly Command[];

/** What the rules say of a history whose commands were changed on the way. */
function told(history: World, change: Change): string[] {
  const breaches: Breach[] = [];
  const rules = new Rules(
    () => 1,
    (breach) => breaches.push(breach),
  );
  for (const { event, commands } of history.steps)
    rules.watch(
      event,
      commands.flatMap((command) => change(command, event)),
    );
  return breaches.map(({ rule, why }) => `${rule}: ${why}`);
}

function without(drop: (command: Command) => boolean): Change {
  return (command) => (drop(command) ? [] : [command]);
}

function twice(repeat: (command: Command) => boolean): Change {
  return (command) => (repeat(command) ? [command, command] : [command]);
}

/** Port 1 calls out, holds the far end, takes it back. */
function held(): World {
  const world = new World();
  world.dial("port:1", "0700");
  world.pass(5000);
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "ringing", line, leg });
  world.post({ world: "sip", kind: "answered", line, leg, media });
  for (let flash = 0; flash < 2; flash++) {
    world.pass(1000);
    world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
    world.pass(200);
    world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  }
  world.post({ world: "sip", kind: "reoffered", line, leg, media });
  world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
  return world;
}

/** A call from outside that handset 1 answers. */
function incoming(): World {
  const world = new World();
  const leg = world.invite("600");
  world.post({ world: "dect", kind: "alerting", handset: "handset:1", call: world.setupOf("handset:1") });
  world.post({ world: "dect", kind: "connect", handset: "handset:1", call: world.setupOf("handset:1") });
  world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
  return world;
}

test("a far end that is held, or taken back, and not told so breaks the rule of hold", () => {
  assert.deepEqual(
    told(
      held(),
      without(() => false),
    ),
    [],
  );
  let reoffers = 0;
  const first = without((c) => c.world === "sip" && c.kind === "reoffer" && ++reoffers === 1);
  assert.ok(told(held(), first).includes("hold: is held, and was not told"));
  reoffers = 0;
  const second = without((c) => c.world === "sip" && c.kind === "reoffer" && ++reoffers === 2);
  assert.ok(told(held(), second).includes("hold: is taken back, and was not told"));
  const heard = told(
    held(),
    without((c) => c.world === "voice" && c.kind === "part"),
  );
  assert.ok(heard.includes("hold: holds, and is heard still"), heard.join("; "));
});

test("an entry of the call log that is missing, written twice, or says another thing breaks the rule of the log", () => {
  assert.deepEqual(
    told(
      incoming(),
      twice((c) => c.world === "store" && c.kind === "addCall"),
    ),
    ["log: is in the log again", "log: has ended, and is 2 times in the log"],
  );
  assert.deepEqual(
    told(
      incoming(),
      without((c) => c.world === "store" && c.kind === "addCall"),
    ),
    ["log: has ended, and is 0 times in the log"],
  );
  const unheard = without((c) => c.world === "notify" && c.fact.kind === "callAnswered");
  assert.deepEqual(told(incoming(), unheard), ["log: is answered in the log"]);
});

test("a caller who is told a step again, out of order or not at all breaks the rule of order", () => {
  const again = told(
    incoming(),
    twice((c) => c.world === "sip" && c.kind === "ring"),
  );
  assert.deepEqual(again, ["order: was told ring again, or too late"]);
  const unrung = told(
    incoming(),
    without((c) => c.world === "sip" && c.kind === "ring"),
  );
  assert.deepEqual(unrung, ["order: rings, and the caller was not told"]);
  const untried = told(
    incoming(),
    without((c) => c.world === "sip" && c.kind === "trying"),
  );
  assert.deepEqual(untried, ["order: calls, and is told nothing"]);
  const deaf = told(
    held(),
    without((c) => c.world === "sip" && c.kind === "acceptReoffer"),
  );
  assert.deepEqual(deaf, ["order: offered anew, and got no answer"]);
});

test("more calls than a line may carry, or than there are streams to hear them, break the rule of limits", () => {
  const small: House = { ...house, lines: house.lines.map((plan) => ({ ...plan, maxCalls: 2 })) };
  const full = new World();
  for (const number of ["611", "612", "613"]) full.invite(number);
  const rules: string[] = [];
  const watch = new Rules(
    () => 1,
    ({ rule, why }) => rules.push(`${rule}: ${why}`),
  );
  for (const { event, commands } of full.steps) {
    const configured = event.world === "admin" && event.kind === "configured";
    watch.watch(configured ? { ...event, house: small } : event, commands);
  }
  assert.deepEqual(rules, ["limit: carries 3 calls, and may 2"]);
});

test("an emergency call that does not leave with its last digit breaks a rule, as long as there is a way out", () => {
  const world = new World();
  world.post({ world: "admin", kind: "memory", state: "tight" });
  world.dial("port:1", "112");
  const kept = without((c) => c.world === "sip");
  assert.deepEqual(told(world, kept), ["emergency: dialled 112, and it did not leave"]);
  world.post({ world: "dect", kind: "setup", handset: "handset:1", call: "cc:in-1", keypad: "112" });
  assert.deepEqual(
    told(
      world,
      without(() => false),
    ),
    [],
  );
  assert.equal(told(world, kept).length, 2);
});

test("a tone over a voice, ringing that falls silent, and silence after the end break the rule of tones", () => {
  const silent = told(
    held(),
    without((c) => c.world === "voice" && c.kind === "tone" && c.tone === "busy"),
  );
  assert.deepEqual(silent, ["tone: is left in silence after the end"]);
  const over = told(
    held(),
    without((c) => c.world === "voice" && c.kind === "tone" && c.tone === null),
  );
  assert.ok(over.includes("tone: is joined, and hears a tone"), over.join("; "));
});

test("a phone that rings and is not told to, or the other way round, breaks the rule of phones", () => {
  const stuck = without(
    (c) =>
      c.world === "notify" && c.fact.kind === "phoneChanged" && c.fact.phone === "port:2" && c.fact.state !== "ringing",
  );
  assert.deepEqual(told(incoming(), stuck), ["phone: does not ring, and is told to be ringing"]);
});
