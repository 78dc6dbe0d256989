import assert from "node:assert/strict";
import { test } from "node:test";
import { instant } from "../../src/message/units.ts";
import { UpperHalf } from "../../src/upper-half.ts";

const at = instant(5000);
const where = { endpoint: "rtp:3", file: "/tmp/call.wav", reason: "no space is left" } as const;

test("the end of a recording, and of a file that was played, is told to whoever watches, and changes nothing else", () => {
  const upper = new UpperHalf();
  const before = upper.snapshot();
  const recorded = { kind: "recordEnded", ...where, durationMs: 1500, lostMs: 20 } as const;
  const played = { kind: "playEnded", ...where } as const;
  for (const fact of [recorded, played])
    assert.deepEqual(upper.handle({ world: "voice", at, ...fact }), [{ world: "notify", kind: "fact", fact }]);
  assert.equal(upper.snapshot(), before);
});
