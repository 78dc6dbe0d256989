import assert from "node:assert/strict";
import { test } from "node:test";
import { ADAPT, after, EchoLine, echoOf, hybrid, NLP, noise, powerOf, talk, together, tones } from "./echo-line.ts";
import { EchoLoop, likeness } from "./echo-loop.ts";
import { levelAt } from "./measure.ts";

const loop = new EchoLoop();
const both = NLP | ADAPT;
const modes = [ADAPT, both];

function quiet(seconds: number): Float64Array {
  return new Float64Array(Math.round(seconds * 8000));
}

/** 400 ms from 400 to 2800 Hz at -16 dBm0. */
const sweep = tones(0.4, -16, 0).map((_, n) => {
  const t = n / 8000;
  return 3618 * Math.sin(2 * Math.PI * (400 * t + 3000 * t * t));
});

const pairs = [
  [770, 1336],
  [697, 1209],
  [852, 1477],
] as const;
const [key1, ...others] = pairs.map((pair) => after(tones(0.1, -6, ...pair), quiet(0.1)));
const keys = after(key1 ?? quiet(0), ...others);

test("an echo number gives back what was said, right after lifting and after dial tone and keys", () => {
  const dialTone = after(tones(1.2, -10, 425), quiet(1.6));
  const dialled = after(quiet(1), keys, quiet(1.6));
  for (const enable of modes)
    for (const delay of [3, 4, 5]) {
      const [fresh] = loop.run({ says: [after(quiet(0.5), sweep, quiet(0.6))], enable, delay });
      const [later] = loop.run({ says: [after(dialled, sweep, quiet(0.6))], enable, delay, first: dialTone });
      for (const [when, port] of [
        ["at once", fresh],
        ["later", later],
      ] as const) {
        const found = likeness(sweep, (port?.far ?? new Int16Array(0)).subarray(when === "later" ? dialled.length : 0));
        assert.ok(found > 0.98, `${when}, ${delay} frames, flags ${enable}: ${found.toFixed(3)}`);
      }
    }
});

/** After 0.6 s a steady sound could be taken for a background, and after 160 ms of tone the filter is put aside. */
test("two who hum at once for three seconds hear each other as loud as they are", () => {
  for (const enable of modes)
    for (const [a, b] of [
      [1830, 1910],
      [1010, 1830],
      [1150, 1910],
    ] as const) {
      const says = [after(quiet(0.33), tones(3, -16, a)), after(quiet(0.3), tones(3.03, -16, b))];
      const ports = loop.run({ says, enable, delay: 4 });
      for (const [n, hertz] of [b, a].entries())
        for (const from of [0.8, 1.4, 2.8]) {
          const part = (ports[n]?.far ?? new Int16Array(0)).subarray(from * 8000, (from + 0.4) * 8000);
          const level = levelAt(part, hertz);
          assert.ok(
            Math.abs(level + 16) < 0.5,
            `${hertz} Hz after ${from} s, flags ${enable}: ${level.toFixed(1)} dBm0`,
          );
        }
    }
});

test("a loop in which frames are lost and the echo moves does not become louder than what is said", () => {
  const says = [after(quiet(0.3), talk(["en-vm-intro"], -16, 4), quiet(2))];
  const loudest = (samples: ArrayLike<number>) =>
    Math.max(...Array.from({ length: 310 }, (_, n) => powerOf(samples, n / 50, (n + 1) / 50)));
  for (const losses of [1, 2, 3, 4, 5, 6])
    for (const enable of modes) {
      const [port] = loop.run({ says, enable, delay: 4, losses });
      const added = loudest(port?.out ?? []) - loudest(says[0] ?? []);
      assert.ok(added < 1, `seed ${losses}, flags ${enable}: ${added.toFixed(1)} dB louder`);
      const then = powerOf(port?.out ?? [], 5, 6.2);
      assert.ok(then < -60, `seed ${losses}, flags ${enable}: ${then.toFixed(1)} dBm0 after the talk`);
    }
});

/** Comfort noise has the background's colour, but there is no background at 0 Hz. */
test("nothing below 25 Hz is put in that nobody had", () => {
  const line = new EchoLine();
  const far = line.companded(after(quiet(2), talk(["en-vm-intro", "fr-demo-thanks"], -16, 6)));
  const near = line.companded(together(echoOf(far, hybrid("D.5", 10)), noise(8, -45, 3)));
  const { samples } = line.cancel(far, near, { tailMs: 16, enable: both });
  const slow = (sound: Int16Array) => {
    const means = Array.from({ length: 300 }, (_, n) => meanOf(sound, 16_000 + n * 160, 320));
    return powerOf(means, 0, means.length / 8000);
  };
  assert.ok(slow(samples) < slow(near) + 1, `${slow(samples).toFixed(1)} dBm0, before ${slow(near).toFixed(1)}`);
});

function meanOf(samples: Int16Array, from: number, count: number): number {
  return samples.subarray(from, from + count).reduce((sum, one) => sum + one, 0) / count;
}
