import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADAPT,
  after,
  compositeSource,
  EchoLine,
  echoOf,
  enhancement,
  hybrid,
  hybrids,
  NLP,
  powerOf,
  secondsTo20Db,
  talk,
} from "./echo-line.ts";

const line = new EchoLine();
const far = line.companded(compositeSource(4, -10, 1));
/** Longer tails are for hybrids that are further away, samples. */
const delays = new Map([
  [16, 0],
  [32, 100],
  [128, 300],
]);

function echo(of: Int16Array, response: Float64Array): Int16Array {
  return line.companded(echoOf(of, response));
}

for (const [tailMs, delay] of delays)
  test(`a tail of ${tailMs} ms has 20 dB within a second and 30 dB after three on each hybrid of G.168`, () => {
    for (const name of hybrids) {
      const near = echo(far, hybrid(name, 8, delay));
      const { samples } = line.cancel(far, near, { tailMs });
      const seconds = secondsTo20Db(near, samples);
      const steady = enhancement(near, samples, 3, 4);
      assert.ok(seconds < 0.75, `${name}: 20 dB after ${seconds} s`);
      assert.ok(steady > (tailMs === 128 ? 30 : 33), `${name}: ${steady.toFixed(1)} dB after 3 s`);
    }
  });

test("a tail of 8 ms cancels the hybrid that is as short", () => {
  const near = echo(far, hybrid("D.2", 8));
  const { samples } = line.cancel(far, near, { tailMs: 8 });
  assert.ok(secondsTo20Db(near, samples) < 0.3);
  assert.ok(enhancement(near, samples, 2, 4) > 33);
});

test("of an echo beyond its tail nothing is cancelled, and nothing added", () => {
  const near = echo(far, hybrid("D.2", 8, 400));
  const { samples } = line.cancel(far, near, { tailMs: 16 });
  assert.ok(Math.abs(enhancement(near, samples, 1, 4)) < 1);
});

test("speech alone teaches the path", () => {
  const voice = line.companded(talk(["en-vm-intro", "fr-demo-thanks"], -18, 8));
  for (const name of ["D.2", "D.9"] as const) {
    const near = echo(voice, hybrid(name, 10));
    const { samples } = line.cancel(voice, near, { tailMs: 16 });
    assert.ok(enhancement(near, samples, 1, 3) > 25, `${name}: ${enhancement(near, samples, 1, 3)}`);
    assert.ok(enhancement(near, samples, 4, 7.9) > 33, `${name}: ${enhancement(near, samples, 4, 7.9)}`);
  }
});

test("another path is learnt within a second", () => {
  for (const [first, second] of [
    ["D.2", "D.9"],
    ["D.5", "D.3"],
  ] as const) {
    const near = after(
      echoOf(far, hybrid(first, 10)).slice(0, 12_000),
      echoOf(far, hybrid(second, 10, 10)).slice(12_000),
    );
    const { samples } = line.cancel(far, line.companded(near), { tailMs: 32 });
    const seconds = secondsTo20Db(line.companded(near), samples, 1.5);
    assert.ok(seconds < 1, `${first} to ${second}: ${seconds} s`);
  }
});

test("a path that opens leaves less than -37 dBm0 within a second", () => {
  const near = echoOf(far, hybrid("D.5", 6)).map((sample, n) => (n < 12_000 ? sample : 0));
  for (const tailMs of [16, 128]) {
    const { samples } = line.cancel(far, line.companded(near), { tailMs });
    assert.ok(powerOf(samples, 2.5, 3.5) < -37, `${powerOf(samples, 2.5, 3.5)} dBm0`);
  }
});

test("with the non-linear processor less than -65 dBm0 returns after the first second", () => {
  for (const level of [-5, -15, -30]) {
    const loud = line.companded(compositeSource(3, level, 2));
    for (const tailMs of [16, 128]) {
      const near = echo(loud, hybrid("D.5", 8, tailMs));
      const { samples } = line.cancel(loud, near, { tailMs, enable: NLP | ADAPT });
      assert.ok(powerOf(samples, 1, 3) < -65, `${tailMs} ms, ${level} dBm0: ${powerOf(samples, 1, 3)} dBm0`);
    }
  }
});
