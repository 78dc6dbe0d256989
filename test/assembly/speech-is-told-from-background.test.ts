import assert from "node:assert/strict";
import { test } from "node:test";
import { VAD_STATE } from "../../assembly/noise/state.ts";
import { KernelRig } from "./kernel-rig.ts";
import { sine } from "./measure.ts";
import { randomFrom } from "./rtp.ts";
import { speech } from "./speech.ts";

type Rate = 8000 | 16_000;

/** Voice activity, 10 ms at a time. */
function detector(rate: Rate): (samples: Int16Array) => boolean {
  const rig = new KernelRig();
  const state = rig.take(VAD_STATE);
  const frame = rig.take(rate / 50);
  rig.call("vadOpen", state, rate);
  return (samples) => {
    rig.samples(frame, rate / 100).set(samples);
    return rig.call("vadFrame", state, frame, rate / 100) === 1;
  };
}

function rms(samples: Int16Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** RMS of so many dBm0. */
function rmsAt(dBm0: number): number {
  return (32_768 / Math.SQRT2) * 10 ** ((dBm0 - 3.14) / 20);
}

/** White, or with less of the high tones the nearer `pole` is to 1. */
function noise(level: number, pole: number): () => number {
  const random = randomFrom(21);
  const scale = rmsAt(level) * Math.sqrt(1 - pole * pole) * Math.sqrt(3);
  let value = 0;
  return () => {
    value = pole * value + (random() + random() + random() + random() - 2) * scale;
    return value;
  };
}

/** Steps of 10 ms of speech at -20 dBm0 with pauses of 2 s between recordings, in noise: what each clearly is. */
function* conversation(rate: Rate, level: number, pole: number) {
  const frame = rate / 100;
  const add = noise(level, pole);
  for (const recording of speech(rate, rate === 8000 ? 20 : 1)) {
    const gain = rmsAt(-20) / rms(recording);
    const sound = new Int16Array(2 * rate + Math.ceil(recording.length / frame) * frame);
    sound.set(
      recording.map((sample) => Math.max(-32768, Math.min(32767, Math.round(sample * gain)))),
      2 * rate,
    );
    for (let at = 0; at < sound.length; at += frame) {
      const clean = sound.subarray(at, at + frame);
      const speaks = rms(clean) > rmsAt(-36);
      // The first pause teaches what the background is.
      const pauses = at > 0.4 * rate && at < 2 * rate;
      yield {
        samples: clean.map((sample) => sample + Math.round(add())),
        is: speaks ? "speech" : pauses ? "pause" : "",
      };
    }
  }
}

for (const rate of [8000, 16_000] as const)
  for (const level of [-70, -55, -45])
    for (const pole of [0, 0.9])
      test(`at ${rate} Hz speech over ${pole === 0 ? "white" : "low"} noise of ${level} dBm0 is never cut, and pauses are found`, () => {
        const speaks = detector(rate);
        const steps = { speech: 0, cut: 0, pause: 0, found: 0 };
        for (const { samples, is } of conversation(rate, level, pole)) {
          const active = speaks(samples);
          if (is === "speech") steps.speech++;
          if (is === "speech" && !active) steps.cut++;
          if (is === "pause") steps.pause++;
          if (is === "pause" && !active) steps.found++;
        }
        assert.ok(steps.speech > 500 && steps.cut / steps.speech < 0.002, JSON.stringify(steps));
        assert.ok(steps.found / steps.pause > 0.75, JSON.stringify(steps));
      });

test("a hiss that is no louder than the hum around it is heard", () => {
  const speaks = detector(8000);
  const random = randomFrom(2);
  const step = (n: number, hiss: number) =>
    sine(50, -40, 80, n * 80).map((sample) => sample + Math.round((random() - 0.5) * hiss));
  for (let n = 0; n < 300; n++) speaks(step(n, 20));
  assert.equal(speaks(step(300, 20)), false);
  assert.equal(speaks(step(301, 300)), true);
});

test("a tone is never taken for background, however long it is", () => {
  const speaks = detector(8000);
  for (let n = 0; n < 1000; n++) assert.equal(speaks(sine(425, -19, 80, n * 80)), true);
});

test("noise that grows louder is background again after 2.5 s", () => {
  const speaks = detector(8000);
  const [quiet, loud] = [noise(-60, 0), noise(-45, 0)];
  const step = (source: () => number) => speaks(Int16Array.from({ length: 80 }, () => Math.round(source())));
  for (let n = 0; n < 300; n++) step(quiet);
  assert.equal(step(loud), true);
  for (let n = 0; n < 250; n++) step(loud);
  assert.equal(step(loud), false);
});

test("after the last word of a burst it goes on for 180 ms, after a click for 60 ms", () => {
  for (const [steps, hang] of [
    [20, 18],
    [1, 6],
  ] as const) {
    const speaks = detector(8000);
    const quiet = noise(-65, 0);
    const still = () => speaks(Int16Array.from({ length: 80 }, () => Math.round(quiet())));
    for (let n = 0; n < 100; n++) still();
    for (let n = 0; n < steps; n++) speaks(sine(300, -20, 80, n * 80));
    let active = 0;
    while (still()) active++;
    // The smoothed level sinks for some steps more.
    assert.ok(active >= hang && active <= hang + 20, `${active} steps after ${steps}`);
  }
});
