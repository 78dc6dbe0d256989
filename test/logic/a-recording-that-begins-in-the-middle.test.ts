import assert from "node:assert/strict";
import { test } from "node:test";
import { Rules } from "../../src/logic/invariants/rules.ts";
import { instant } from "../../src/message/units.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { World } from "./world.ts";

test("a house restored with its devices breaks no rule by not telling again that they are there", () => {
  const world = new World();
  const fresh = new UpperHalf();
  const broken: string[] = [];
  const rules = new Rules(
    () => fresh.calls,
    ({ rule, why }) => broken.push(`${rule}: ${why}`),
  );
  const state = [...world.upper.restart(instant(world.now))];
  assert.ok(
    state.some((event) => event.world === "admin" && event.kind === "restored" && event.state.includes("attached")),
  );
  for (const event of state) rules.watch(event, fresh.handle(event));
  assert.deepEqual(broken, []);
});
