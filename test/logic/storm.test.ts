import assert from "node:assert/strict";
import { test } from "node:test";
import { Outside } from "./outside.ts";

test("whatever the house and the world do, every setup gets one release and nothing is left behind", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const outside = new Outside(seed);
    try {
      for (let step = 0; step < 200; step++) outside.step();
      outside.calm();
    } catch (fault) {
      const tail = outside.world.events.slice(-12).map((event) => JSON.stringify(event));
      assert.fail(`seed ${seed}: ${fault instanceof Error ? fault.message : fault}\n${tail.join("\n")}`);
    }
  }
});
