/** Talk-off: real voices and music, as they are, 12 dB softer and overdriven, hold neither a key nor a fax machine. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countries } from "../../src/message/country.ts";
import { FaxListener } from "./fax-sound.ts";
import { KernelRig } from "./kernel-rig.ts";
import { KeyListener, keypad, keySound, peakOf, saturate } from "./key-sound.ts";
import { readSamples, speech } from "./speech.ts";

const rig = new KernelRig();
const keys = new KeyListener(rig);
const fax = new FaxListener(rig);

const recordings = [...speech(8000, 1), readSamples("music-8k/manolo_camp-morning_coffee.wav")];
const gains = [1, 0.25, 4];

test("no key is heard in any recording at any level", () => {
  for (const gain of gains)
    for (const [n, recording] of recordings.entries())
      assert.equal(keys.keys(recording.map((sample) => saturate(sample * gain))), "", `recording ${n} times ${gain}`);
});

test("no fax machine is heard in any recording at any level", () => {
  for (const gain of gains)
    for (const [n, recording] of recordings.entries())
      assert.deepEqual(
        fax.listen(recording.map((sample) => saturate(sample * gain))),
        [],
        `recording ${n} times ${gain}`,
      );
});

test("the tones of every country are neither keys nor a fax machine", () => {
  for (const { name, tones } of Object.values(countries))
    for (const [tone, { frequenciesHz, levelDbm0, cadenceMs }] of Object.entries(tones)) {
      const on = cadenceMs[0] ?? 10_000;
      const off = cadenceMs[1] ?? 0;
      const sound = Int16Array.from({ length: 80_000 }, (_, n) => {
        if ((n / 8) % (on + off) >= on) return 0;
        const at = (2 * Math.PI * n) / 8000;
        return saturate(frequenciesHz.reduce((sum, hertz) => sum + peakOf(levelDbm0) * Math.sin(at * hertz), 0));
      });
      assert.equal(keys.keys(sound), "", `${name}, ${tone}`);
      assert.deepEqual(fax.listen(sound), [], `${name}, ${tone}`);
    }
});

test("keys are no fax machine, however long they are held", () => {
  for (const key of keypad) for (const ms of [100, 500, 3000]) assert.deepEqual(fax.listen(keySound({ key, ms })), []);
});

test("the announcement tones 950, 1400 and 1800 Hz, and other modems' 1300 and 2225 Hz, are no fax machine", () => {
  for (const hertz of [950, 1000, 1300, 1400, 1650, 1800, 1850, 2010, 2225, 2280])
    for (const ms of [330, 500, 3000]) {
      const sound = Int16Array.from({ length: 40_000 }, (_, n) =>
        n >= 4000 && n < 4000 + 8 * ms ? 5000 * Math.sin((2 * Math.PI * hertz * n) / 8000) : 0,
      );
      assert.deepEqual(fax.listen(sound), [], `${hertz} Hz for ${ms} ms`);
    }
});
