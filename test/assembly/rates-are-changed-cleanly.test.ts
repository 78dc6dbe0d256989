import assert from "node:assert/strict";
import { test } from "node:test";
import { DOWN_STATE, UP_STATE } from "../../assembly/rate/state.ts";
import { KernelRig } from "./kernel-rig.ts";
import { randomFrom } from "./rtp.ts";

const PEAK = 30_000;
const SAMPLES = 4000;
/** Of a response, before it is what it will be. */
const BEGINNING = 400;

type Direction = "up" | "down";

/** What comes out for `SAMPLES` at 8 kHz (or twice as many at 16 kHz). */
function change(direction: Direction, sound: (n: number) => number, frame = 160): Int16Array {
  const rig = new KernelRig();
  const state = rig.take(direction === "up" ? UP_STATE : DOWN_STATE);
  const [from, to] = [rig.take(4 * SAMPLES), rig.take(4 * SAMPLES)];
  const [taken, made] = direction === "up" ? [1, 2] : [2, 1];
  const view = rig.samples(from, taken * SAMPLES);
  for (let n = 0; n < view.length; n++) view[n] = sound(n);
  rig.call(`${direction}Open`, state);
  for (let n = 0; n < SAMPLES; n += frame)
    rig.call(direction, state, from + 2 * taken * n, to + 2 * made * n, Math.min(frame, SAMPLES - n));
  return Int16Array.from(rig.samples(to, made * SAMPLES));
}

/** dB relative to the sine that went in, of what comes out at each of `wanted`. */
function response(direction: Direction, frequencyHz: number, wanted: readonly number[]): number[] {
  const [rateIn, rateOut] = direction === "up" ? [8000, 16_000] : [16_000, 8000];
  const out = change(direction, (n) => Math.round(PEAK * Math.cos((2 * Math.PI * frequencyHz * n) / rateIn + 0.3)));
  return wanted.map((at) => 20 * Math.log10(amplitude(out.subarray(BEGINNING), at, rateOut) / PEAK + 1e-12));
}

function amplitude(samples: Int16Array, frequencyHz: number, rate: number): number {
  let [re, im, weight] = [0, 0, 0];
  for (let n = 0; n < samples.length; n++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / samples.length);
    const angle = (2 * Math.PI * frequencyHz * n) / rate;
    re += window * (samples[n] ?? 0) * Math.cos(angle);
    im += window * (samples[n] ?? 0) * Math.sin(angle);
    weight += window;
  }
  return (2 * Math.hypot(re, im)) / weight;
}

/** From, to and by, Hz. */
function sweep(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, n) => from + n * by);
}

test("8 to 16 kHz is flat within 0.08 dB to 3.3 kHz and 0.3 dB at 3.4 kHz", () => {
  for (const frequencyHz of sweep(60, 3300, 90)) {
    const [gain] = response("up", frequencyHz, [frequencyHz]);
    assert.ok(gain !== undefined && Math.abs(gain) < 0.08, `${gain} dB at ${frequencyHz} Hz`);
  }
  const [gain] = response("up", 3400, [3400]);
  assert.ok(gain !== undefined && gain > -0.3, `${gain} dB at 3400 Hz`);
});

test("8 to 16 kHz makes no image above -81 dB of what lies below 3.9 kHz: speexdsp's quality 3 has -81 dB there", () => {
  for (const frequencyHz of sweep(60, 3900, 80)) {
    const [image] = response("up", frequencyHz, [8000 - frequencyHz]);
    assert.ok(image !== undefined && image < -81.2, `${image} dB of ${frequencyHz} Hz`);
  }
});

test("16 to 8 kHz is flat within 0.08 dB to 3.2 kHz, and loses less than 0.25 dB at 3.3 kHz", () => {
  for (const frequencyHz of sweep(60, 3200, 90)) {
    const [gain] = response("down", frequencyHz, [frequencyHz]);
    assert.ok(gain !== undefined && Math.abs(gain) < 0.08, `${gain} dB at ${frequencyHz} Hz`);
  }
  const [gain] = response("down", 3300, [3300]);
  assert.ok(gain !== undefined && gain > -0.25, `${gain} dB at 3300 Hz`);
});

test("16 to 8 kHz folds nothing back above -82.7 dB, -75 dB from 4 kHz on: as speexdsp's quality 3", () => {
  for (const frequencyHz of [...sweep(4055, 4400, 15), ...sweep(4400, 7950, 70)]) {
    const [alias] = response("down", frequencyHz, [8000 - frequencyHz]);
    assert.ok(alias !== undefined && alias < -82.7, `${alias} dB of ${frequencyHz} Hz`);
  }
  const [alias] = response("down", 4005, [3995]);
  assert.ok(alias !== undefined && alias < -75.4, `${alias} dB of 4005 Hz`);
});

test("an impulse comes out once, 2.5 ms later and with an even shape", () => {
  const out = change("up", (n) => (n === 800 ? PEAK : 0));
  const first = out.findIndex((sample) => sample !== 0);
  assert.ok(first >= 1600 && out.slice(1600 + 76).every((sample) => sample === 0));
  for (let n = 0; n < 38; n++)
    assert.ok(Math.abs((out[1600 + n] ?? 0) - (out[1600 + 75 - n] ?? 0)) <= 1, `tap ${n} of 76`);
});

test("both ways together are a delay", () => {
  const random = randomFrom(11);
  const phases = Array.from({ length: 30 }, () => 2 * Math.PI * random());
  const sound = (n: number): number =>
    phases.reduce((sum, phase, k) => sum + 500 * Math.sin((2 * Math.PI * (200 + 95 * k) * n) / 8000 + phase), 0);
  const wide = change("up", sound);
  const back = change("down", (n) => wide[n] ?? 0);
  // 37.5 + 39.5 samples of 16 kHz, and one that the filters' ends make up for.
  const off = sweep(0, 79, 1).map((twice) => {
    let error = 0;
    for (let n = 1000; n < 3000; n++) error += ((back[n] ?? 0) - sound(n - twice / 2)) ** 2;
    return 10 * Math.log10(error / 2000 / (30 * 125_000));
  });
  assert.ok(Math.min(...off) < -36, `${Math.min(...off)} dB`);
});

test("full scale saturates and never wraps round, whatever the signs", () => {
  for (const direction of ["up", "down"] as const) {
    const random = randomFrom(17);
    const square = change(direction, (n) => ((n >> 5) & 1 ? 32_767 : -32_768));
    const worst = change(direction, () => (random() < 0.5 ? 32_767 : -32_768));
    const steady = change(direction, () => -32_768);
    assert.ok(steady.subarray(BEGINNING).every((sample) => sample < -32_400));
    // In the middle of each half of the square wave the sign is right, and the level near full scale.
    const [half, delay] = direction === "up" ? [64, 38] : [16, 20];
    for (let n = 20 * half + delay + half / 2; n < square.length; n += half)
      assert.ok(Math.abs(square[n] ?? 0) > 28_000 && (square[n] ?? 0) > 0 === (Math.floor((n - delay) / half) & 1) > 0);
    assert.ok(worst.some((sample) => sample === 32_767) && worst.some((sample) => sample === -32_768));
  }
});

test("the very signs that add up to the most saturate, too", () => {
  const full = (sign: number): number => (sign >= 0 ? 32_767 : -32_768);
  const impulse = change("up", (n) => (n === 400 ? PEAK : 0));
  // Output 2 x 500 is the sum of the even taps: each sample has the sign of its own.
  for (const phase of [0, 1]) {
    const worst = change("up", (n) => full(impulse[2 * (900 - n) + phase] ?? 0));
    assert.equal(worst[1000 + phase], 32_767);
  }
  const [even, odd] = [0, 1].map((at) => change("down", (n) => (n === 800 + at ? PEAK : 0)));
  const worst = change("down", (n) => full((n % 2 === 0 ? even?.[900 - n / 2] : odd?.[900 - (n - 1) / 2]) ?? 0));
  assert.equal(worst[500], 32_767);
});

test("the frame's length makes no difference", () => {
  const random = randomFrom(23);
  const noise = Int16Array.from({ length: 2 * SAMPLES }, () => 65_536 * random() - 32_768);
  for (const direction of ["up", "down"] as const)
    assert.deepEqual(
      change(direction, (n) => noise[n] ?? 0, 80),
      change(direction, (n) => noise[n] ?? 0, 320),
    );
});
