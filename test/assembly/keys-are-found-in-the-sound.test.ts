/** ITU-T Q.24 (devices.md D.7), with the telephones' and the line's worst together. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KernelRig } from "./kernel-rig.ts";
import { KeyListener, keypad, keySound, saturate } from "./key-sound.ts";
import { randomFrom } from "./rtp.ts";

const rig = new KernelRig();
const listener = new KeyListener(rig);

/** 64 sounds: each key four times, at another place among the blocks each time. */
const trials = 64;
const key = (trial: number) => keypad.charAt(trial % 16);
const beforeMs = (trial: number) => 60 + ((trial * 7.3) % 30);
const sign = (trial: number, bit: number) => ((trial >> bit) & 1 ? 1 : -1);

test("each of the sixteen keys is heard once, with its length to 5 ms", () => {
  for (const one of keypad)
    for (const ms of [40, 65, 100, 333, 2000]) {
      const heard = listener.listen(keySound({ key: one, ms }));
      assert.deepEqual(
        heard.map(({ key, what }) => `${key} ${what}`),
        [`${one} begins`, `${one} ends`],
      );
      const told = heard[1]?.ms ?? 0;
      assert.ok(Math.abs(told - ms) <= 5, `${one}: ${told} ms instead of ${ms}`);
    }
});

test("frames of 10, 20 and 40 ms hear the same", () => {
  const sound = keySound({ key: "7", ms: 120, afterMs: 160 });
  for (const frame of [80, 320]) {
    const other = new KeyListener(rig, frame).listen(sound);
    assert.deepEqual(
      other.map(({ key, what, ms }) => [key, what, ms]),
      listener.listen(sound).map(({ key, what, ms }) => [key, what, ms]),
    );
  }
});

test("40 ms are a key and 23 ms are none", () => {
  for (const ms of [40, 45, 50])
    assert.equal(
      listener.accepted(trials, (n) => ({ key: key(n), ms, beforeMs: beforeMs(n) })),
      trials,
    );
  for (const ms of [5, 10, 15, 20, 23, 25])
    assert.equal(
      listener.accepted(trials, (n) => ({ key: key(n), ms, beforeMs: beforeMs(n) })),
      0,
      `${ms} ms`,
    );
});

test("both tones may be off by 1.8 %, with 15 dB of noise and 40 ms", () => {
  for (const off of [0.005, 0.01, 0.015, 0.018]) {
    const good = listener.accepted(trials, (n) => ({
      key: key(n),
      ms: 40,
      beforeMs: beforeMs(n),
      lowOff: off * sign(n, 4),
      highOff: off * sign(n, 5),
      noiseDb: 15,
    }));
    assert.equal(good, trials, `${off * 100} %`);
  }
});

test("a tone that is off by 3 % and more is no key, however long", () => {
  for (const off of [0.03, 0.035, 0.04, 0.05, 0.06])
    for (const group of ["lowOff", "highOff"] as const) {
      const good = listener.accepted(trials, (n) => ({
        key: key(n),
        ms: 200,
        beforeMs: beforeMs(n),
        [group]: off * sign(n, 4),
      }));
      assert.equal(good, 0, `${group} ${off * 100} %`);
    }
});

test("a high tone 8 dB weaker or 4 dB stronger than the low one is a key, 13 dB or 8 dB are none", () => {
  const accepted = (twist: number) =>
    listener.accepted(trials, (n) => ({
      key: key(n),
      ms: 40,
      beforeMs: beforeMs(n),
      lowDbm0: twist > 0 ? -12 - twist : -12,
      highDbm0: twist < 0 ? -12 + twist : -12,
      lowOff: 0.015 * sign(n, 4),
      highOff: 0.015 * sign(n, 5),
    }));
  for (const twist of [-8, -6, -4, -2, 2, 4, 5]) assert.equal(accepted(twist), trials, `${twist} dB`);
  for (const twist of [-13, -16, 8, 12]) assert.equal(accepted(twist), 0, `${twist} dB`);
});

test("tones from 0 to -35 dBm0 are keys, those of -42 dBm0 are none", () => {
  const accepted = (dbm0: number) =>
    listener.accepted(trials, (n) => ({ key: key(n), ms: 40, beforeMs: beforeMs(n), lowDbm0: dbm0, highDbm0: dbm0 }));
  for (const dbm0 of [0, -3, -9, -20, -25, -29, -35]) assert.equal(accepted(dbm0), trials, `${dbm0} dBm0`);
  for (const dbm0 of [-42, -50]) assert.equal(accepted(dbm0), 0, `${dbm0} dBm0`);
});

test("12 dB above white noise every key of 40 ms is heard, and noise alone is none", () => {
  for (const noiseDb of [24, 18, 15, 12])
    assert.equal(
      listener.accepted(trials, (n) => ({ key: key(n), ms: 40, beforeMs: beforeMs(n), noiseDb })),
      trials,
      `${noiseDb} dB`,
    );
  const random = randomFrom(11);
  assert.equal(listener.keys(Int16Array.from({ length: 480_000 }, () => (random() - 0.5) * 16000)), "");
});

test("an interruption of 10 ms does not make two keys, a pause of 30 ms does", () => {
  const gap = (ms: number, offset: number) => {
    const sound = keySound({ key: "4", ms: 300, beforeMs: 60 + offset });
    return sound.map((sample, n) => (n >= 1400 && n < 1400 + ms * 8 ? 0 : sample));
  };
  for (let offset = 0; offset < 10; offset += 0.7) {
    for (const ms of [2, 5, 10]) assert.equal(listener.keys(gap(ms, offset)), "4", `${ms} ms`);
    for (const ms of [30, 40, 60]) assert.equal(listener.keys(gap(ms, offset)), "44", `${ms} ms`);
  }
});

test("keys of 40 ms with pauses of 40 ms are heard all, in order, at any level a line has", () => {
  const random = randomFrom(3);
  for (const dbm0 of [-3, -12, -24]) {
    const keys = Array.from({ length: 200 }, () => keypad.charAt(Math.floor(random() * 16))).join("");
    const sounds = [...keys].map((one, n) =>
      keySound({ key: one, ms: 40, beforeMs: 0, afterMs: 40, lowDbm0: dbm0 - 2, highDbm0: dbm0, seed: n }),
    );
    const all = sounds.flatMap((sound) => [...sound.subarray(0, 640)]);
    assert.equal(listener.keys(Int16Array.from(all)), keys);
  }
});

test("keys without a pause between them are told one by one", () => {
  const sounds = [..."159D"].map((one) => keySound({ key: one, ms: 100, beforeMs: 0, afterMs: 0 }).subarray(0, 800));
  const all = [...sounds.flatMap((sound) => [...sound]), ...new Array<number>(1600).fill(0)];
  assert.equal(listener.keys(Int16Array.from(all)), "159D");
});

test("a level that falls by 6 dB under way, as behind an echo canceller, does not make two keys", () => {
  for (let at = 900; at < 1000; at += 13) {
    const sound = keySound({ key: "8", ms: 300 });
    assert.equal(listener.keys(sound.map((sample, n) => (n > at ? sample / 2 : sample))), "8");
  }
});

test("the dial tone of any country may go on under the first key, 10 dB softer", () => {
  for (const tones of [[425], [350, 440], [440], [400, 450]])
    for (const one of keypad) {
      const sound = keySound({ key: one, ms: 60, beforeMs: 200 });
      const dial = (n: number) =>
        tones.reduce((sum, hertz) => sum + (2260 / tones.length) * Math.sin((2 * Math.PI * hertz * n) / 8000), 0);
      assert.equal(listener.keys(sound.map((sample, n) => saturate(sample + dial(n)))), one);
    }
});

test("a constant voltage under the key does not hide it", () => {
  assert.equal(listener.keys(keySound({ key: "#", ms: 50 }).map((sample) => sample + 1000)), "#");
});

test("single tones and pairs of one group are no keys", () => {
  for (const tones of [[697], [1209], [770, 941], [1336, 1633], [350, 440], [480, 620], [1100], [2100]]) {
    const sound = Int16Array.from({ length: 8000 }, (_, n) =>
      tones.reduce((sum, hertz) => sum + 6000 * Math.sin((2 * Math.PI * hertz * n) / 8000), 0),
    );
    assert.equal(listener.keys(sound), "", tones.join("+"));
  }
});

test("full scale of any shape does nothing bad", () => {
  const shapes = [() => -32768, (n: number) => (n & 1 ? 32767 : -32768), (n: number) => (n % 10 < 5 ? 32767 : -32768)];
  for (const shape of shapes) assert.equal(listener.keys(Int16Array.from({ length: 8000 }, (_, n) => shape(n))), "");
});
