import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../src/message/event.ts";
import { instant } from "../../src/message/units.ts";
import { line, World } from "./world.ts";

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
