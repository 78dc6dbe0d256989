import assert from "node:assert/strict";
import { test } from "node:test";
import { DIGITS_QUEUE } from "../../assembly/endpoint-words.ts";
import { TONE_PAIR_STATE } from "../../assembly/tone/sizes.ts";
import { endpointAddress } from "../../src/voice/map.ts";
import { KernelRig } from "./kernel-rig.ts";
import { peakOf } from "./key-sound.ts";
import { levelAt } from "./measure.ts";
import { listen, Rig } from "./rig.ts";

const rig = new KernelRig();
/** Phase per sample for a frequency that has whole periods in a second. */
const turn = (hertz: number) => Math.round((hertz * 2 ** 32) / 8000);

/** A second of two sines. */
function pair(
  hertz: readonly [number, number],
  dbm0: readonly [number, number],
  frames: readonly number[],
): Int16Array {
  const state = rig.take(TONE_PAIR_STATE);
  const at = rig.take(2 * 160);
  const [peakA, peakB] = dbm0.map((level) => Math.round(peakOf(level)));
  rig.call("tonePairOpen", state, turn(hertz[0]), peakA ?? 0, turn(hertz[1]), peakB ?? 0);
  const samples: number[] = [];
  for (let n = 0; samples.length < 8000; n++) {
    const count = Math.min(frames[n % frames.length] ?? 160, 8000 - samples.length);
    rig.call("tonePair", state, at, count);
    samples.push(...rig.samples(at, count));
  }
  return Int16Array.from(samples);
}

/** Everything but these frequencies, against them, dB. */
function distortion(samples: Int16Array, hertz: readonly number[]): number {
  let wanted = 0;
  const rest = Float64Array.from(samples);
  for (const one of hertz) {
    let real = 0;
    let imaginary = 0;
    samples.forEach((sample, n) => {
      real += (sample * Math.cos((2 * Math.PI * one * n) / 8000)) / 4000;
      imaginary += (sample * Math.sin((2 * Math.PI * one * n) / 8000)) / 4000;
    });
    wanted += (real * real + imaginary * imaginary) / 2;
    rest.forEach((sample, n) => {
      const at = (2 * Math.PI * one * n) / 8000;
      rest[n] = sample - real * Math.cos(at) - imaginary * Math.sin(at);
    });
  }
  const unwanted = rest.reduce((sum, sample) => sum + sample * sample, 0) / rest.length;
  return 10 * Math.log10(unwanted / wanted);
}

test("two tones have their levels to 0.02 dB, and everything else is 70 dB below them", (t) => {
  let worst = -200;
  for (const hertz of [
    [350, 440],
    [440, 480],
    [480, 620],
    [697, 1209],
    [941, 1633],
    [1100, 2100],
    [1800, 3400],
  ] as const)
    for (const dbm0 of [
      [-3, -3],
      [-10, -8],
      [-20, -20],
    ] as const) {
      const samples = pair(hertz, dbm0, [160]);
      for (const [n, one] of hertz.entries())
        assert.ok(Math.abs(levelAt(samples, one) - (dbm0[n] ?? 0)) < 0.02, `${one} Hz`);
      const measured = distortion(samples, hertz);
      worst = Math.max(worst, measured);
      assert.ok(
        measured < (dbm0[0] > -15 ? -70 : -60),
        `${hertz.join("+")} at ${dbm0[0]} dBm0: ${measured.toFixed(1)} dB`,
      );
    }
  t.diagnostic(
    `noise and distortion at most ${worst.toFixed(1)} dB of -20 dBm0 tones, which is the rounding to 16 bits`,
  );
});

test("harmonics of a tone are 85 dB below it", () => {
  for (const hertz of [425, 697, 1000, 1209]) {
    const samples = pair([hertz, hertz], [-6, -6], [160]);
    for (let harmonic = 2; harmonic * hertz < 4000; harmonic++) {
      const level = levelAt(samples, harmonic * hertz);
      assert.ok(level < -85, `harmonic ${harmonic} of ${hertz} Hz at ${level} dBm0`);
    }
  }
});

test("cut into frames of 1, 10 and 20 ms the samples are the same", () => {
  const whole = pair([350, 440], [-13, -13], [160]);
  for (const frames of [[80], [8], [40, 120, 16, 64], [160, 8]])
    assert.deepEqual(pair([350, 440], [-13, -13], frames), whole);
});

test("a tone written at any length touches nothing behind its end, and goes on in phase", () => {
  const at = rig.take(512);
  const other = rig.take(512);
  rig.call("writeTone", other, 160, 5, turn(697), 9000, 0);
  for (const count of [1, 2, 3, 7, 8, 9, 31, 33, 100]) {
    rig.samples(at, 256).fill(77);
    const phase = rig.call("writeTone", at, count, 5, turn(697), 9000, 0) >>> 0;
    assert.equal(phase, (5 + count * turn(697)) % 2 ** 32);
    assert.deepEqual(rig.samples(at, count), rig.samples(other, count));
    assert.ok(
      rig.samples(at + 2 * count, 100).every((sample) => sample === 77),
      `${count} samples`,
    );
  }
});

test("added to what is there it saturates and does not wrap", () => {
  const at = rig.take(2 * 160);
  rig.samples(at, 160).fill(30_000);
  rig.call("writeTone", at, 160, 0, turn(1000), 32_767, 1);
  const samples = rig.samples(at, 160);
  assert.equal(Math.max(...samples), 32_767);
  assert.ok(Math.min(...samples) >= -2768);
});

test("a key asked to be softer sounds as much softer", () => {
  for (const softer of [0, 1, 6, 15]) {
    const voice = new Rig();
    voice.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
    voice.perform({ kind: "sendDigit", endpoint: "usb:dongle:1:0", digit: "5", durationMs: 100 });
    const word = endpointAddress(voice.control.endpoints.indexOf("usb:dongle:1:0") ?? 0) + DIGITS_QUEUE;
    voice.map.setWord(word, voice.map.word(word) | (softer << 4));
    const heard = listen(voice, 5);
    assert.ok(Math.abs(levelAt(heard, 770) + 10 + softer) < 0.1, `${softer} dB`);
    assert.ok(Math.abs(levelAt(heard, 1336) + 8 + softer) < 0.1, `${softer} dB`);
  }
});
