import assert from "node:assert/strict";
import { test } from "node:test";
import {
  after,
  compositeSource,
  EchoLine,
  echoOf,
  enhancement,
  FROZEN,
  hybrid,
  secondsTo20Db,
  tones,
} from "./echo-line.ts";
import { randomFrom } from "./rtp.ts";

const line = new EchoLine();
const source = compositeSource(2, -10, 1);
const response = hybrid("D.9", 10);

/** 1200 bit/s between two frequencies, as caller ID and modems send it. */
function fsk(mark: number, space: number): Float64Array {
  const random = randomFrom(5);
  let [phase, bit, left] = [0, 0, 0];
  return Float64Array.from({ length: 8000 }, () => {
    if (left-- <= 0) [bit, left] = [random() < 0.5 ? mark : space, 6];
    phase += (2 * Math.PI * bit) / 8000;
    return 5000 * Math.sin(phase);
  });
}

/** Bursts of 70 ms with as much silence between. */
function keyed(samples: Float64Array): Float64Array {
  return samples.map((sample, n) => (n % 1120 < 560 ? sample : 0));
}

const signals: Readonly<Record<string, Float64Array>> = {
  "697 Hz": tones(1, -11, 697),
  "941 Hz": tones(1, -9, 941),
  "1336 Hz": tones(1, -9, 1336),
  "1633 Hz": tones(1, -9, 1633),
  "key 1": tones(1, -10, 697, 1209),
  "key 5": tones(1, -10, 770, 1336),
  "key 9": tones(1, -10, 852, 1477),
  "key D": tones(1, -10, 941, 1633),
  "keys in a row": keyed(tones(1, -10, 697, 1209)),
  "dial tone": tones(1, -13, 350, 440),
  "answer tone": tones(1, -12, 2100),
  "fax calling tone": tones(1, -12, 1100),
  "Bell 202": fsk(1200, 2200),
  "V.23": fsk(1300, 2100),
};

/** G.168 tests 6 and 8. */
test("a filter that knows the path still knows it after any tone, key or modem", () => {
  for (const [name, signal] of Object.entries(signals)) {
    const far = line.companded(after(source, signal, source));
    const near = line.companded(echoOf(far, response));
    for (const tailMs of [16, 128]) {
      const { samples } = line.cancel(far, near, { tailMs });
      const [before, then] = [enhancement(near, samples, 1.4, 2), enhancement(near, samples, 3, 3.35)];
      assert.ok(
        then > before - 6,
        `${name}, ${tailMs} ms: ${before.toFixed(1)} dB before, ${then.toFixed(1)} dB after`,
      );
    }
  }
});

test("a tone is told as such from 200 ms on, a modem or speech-like sound is not", () => {
  const frozen = (signal: Float64Array) => {
    const far = line.companded(signal);
    const { flags } = line.cancel(far, line.companded(echoOf(far, response)), { tailMs: 16 });
    return flags.slice(10).filter((flag) => (flag & FROZEN) !== 0).length / (flags.length - 10);
  };
  for (const name of ["697 Hz", "key 1", "dial tone", "answer tone"])
    assert.equal(frozen(signals[name] ?? source), 1, name);
  for (const name of ["Bell 202", "V.23"]) assert.equal(frozen(signals[name] ?? source), 0, name);
  assert.equal(frozen(source), 0);
});

test("the first sound of a call may be a tone: it is cancelled, and what follows is learnt at once", () => {
  for (const name of ["dial tone", "answer tone", "key 1"]) {
    const far = line.companded(after(signals[name] ?? source, source));
    const near = line.companded(echoOf(far, response));
    const { samples } = line.cancel(far, near, { tailMs: 16 });
    assert.ok(enhancement(near, samples, 0.5, 1) > 18, `${name}: ${enhancement(near, samples, 0.5, 1)} dB`);
    assert.ok(secondsTo20Db(near, samples, 1) < 0.5, `${name}: ${secondsTo20Db(near, samples, 1)} s`);
  }
});

/** G.168 test 7. */
test("a long sine stays cancelled", () => {
  const far = line.companded(after(source, tones(10, -12, 1004)));
  const near = line.companded(echoOf(far, response));
  const { samples } = line.cancel(far, near, { tailMs: 32 });
  assert.ok(enhancement(near, samples, 2.2, 3) > 28);
  assert.ok(enhancement(near, samples, 11, 12) > 28);
});
