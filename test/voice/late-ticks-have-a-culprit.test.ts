import assert from "node:assert/strict";
import { PerformanceObserver } from "node:perf_hooks";
import { test } from "node:test";
import { LateTicks } from "../../src/voice/late-ticks.ts";
import { stages, TurnStages } from "../../src/voice/turn-stages.ts";

/** Turns by a clock that is set; ms. */
class Turns {
  #now = 0;
  readonly stages = new TurnStages(() => (this.#now * 1000) | 0);

  at(now: number): void {
    this.#now = now;
  }

  /** One whose stages last so many milliseconds, begun at `from`. */
  turn(from: number, lasted: readonly number[]): void {
    this.#now = from;
    this.stages.begin();
    for (const ms of lasted) {
      this.#now += ms;
      this.stages.end();
    }
  }
}

test("every stage of every turn is counted by how long it took", () => {
  const turns = new Turns();
  turns.turn(1000, [0.01, 0.2, 3, 0.06, 0.01]);
  turns.turn(1020, [0.01, 0.2, 0.04, 0.06, 0.01]);
  const steps = Object.fromEntries(
    turns.stages
      .show()
      .map(({ stage, stepsUs }) => [stage, stepsUs.flatMap(({ upTo, count }) => (count ? [[upTo, count]] : []))]),
  );
  assert.deepEqual(Object.keys(steps), [...stages]);
  assert.deepEqual(steps["commands"], [[50, 2]]);
  assert.deepEqual(steps["receive"], [[250, 2]]);
  assert.deepEqual(steps["kernels"], [
    [50, 1],
    [5000, 1],
  ]);
});

test("a tick that waited for the turn before it was kept by that turn's longest stage", (t) => {
  const turns = new Turns();
  const late = new LateTicks(turns.stages);
  t.after(() => late.close());
  turns.turn(1000, [0.1, 27, 1, 0.1, 0.1]);
  turns.at(1028.3);
  late.late(1028.3, 8.3);
  assert.deepEqual(late.show(), [{ culprit: "receive", count: 1 }]);
});

test("a tick that nothing of ours kept was kept by other programs or by the host", (t) => {
  const turns = new Turns();
  const late = new LateTicks(turns.stages);
  t.after(() => late.close());
  turns.turn(1000, [0.1, 0.1, 0.1, 0.1, 0.1]);
  // No thread waits for half an hour to be run: the rest of it the host took.
  turns.at(1020 + 1_800_000);
  late.late(1020 + 1_800_000, 1_800_000);
  assert.deepEqual(late.show(), [{ culprit: "host", count: 1 }]);
});

test("a tick that our own garbage collection kept is charged to it when the collection becomes known", async (t) => {
  const turns = new Turns();
  const late = new LateTicks(turns.stages);
  t.after(() => late.close());
  // An observer alone keeps no process alive.
  const awake = setInterval(() => {}, 1000);
  t.after(() => clearInterval(awake));
  const from = performance.now();
  const rubbish: number[][] = [];
  for (let n = 0; n < 200; n++) rubbish.push(Array.from({ length: 10_000 }, (_, m) => m + n));
  assert.equal(rubbish.length, 200);
  // Told of a lateness that is all inside a collection: the first that comes decides how long it was.
  const collected = await new Promise<{ from: number; to: number }>((resolve) => {
    const observer = new PerformanceObserver((list) => {
      const entry = list.getEntries().find(({ startTime }) => startTime >= from);
      if (entry === undefined) return;
      observer.disconnect();
      resolve({ from: entry.startTime, to: entry.startTime + entry.duration });
    });
    observer.observe({ entryTypes: ["gc"] });
    for (let n = 0; n < 200; n++) rubbish.push(Array.from({ length: 10_000 }, (_, m) => m * n));
  });
  late.late(collected.to, collected.to - collected.from);
  for (let n = 0; n < 400; n++) rubbish[n % 200] = Array.from({ length: 10_000 }, (_, m) => m - n);
  while (late.show()[0]?.culprit !== "garbage collection") await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(late.show(), [{ culprit: "garbage collection", count: 1 }]);
});
