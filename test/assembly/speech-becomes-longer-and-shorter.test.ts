import assert from "node:assert/strict";
import { test } from "node:test";
import { STRETCH_ALIKE, STRETCH_ROOM } from "../../assembly/stretch/room.ts";
import { largestStep, periodicity } from "./change-quality.ts";
import { talkWithoutPause, vowel } from "./heard-speech.ts";
import { KernelRig } from "./kernel-rig.ts";
import { keypad, keySound } from "./key-sound.ts";
import { readSamples, speech } from "./speech.ts";

const MARGIN = 512;

/** The kernels on a sound that lies in memory as a whole. */
class Stretcher {
  readonly rig = new KernelRig();
  readonly #sound: number;
  readonly #room = this.rig.take(STRETCH_ROOM);
  readonly #out = this.rig.take(640);
  readonly #ten: number;

  constructor(sound: Int16Array, rate: 8000 | 16_000) {
    const at = this.rig.take(2 * (sound.length + 2 * MARGIN));
    this.#sound = at + 2 * MARGIN;
    this.rig.samples(this.#sound, sound.length).set(sound);
    this.#ten = rate / 100;
  }

  /** At a sample: towards 1 = later, -1 = earlier. */
  lag(at: number, towards: 1 | -1, most = 1.5 * this.#ten): { readonly lag: number; readonly alike: number } {
    const lag = this.rig.call("stretchLag", this.#sound + 2 * at, towards, most, this.#ten, this.#room);
    const [alike = 0] = new Float32Array(this.rig.memory.buffer, this.#room + STRETCH_ALIKE, 1);
    return { lag, alike };
  }

  join(from: number, into: number, count: number): Int16Array {
    this.rig.call("stretchJoin", this.#sound + 2 * from, this.#sound + 2 * into, this.#out, this.#ten, count);
    return Int16Array.from(this.rig.samples(this.#out, count));
  }

  isKey(at: number): boolean {
    return this.rig.call("stretchIsKey", this.#sound + 2 * at, this.#ten) !== 0;
  }

  /** Every frame of 20 ms is a period longer or shorter. */
  stretch(length: number, way: "longer" | "shorter"): Int16Array {
    const heard: number[] = [];
    const frame = 2 * this.#ten;
    for (let at = frame; at + 2 * frame < length; ) {
      const { lag, alike } = this.lag(at, way === "longer" ? -1 : 1);
      const change = alike < 0.85 ? 0 : way === "longer" ? -lag : lag;
      heard.push(...this.join(at, at + change, frame));
      at += frame + change;
    }
    return Int16Array.from(heard);
  }
}

/** Of 20 ms at a place: the lag of 6 to 12 ms at which it is most like itself, in samples at 8 kHz. */
function periodAt(samples: Int16Array, from: number): number {
  let [best, found] = [0, 0];
  for (let lag = 48; lag <= 96; lag++) {
    let [products, one, other] = [0, 1, 1];
    for (let n = from; n < from + 160; n++) {
      const [a, b] = [samples[n] ?? 0, samples[n + lag] ?? 0];
      products += a * b;
      one += a * a;
      other += b * b;
    }
    const alike = products / Math.sqrt(one * other);
    if (alike > best) [best, found] = [alike, lag];
  }
  return found;
}

function periods(samples: Int16Array): number[] {
  return Array.from({ length: Math.floor(samples.length / 160) - 2 }, (_, n) => periodAt(samples, 160 * n)).sort(
    (a, b) => a - b,
  );
}

test("a vowel a third longer or shorter has the pitch it had, and no step that it had not", () => {
  const sound = vowel(6);
  const before = periods(sound);
  for (const way of ["longer", "shorter"] as const) {
    const heard = new Stretcher(sound, 8000).stretch(sound.length, way);
    const ratio = heard.length / sound.length;
    assert.ok(way === "longer" ? ratio > 1.3 : ratio < 0.8, `${way}: ${ratio}`);
    const after = periods(heard);
    for (const share of [0.05, 0.25, 0.5, 0.75, 0.95]) {
      const [was = 0, is = 0] = [before, after].map((list) => list[Math.floor(share * list.length)]);
      assert.ok(Math.abs(is - was) <= 2, `${way}: ${was} samples before, ${is} after`);
    }
    assert.ok(largestStep(heard, 1, heard.length) <= 1.02 * largestStep(sound, 1, sound.length));
  }
});

test("where speech is voiced, nearly every place has a period that fits, earlier and later", () => {
  const sound = talkWithoutPause(8000, 16);
  const stretcher = new Stretcher(sound, 8000);
  for (const towards of [1, -1] as const) {
    let [voiced, fits] = [0, 0];
    for (let at = 400; at + 400 < sound.length; at += 400) {
      if (periodicity(sound, at - 120) < 0.9 || periodicity(sound, at) < 0.9) continue;
      voiced++;
      const { lag, alike } = stretcher.lag(at, towards);
      assert.ok(lag === 0 || (lag >= 20 && lag <= 120));
      if (alike >= 0.85) fits++;
    }
    assert.ok(voiced > 50 && fits / voiced > 0.9, `${fits} of ${voiced}`);
  }
});

test("how alike two places are is their normalised correlation, at both rates", () => {
  for (const rate of [8000, 16_000] as const) {
    const [sound = new Int16Array()] = speech(rate, 3);
    const stretcher = new Stretcher(sound, rate);
    for (let at = rate / 10; at + rate / 10 < sound.length; at += rate / 8 + 3) {
      const { lag, alike } = stretcher.lag(at, 1);
      if (lag === 0) continue;
      let [products, one, other] = [0, 0, 0];
      for (let n = at; n < at + rate / 100; n++) {
        const [a, b] = [sound[n] ?? 0, sound[n + lag] ?? 0];
        products += a * b;
        one += a * a;
        other += b * b;
      }
      assert.ok(Math.abs(alike - products / Math.sqrt(one * other)) < 1e-4, `${rate}, ${at}`);
    }
  }
});

test("what lies beyond the longest lag counts for nothing", () => {
  const sound = talkWithoutPause(8000, 40);
  for (let at = 800; at < 8000; at += 371)
    for (const [most, towards] of [
      [120, 1],
      [61, 1],
      [33, 1],
      [120, -1],
      [47, -1],
    ] as const) {
      const whole = new Stretcher(sound, 8000).lag(at, towards, most);
      const alone = Int16Array.from(sound, (sample, n) => {
        const isThere = towards > 0 ? n < at + most + 80 : n >= at - most;
        return isThere ? sample : n % 2 === 0 ? 32_767 : -32_768;
      });
      assert.deepEqual(new Stretcher(alone, 8000).lag(at, towards, most), whole);
    }
});

test("silence, full scale and lags that are too short find nothing, or a lag within the bounds", () => {
  const sounds: readonly Int16Array[] = [
    new Int16Array(2000),
    new Int16Array(2000).fill(-32_768),
    Int16Array.from({ length: 2000 }, (_, n) => (n % 2 === 0 ? 32_767 : -32_768)),
    Int16Array.from({ length: 2000 }, (_, n) => (n % 80 < 40 ? 32_767 : -32_768)),
    Int16Array.from({ length: 2000 }, (_, n) => (n === 1000 ? 1 : 0)),
  ];
  for (const sound of sounds)
    for (const rate of [8000, 16_000] as const)
      for (const most of [0, rate / 400 - 1, rate / 400, 0.015 * rate]) {
        const { lag, alike } = new Stretcher(sound, rate).lag(1000, 1, most);
        assert.ok(lag === 0 || (lag >= rate / 400 && lag <= most), `${lag} of ${most}`);
        assert.ok(alike >= 0 && alike < 1.001);
      }
});

test("every key is known, as far off as a telephone may send it; of speech and music hardly anything is taken for one", () => {
  for (const key of keypad)
    for (const [off, lowDbm0, highDbm0] of [
      [0, -10, -10],
      [0.015, -9, -5],
      [-0.015, -6, -14],
    ] as const) {
      const sound = keySound({ key, ms: 200, lowOff: off, highOff: -off, lowDbm0, highDbm0, noiseDb: 15 });
      const stretcher = new Stretcher(sound, 8000);
      for (let at = 600; at < 1600; at += 160) assert.ok(stretcher.isKey(at), `${key}, ${off}`);
    }
  const music = readSamples("music-8k/manolo_camp-morning_coffee.wav").subarray(0, 160_000);
  for (const sound of [talkWithoutPause(8000, 5), music]) {
    const stretcher = new Stretcher(sound, 8000);
    let [spans, keys] = [0, 0];
    for (let at = 0; at + 160 < sound.length; at += 160, spans++) if (stretcher.isKey(at)) keys++;
    assert.ok(keys < 0.01 * spans, `${keys} of ${spans}`);
  }
});
