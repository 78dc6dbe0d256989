import assert from "node:assert/strict";
import { test } from "node:test";
import { house, World } from "./world.ts";

for (const callLogSize of [20, 3000]) {
  test(`a call log of ${callLogSize} keeps that many calls, at most a tenth more, and has the files forget the others`, () => {
    const world = new World({ ...house, callLogSize });
    for (let n = 0; n < callLogSize * 1.5; n++)
      world.post({ world: "sip", kind: "cancelled", line: "line:local", leg: world.invite("611") });
    const { length } = world.upper.view().log;
    assert.ok(length >= callLogSize && length <= callLogSize * 1.1, `${length} calls are kept`);
    const dropped = world.commands.findLast((c) => c.world === "store" && c.kind === "dropCallsBefore");
    assert.ok(dropped?.world === "store" && dropped.kind === "dropCallsBefore");
    assert.ok(dropped.id > 1 && dropped.id <= callLogSize / 2 + 1, `calls before ${dropped.id} are dropped`);
  });
}
