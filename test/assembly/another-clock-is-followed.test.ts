import assert from "node:assert/strict";
import { test } from "node:test";
import { Clocks, type Made, type OtherClock, purityDb } from "./clocks.ts";
import { randomFrom } from "./rtp.ts";

const HOUR = 180_000;
const PEAK = 10_000;

/** A sine whose period is a whole number of samples. */
function sine(frequencyHz: number, rate: number): (sample: number) => number {
  const period = rate / divisor(frequencyHz, rate);
  const samples = Int16Array.from({ length: period }, (_, n) =>
    Math.round(PEAK * Math.sin((2 * Math.PI * frequencyHz * n) / rate)),
  );
  return (sample) => samples[((sample % period) + period) % period] ?? 0;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** Up to `most` ms late, the same every time. */
function lateness(most: number): (frame: number) => number {
  const random = randomFrom(3);
  const ms = Float64Array.from({ length: 4099 }, () => most * random());
  return (frame) => ms[frame % 4099] ?? 0;
}

interface Heard {
  readonly clocks: Clocks;
  /** The worst frame, dB between the sine and what is not the sine. */
  readonly worstDb: number;
  /** Samples between the end of a frame and the beginning of the next one in the sound. */
  readonly gap: number;
  /** ppm by which the rate changes from one frame to the next at most. */
  readonly slewPpm: number;
  readonly frames: number;
}

function hear(other: Omit<OtherClock, "sound">, frequencyHz: number, ticks: number): Heard {
  const clocks = new Clocks({ ...other, sound: sine(frequencyHz, other.rate) });
  let [worstDb, gap, slew, frames] = [Infinity, 0, 0, 0];
  let before: Made | null = null;
  clocks.run(ticks, (made) => {
    frames++;
    worstDb = Math.min(worstDb, purityDb(made, frequencyHz / other.rate, PEAK));
    if (before !== null) {
      gap = Math.max(gap, Math.abs(made.from - before.from - before.step * made.samples.length));
      slew = Math.max(slew, Math.abs(made.step - before.step));
    }
    before = made;
  });
  return { clocks, worstDb, gap, slewPpm: slew * 1e6, frames };
}

const hours = [
  { ppm: 200, frequencyHz: 1000, rate: 8000, direction: 1 },
  { ppm: -200, frequencyHz: 3400, rate: 8000, direction: 1 },
  { ppm: 200, frequencyHz: 3400, rate: 8000, direction: -1 },
  { ppm: -200, frequencyHz: 1000, rate: 16_000, direction: -1 },
] as const;

for (const { ppm, frequencyHz, rate, direction } of hours) {
  const who = direction === 1 ? "sends" : "takes";
  test(`an hour with a device that ${who} ${ppm} ppm too fast: ${frequencyHz} Hz at ${rate / 1000} kHz without a click`, () => {
    const { clocks, worstDb, gap, slewPpm, frames } = hear(
      { rate, direction, ppm, lateMs: lateness(8) },
      frequencyHz,
      HOUR,
    );
    assert.ok(worstDb > 60, `${worstDb} dB`);
    assert.ok(gap < 1e-6, `${gap} samples`);
    // A tick that gives a device no frame has changed the rate, too.
    assert.ok(slewPpm < (direction === 1 ? 2.05 : 4.05), `${slewPpm} ppm`);
    assert.equal(clocks.dry, 0);
    assert.ok(frames > HOUR - 1000, `only ${frames} frames were resampled`);
    const found = clocks.rig.call("driftRate", clocks.state) / 1000;
    assert.ok(Math.abs(found - ppm) < 5, `${found} ppm`);
    assert.ok(clocks.waiting <= (4 * rate) / 50, `${clocks.waiting} samples wait`);
  });
}

test("500 ppm are followed too, and known within a minute", () => {
  const { clocks, worstDb } = hear({ rate: 8000, direction: 1, ppm: 500, lateMs: lateness(5) }, 1000, 3000);
  assert.ok(worstDb > 60, `${worstDb} dB`);
  assert.equal(clocks.dry, 0);
  const found = clocks.rig.call("driftRate", clocks.state) / 1000;
  assert.ok(Math.abs(found - 500) < 50, `${found} ppm`);
});

test("whole frames pass untouched for an hour when the clocks are the same", () => {
  const { clocks, frames } = hear({ rate: 8000, direction: 1, ppm: 0, lateMs: lateness(12) }, 1000, HOUR);
  assert.equal(frames, 0);
  assert.ok(clocks.passed > HOUR - 10);
});

test("a clock that comes to agree is given its samples unchanged again", () => {
  const random = randomFrom(5);
  const noise = Int16Array.from({ length: 65_536 }, () => random() * 65_536 - 32_768);
  const at = (sample: number): number => noise[sample & 0xffff] ?? 0;
  // What was known of the clock is wrong by 40 ppm.
  const clocks = new Clocks({ rate: 8000, direction: 1, ppm: 0, sound: at }, 40_000);
  let [same, whole] = [0, 0];
  clocks.run(20_000, (made) => {
    const unchanged = Number.isInteger(made.from) && made.step === 1;
    same = unchanged ? same + 1 : 0;
    if (!unchanged) return;
    whole++;
    for (const [n, sample] of made.samples.entries()) assert.equal(sample, at(made.from + n));
  });
  assert.ok(same > 5000, `only the last ${same} frames were unchanged`);
  assert.ok(whole >= same);
});

test("a frame that comes 200 ms late changes the rate by less than 30 ppm", () => {
  const late = (frame: number): number => (frame >= 3000 && frame < 3010 ? 200 - 20 * (frame - 3000) : 0);
  const clocks = new Clocks({ rate: 8000, direction: 1, ppm: 100, sound: sine(1000, 8000), lateMs: late });
  const steps: number[] = [];
  clocks.run(3600, (made, tick) => {
    if (tick > 2900) steps.push(made.step);
  });
  assert.ok((Math.max(...steps) - Math.min(...steps)) * 1e6 < 30);
});

test("frames are refused, not lost, when there is no room for them", () => {
  const clocks = new Clocks({ rate: 16_000, direction: 1, ppm: 0, sound: () => 0 });
  const frame = clocks.rig.take(640);
  assert.equal(clocks.rig.call("driftPut", clocks.state, frame, 320), 320);
  assert.equal(clocks.rig.call("driftPut", clocks.state, frame, 320), 320);
  assert.equal(clocks.rig.call("driftPut", clocks.state, frame, 320), 0);
  assert.equal(clocks.rig.call("driftPut", clocks.state, frame, -1), 0);
  assert.equal(clocks.rig.call("driftMake", clocks.state, frame, 320), 320);
  assert.equal(clocks.rig.call("driftMake", clocks.state, frame, 320), 0);
});
