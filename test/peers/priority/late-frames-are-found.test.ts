import assert from "node:assert/strict";
import { test } from "node:test";
import { framesOf, lateWithoutExcuse } from "./lateness.ts";
import type { Packet } from "./witness.ts";

/** A stream of 1000 frames from 3 ms on; frame n is so late, and one that is `null` late never leaves. */
function stream(latenessOf: (n: number) => number | null): Packet[] {
  return Array.from({ length: 1000 }, (_, n) => ({ n, lateMs: latenessOf(n) })).flatMap(({ n, lateMs }) =>
    lateMs === null ? [] : [{ at: 3 + n * 20 + lateMs, port: 10_000, sequence: n }],
  );
}

/** Usual lateness, the same in every run. */
function usual(n: number): number {
  return ((n * 7919) % 100) / 100;
}

test("a stream that is punctual has every frame and none late", () => {
  const frames = framesOf(stream(usual));
  assert.equal(frames.length, 1000);
  assert.deepEqual(
    frames.filter(({ lateMs, missing }) => lateMs > 1.1 || missing),
    [],
  );
});

test("late and missing frames are found wherever they are, the first and the last of a stretch included", () => {
  for (const n of [1, 100, 249, 250, 251, 499, 500, 998])
    for (const late of [6, 12, 17, null]) {
      const frames = framesOf(stream((m) => (m === n ? late : usual(m))));
      const found = lateWithoutExcuse(frames, []);
      assert.equal(found.length, 1, `frame ${n} is ${late} ms late, found are ${found.length}`);
      const [frame] = found;
      assert.ok(frame !== undefined && Math.abs(frame.due - (3 + n * 20)) < 1.5, `frame ${n} due at ${frame?.due}`);
      assert.equal(frame.missing, late === null);
      assert.ok(Math.abs(frame.lateMs - (late ?? 20)) < 2.5, `${frame.lateMs} for ${late}`);
    }
});

test("only what was stolen while the frame was late excuses it, and only as much as that", () => {
  const frames = framesOf(stream((n) => (n === 400 ? 14 : usual(n))));
  const due = 3 + 400 * 20;
  const unexcused = (at: number, ms: number) => lateWithoutExcuse(frames, [{ at, ms }]).length;
  assert.equal(unexcused(due + 1, 12), 0);
  assert.equal(unexcused(due - 5, 30), 0);
  assert.equal(unexcused(due + 1, 3), 1);
  assert.equal(unexcused(due - 30, 25), 1);
  assert.equal(unexcused(due + 15, 25), 1);
});
