import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  ADAPT,
  after,
  compositeSource,
  EchoLine,
  echoOf,
  enhancement,
  hybrid,
  linear,
  NLP,
  noise,
  powerOf,
  secondsTo20Db,
  together,
} from "./echo-line.ts";
import { randomFrom } from "./rtp.ts";

const line = new EchoLine();
const source = compositeSource(3, -10, 1);
const response = hybrid("D.5", 8);

function periodic(length: number, period: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => (n % period < period / 2 ? 32767 : -32768));
}

const harsh: Readonly<Record<string, Float64Array>> = {
  "full-scale square, 100 Hz": periodic(16_000, 80),
  "full-scale square, 50 Hz": periodic(16_000, 160),
  "full-scale square, 1 kHz": periodic(16_000, 8),
  "4 kHz": periodic(16_000, 2),
  "direct current": new Float64Array(16_000).fill(32767),
  "clipped noise": noise(2, 10, 3),
  "one click a second": Float64Array.from({ length: 16_000 }, (_, n) => (n % 8000 === 0 ? 32767 : 0)),
};

test("no far end makes the near end louder than it was by more than 3 dB, nor keeps the path from being learnt", () => {
  for (const [name, signal] of Object.entries(harsh))
    for (const tailMs of [16, 128]) {
      const far = linear(after(signal, source));
      const near = line.companded(echoOf(far, response));
      const { samples } = line.cancel(far, near, { tailMs });
      const added = powerOf(samples, 0, 2) - powerOf(near, 0, 2);
      assert.ok(added < 3, `${name}, ${tailMs} ms: ${added.toFixed(1)} dB`);
      const seconds = secondsTo20Db(near, samples, 2);
      assert.ok(seconds < 1, `after ${name}, ${tailMs} ms: 20 dB after ${seconds} s`);
    }
});

test("direct current on both sides changes nothing", () => {
  const far = line.companded(source.map((sample) => sample + 300));
  const near = line.companded(echoOf(far, response).map((sample) => sample + 500));
  const { samples } = line.cancel(far, near, { tailMs: 16 });
  const mean = samples.subarray(16_000).reduce((sum, one) => sum + one, 0) / 8000;
  const remains = Float64Array.from(samples, (one) => one - mean);
  assert.ok(powerOf(echoOf(line.companded(source), response), 2, 3) - powerOf(remains, 2, 3) > 30);
});

/** G.168 test 4. */
test("after two minutes of silence and line noise the path is still known", () => {
  const silence = new Float64Array(120 * 8000);
  const far = line.companded(after(source, silence, source));
  const near = line.companded(together(echoOf(far, response), noise(126, -60, 2)));
  for (const tailMs of [16, 128]) {
    const { samples } = line.cancel(far, near, { tailMs });
    const [before, then] = [enhancement(near, samples, 2, 3), enhancement(near, samples, 123, 123.35)];
    assert.ok(then > before - 6, `${tailMs} ms: ${before.toFixed(1)} dB before, ${then.toFixed(1)} dB after`);
  }
});

test("without adaption nothing is learnt, and what was learnt stays", () => {
  const far = line.companded(source);
  const near = line.companded(echoOf(far, response));
  assert.deepEqual(line.cancel(far, near, { tailMs: 16, enable: 0 }).samples, near);
  const { samples } = line.cancel(far, near, { tailMs: 16, later: { at: 2, enable: 0 } });
  assert.ok(enhancement(near, samples, 2, 3) > 33);
});

test("an echo cut off by the converter, and noise of everything everywhere, stay bounded", () => {
  const random = randomFrom(9);
  const any = () => Int16Array.from({ length: 32_000 }, () => random() * 65536 - 32768);
  const loud = linear(compositeSource(4, 3, 1));
  for (const tailMs of [8, 16, 32, 128]) {
    const [far, near] = [any(), any()];
    const { samples } = line.cancel(far, near, { tailMs, enable: NLP | ADAPT });
    assert.ok(powerOf(samples, 2, 4) < powerOf(near, 2, 4) + 1);
    const clipped = linear(echoOf(loud, hybrid("D.5", -6)));
    assert.ok(enhancement(clipped, line.cancel(loud, clipped, { tailMs }).samples, 1, 4) > 3);
  }
});

test("frames of 10, 20 and 60 ms give the same bits, run after run, within the state", () => {
  const far = line.companded(source);
  const near = line.companded(together(echoOf(far, response), noise(3, -50, 3)));
  const hash = (frame: number) =>
    createHash("sha256")
      .update(line.cancel(far, near, { tailMs: 128, enable: NLP | ADAPT, frame }).samples)
      .digest("hex");
  const beyond = line.beyondState(128);
  beyond.fill(0xa5);
  assert.equal(hash(80), hash(160));
  assert.equal(hash(160), hash(480));
  assert.ok(beyond.every((octet) => octet === 0xa5));
  for (const tailMs of [8, 16, 32, 128]) assert.equal(line.stateSize(tailMs) % 16, 0);
});
