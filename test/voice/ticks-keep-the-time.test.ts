import assert from "node:assert/strict";
import { test } from "node:test";
import { Figures, Histogram } from "../../src/voice/figures.ts";
import { Pace } from "../../src/voice/pace.ts";

test("deadlines are 20 ms apart however late each tick begins", () => {
  const pace = new Pace(1000, 20);
  assert.equal(pace.untilNext(1000), 20);
  assert.deepEqual(pace.begin(1027), { lateMs: 7, periods: 1 });
  assert.equal(pace.untilNext(1029), 11);
});

test("a tick that comes more than a frame late stands for the missed ones, and none is made up for", () => {
  const pace = new Pace(0, 20);
  assert.deepEqual(pace.begin(65), { lateMs: 45, periods: 3 });
  assert.equal(pace.untilNext(66), 14, "the grid stays");
});

test("more than 100 ms late, the grid begins anew", () => {
  const pace = new Pace(0, 20);
  assert.deepEqual(pace.begin(333), { lateMs: 313, periods: 16 });
  assert.equal(pace.untilNext(333), 20);
});

test("percentiles are of the newest values, the maximum of all", () => {
  const figures = new Figures(100);
  figures.add(9999);
  for (let value = 1; value <= 100; value++) figures.add(value);
  assert.deepEqual(figures.show(), { p50: 50, p99: 99, max: 9999 });
});

test("a histogram counts each value once, in the first step that holds it", () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.1, 10, 11, 1000]) histogram.add(value);
  assert.deepEqual(histogram.show(), [
    { upTo: 1, count: 2 },
    { upTo: 10, count: 2 },
    { upTo: null, count: 2 },
  ]);
});
