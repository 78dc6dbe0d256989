import { join } from "node:path";
import type { Event } from "../../src/message/event.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { VirtualClock } from "../../src/vendor/clock/clock.ts";
import { openRecorder } from "../../src/vendor/recorder/recorder.ts";
import { World } from "../logic/world.ts";

/** Writes what happened as the flight recorder does, after the state of a quiet house if there is one; gives the path. */
export async function recordingOf(
  dir: string,
  events: readonly Event[],
  state: readonly Event[] = [],
): Promise<string> {
  const clock = new VirtualClock(1_795_000_000_000);
  const report = (problem: string): never => {
    throw new Error(problem);
  };
  const recorder = openRecorder(join(dir, "journals"), {
    clock,
    keep: 1,
    segmentBytes: 10_000_000,
    budget: Number.MAX_SAFE_INTEGER,
    report,
  });
  const upper = new UpperHalf();
  for (const event of state) upper.handle(event);
  if (state.length > 0) recorder.startSegment(state);
  for (const [index, event] of events.entries()) recorder.record(index + 1, event, upper.handle(event));
  const path = recorder.path() ?? "";
  await recorder.close();
  return path;
}

/**
 * Two calls: one from outside that is cancelled while handset 2 of three alerts (call:1), and one between two phones of the
 * house that is answered and ended (call:2).
 */
export function twoCalls(): World {
  const world = new World();
  const leg = world.invite("main");
  world.pass(1250);
  world.post({ world: "dect", kind: "alerting", handset: "handset:2", call: world.setupOf("handset:2") });
  world.post({ world: "sip", kind: "cancelled", line: "line:local", leg });
  world.pass(5000);
  world.dial("port:1", "602");
  world.pass(2000);
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:2" });
  world.pass(3000);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:2" });
  world.pass(2000);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(60_000);
  return world;
}
