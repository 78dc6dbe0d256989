import assert from "node:assert/strict";
import { test } from "node:test";
import { monotonicMicros } from "../../src/voice/monotonic.ts";
import { openTimepiece, punctual } from "../../src/voice/timepiece.ts";
import { edges } from "./each-edge.ts";

for (const edge of edges)
  test(`whoever sleeps wakes at the moment, not before, and does not sleep for one that has passed (${edge})`, async () => {
    const time = await openTimepiece(edge === "batched");
    let until = time.now();
    for (let n = 0; n < 5; n++) {
      until += 10;
      time.sleep(until - time.now());
      assert.ok(time.now() > until - 0.1, `${until - time.now()} ms too early`);
    }
    const before = time.now();
    for (const ms of [0, -1, -1000]) time.sleep(ms);
    assert.ok(time.now() - before < 1000);
  });

for (const edge of edges)
  test(`however a thread looks at the clock, it is the one of all threads, and of performance.now() (${edge})`, async () => {
    const time = await openTimepiece(edge === "batched");
    const [micros, now] = [monotonicMicros(), performance.now()];
    const [behind, later] = [(time.micros() - micros) | 0, time.now() - now];
    // Between the looks other programs may run, for as long as they like; back it never goes.
    assert.ok(behind >= -2 && behind < 10_000_000, `${behind} µs`);
    assert.ok(later > -0.1 && later < 10_000, `${later} ms`);
    assert.ok(Number.isInteger(time.micros()));
  });

test("what waking always takes is slept less, and a late turn does not make the next one early", () => {
  let now = 1;
  let waking = 0.05;
  const time = punctual({
    now: () => now,
    sleep: (ms) => {
      now += ms + waking;
    },
  });
  const turn = (n: number): number => {
    time.sleep(20 * n - time.now());
    return time.now() - 20 * n;
  };
  for (let n = 1; n <= 100; n++) assert.ok(turn(n) > -0.002);
  assert.ok(turn(101) < 0.002, "what waking takes is known by now");
  waking = 7;
  assert.ok(turn(102) > 6.9);
  waking = 0.05;
  const after = turn(103);
  assert.ok(after > -0.002 && after < 0.002, `${after}`);
  waking = 0.01;
  assert.ok(turn(104) > -0.05, "the lead is 0.2 ms at most");
  for (let n = 105; n <= 110; n++) assert.ok(Math.abs(turn(n)) < 0.01, "a quicker way is known at once");
});
