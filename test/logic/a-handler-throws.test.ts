import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../src/message/event.ts";
import { instant } from "../../src/message/units.ts";
import { line, media, World } from "./world.ts";

test("a handler that throws costs the calls of that phone, is told with its event, and the gateway goes on", () => {
  const world = new World();
  world.dial("port:1", "690");
  world.dial("port:2", "611");
  assert.equal(world.upper.view().calls.length, 2);
  // What no adapter would ever post: the type says it cannot be, and a handler trips over it.
  const poisoned = { world: "fxs", kind: "digit", port: "port:1", at: instant(world.now) } as unknown as Event;
  Object.defineProperty(poisoned, "digit", { enumerable: true, get: () => boom() });
  const commands = world.upper.handle(poisoned);
  const faults = commands.flatMap((c) => (c.world === "notify" && c.fact.kind === "fault" ? [c.fact] : []));
  assert.equal(faults.length, 1);
  assert.deepEqual(faults[0]?.calls, ["call:1"]);
  assert.deepEqual(
    world.upper.view().calls.map((call) => call.call),
    ["call:2"],
    "nobody else's call suffers",
  );
  const next = world.post({ world: "fxs", kind: "wentOnHook", port: "port:2" });
  assert.ok(next.some((c) => c.world === "dect" && c.kind === "release"));
});

let armed = true;

function boom(): string {
  if (!armed) return "1";
  armed = false;
  throw new Error("the digit was poisoned");
}

test("events for legs, calls and timers that are gone do nothing", () => {
  const world = new World();
  const before = world.commands.length;
  world.post({ world: "sip", kind: "ended", line, leg: "sip:out-99", cause: "normal" });
  world.post({ world: "dect", kind: "alerting", handset: "handset:1", call: "cc:out-99" });
  world.post({ world: "timer", kind: "expired", timer: "timer:99" });
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.post({ world: "sip", kind: "cancelled", line: "line:unknown", leg: "sip:in-9" });
  const said = world.commands.slice(before).filter((c) => c.world !== "notify");
  assert.deepEqual(said, []);
});

/** The event of that world with one property at which whoever reads it trips. */
function poison(event: object, property: string): Event {
  let trips = true;
  return Object.defineProperty({ ...event }, property, {
    enumerable: true,
    get: () => {
      if (!trips) return Reflect.get(event, property);
      trips = false;
      throw new Error("poisoned");
    },
  }) as unknown as Event;
}

test("an INVITE and a CC-SETUP whose handler throws are answered, and leave nothing behind", () => {
  const world = new World();
  const at = instant(world.now);
  const invite = { world: "sip", kind: "invited", line, leg: "sip:in-1", dialled: "611", callId: "c", media, at };
  for (const property of ["from", "dialled", "media"]) {
    const commands = world.upper.handle(poison({ from: { number: "7", name: null }, ...invite }, property));
    const released = commands.filter((c) => c.world === "sip" && c.kind === "release" && c.cause === "internalError");
    assert.equal(released.length, 1, property);
  }
  const setup = { world: "dect", kind: "setup", handset: "handset:1", call: "cc:in-1", at };
  const commands = world.upper.handle(poison(setup, "keypad"));
  assert.equal(commands.filter((c) => c.world === "dect" && c.kind === "release").length, 1);
  assert.ok(world.upper.quiet);
});

test("whoever hung up when the handler threw is not sent a tone, and his phone is free", () => {
  const world = new World();
  const at = instant(world.now);
  world.post({ world: "dect", kind: "setup", handset: "handset:1", call: "cc:in-1", keypad: "" });
  const gone = { world: "dect", kind: "released", handset: "handset:1", call: "cc:in-1", at };
  const commands = world.upper.handle(poison(gone, "reason"));
  assert.ok(commands.some((c) => c.world === "dect" && c.kind === "release"));
  assert.ok(world.upper.quiet);
  world.dial("port:1", "0700");
  const onHook = { world: "fxs", kind: "wentOnHook", port: "port:1", at };
  world.upper.handle(poison(onHook, "kind"));
  assert.equal(world.upper.view().phones.find(({ phone }) => phone === "port:1")?.state, "idle");
});

test("a call between two whose event trips in the conversation ends for both, with a tone for nobody who talks to somebody", () => {
  const world = new World();
  world.dial("port:1", "0700");
  world.pass(5000);
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "progressed", line, leg, media });
  const commands = world.upper.handle(
    poison({ world: "sip", kind: "answered", line, leg, at: instant(world.now) }, "media"),
  );
  const order = commands.flatMap((c) =>
    c.world === "voice" && (c.kind === "part" || c.kind === "tone") ? [c.kind] : [],
  );
  assert.deepEqual(order, ["part", "tone"]);
  assert.ok(commands.some((c) => c.world === "sip" && c.kind === "release"));
});

test("a line fault whose handler throws is one all the same, and told", () => {
  const world = new World();
  const fault = { world: "fxs", kind: "lineFault", port: "port:1", fault: "power alarm", at: instant(world.now) };
  const commands = world.upper.handle(poison(fault, "kind"));
  assert.ok(commands.some((c) => c.world === "notify" && c.fact.kind === "phoneChanged" && c.fact.state === "fault"));
});
