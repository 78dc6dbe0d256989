import assert from "node:assert/strict";
import { test } from "node:test";
import { LogHistogram, quantileOf, stepsBetween } from "../../src/voice/log-histogram.ts";

test("every value lies below its step's bound, by one or by a 32nd of it at most", () => {
  for (let value = 0; value < 40_000_000; value = Math.ceil(value * 1.003 + 0.1)) {
    const histogram = new LogHistogram();
    histogram.add(value);
    const [step, ...more] = histogram.show();
    assert.deepEqual([more, step?.count], [[], 1]);
    const bound = step?.upTo ?? Number.POSITIVE_INFINITY;
    assert.ok(value < bound, `${value} is not below ${bound}`);
    if (value < 2 ** 25) assert.ok(bound <= Math.max(value + 1, value * (1 + 1 / 32) + 1), `${value}: ${bound}`);
    else assert.equal(bound, Number.POSITIVE_INFINITY);
  }
});

test("quantiles are those of the values, 3 % too large at most", () => {
  const histogram = new LogHistogram();
  for (let n = 1; n <= 10_000; n++) histogram.add(n);
  const steps = histogram.show();
  for (const share of [0.001, 0.5, 0.99, 0.999, 1]) {
    const [found, exact] = [quantileOf(steps, share), share * 10_000];
    assert.ok(found >= exact && found <= exact * (1 + 1 / 32) + 1, `${share}: ${found}`);
  }
  assert.equal(histogram.max, 10_000);
  assert.equal(quantileOf([], 0.5), 0);
});

test("what came between two looks is their difference", () => {
  const histogram = new LogHistogram();
  for (const value of [3, 3, 700]) histogram.add(value);
  const before = histogram.show();
  for (const value of [3, 90_000]) histogram.add(value);
  const between = stepsBetween(before, histogram.show());
  assert.deepEqual(
    between.map(({ count }) => count),
    [1, 1],
  );
  assert.equal(between[0]?.upTo, 4);
  assert.equal(quantileOf(between, 1) > 90_000, true);
});
