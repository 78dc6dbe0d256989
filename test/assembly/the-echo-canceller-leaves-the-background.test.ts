import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADAPT,
  after,
  compositeSource,
  EchoLine,
  echoOf,
  hybrid,
  linear,
  NLP,
  noise,
  powerOf,
  SUPPRESSED,
  talk,
  together,
} from "./echo-line.ts";
import { levelAt } from "./measure.ts";

const line = new EchoLine();
const both = NLP | ADAPT;

/** As in a room: more below than above. */
function coloured(seconds: number, dbm0: number, seed: number): Float64Array {
  let last = 0;
  const samples = noise(seconds, dbm0, seed).map((sample) => {
    last = 0.8 * last + sample;
    return last;
  });
  const gain = 10 ** ((dbm0 - powerOf(samples, 0, seconds)) / 20);
  return samples.map((sample) => sample * gain);
}

/** 2 s nobody, then far-end talk. */
const far = line.companded(after(new Float64Array(16_000), compositeSource(4, -10, 1)));
const echo = echoOf(far, hybrid("D.5", 10));

/** G.168 test 9. */
for (const dbm0 of [-65, -55, -45])
  test(`comfort noise is as loud as a background of ${dbm0} dBm0 and does not pump`, () => {
    const near = line.companded(together(echo, coloured(6, dbm0, 2)));
    const { samples, flags } = line.cancel(far, near, { tailMs: 16, enable: both });
    assert.ok(flags.slice(150).filter((flag) => (flag & SUPPRESSED) !== 0).length > 120);
    const own = powerOf(samples, 0.5, 2);
    const during = Array.from({ length: 60 }, (_, n) => powerOf(samples, 3 + n / 20, 3.05 + n / 20));
    const mean = during.reduce((sum, one) => sum + one, 0) / during.length;
    assert.ok(Math.abs(mean - own) < 2, `${mean.toFixed(1)} dBm0 instead of ${own.toFixed(1)}`);
    assert.ok(Math.max(...during) < own + 4 && Math.min(...during) > own - 4);
  });

test("comfort noise has the colour of the background", () => {
  const near = line.companded(together(echo, coloured(6, -50, 2)));
  const { samples } = line.cancel(far, near, { tailMs: 16, enable: both });
  const slope = (from: number, to: number) => {
    const part = samples.subarray(from * 8000, to * 8000);
    const band = (low: number) =>
      Array.from({ length: 20 }, (_, n) => 10 ** (levelAt(part, low + 25 * n) / 10)).reduce((sum, one) => sum + one, 0);
    return 10 * Math.log10(band(300) / band(2800));
  };
  assert.ok(Math.abs(slope(3, 6) - slope(0, 2)) < 2.5, `${slope(0, 2)} dB, then ${slope(3, 6)} dB`);
});

test("comfort noise follows a background that becomes softer", () => {
  const source = line.companded(compositeSource(8, -10, 1));
  const background = after(coloured(3, -45, 3), coloured(5, -55, 4));
  const near = line.companded(together(echoOf(source, hybrid("D.5", 10)), background));
  const { samples } = line.cancel(source, near, { tailMs: 16, enable: both });
  const level = powerOf(samples, 5, 8);
  assert.ok(Math.abs(level + 55) < 2, `${level.toFixed(1)} dBm0 instead of -55`);
});

test("while nobody is at the far end the near end is heard as it is, bit for bit", () => {
  const near = linear(talk(["en-vm-intro"], -18, 5));
  const { samples, flags } = line.cancel(new Int16Array(near.length), near, { tailMs: 16, enable: both });
  assert.deepEqual(samples, near);
  assert.ok(flags.every((flag) => flag === 0));
});
