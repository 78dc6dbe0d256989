import assert from "node:assert/strict";
import { test } from "node:test";
import { Ear } from "../../../src/emulator/ear/ear.ts";
import { type CountryCode, countries, type ToneName } from "../../../src/message/country.ts";
import { coded, frames, joined, progressTone, recordings, silence, sines } from "../sounds.ts";

const codes = Object.keys(countries) as CountryCode[];
const names: readonly ToneName[] = ["dial", "ringback", "busy", "congestion", "offHookWarning"];

/** Everything the ear said, each once in a row, with the time it began to say so. */
function hears(country: CountryCode, sound: Int16Array): { what: string; atMs: number }[] {
  const ear = new Ear(countries[country]);
  ear.listen(true);
  const said: { what: string; atMs: number }[] = [];
  frames(sound).forEach((frame, n) => {
    ear.hear(coded("PCMA", frame));
    if (said.at(-1)?.what !== ear.what) said.push({ what: ear.what, atMs: (n + 1) * 20 });
  });
  return said;
}

/** Two whole periods of a tone, at least 2.5 s. */
function lengthOf(country: CountryCode, name: ToneName): number {
  const period = countries[country].tones[name].cadenceMs.reduce((sum, part) => sum + part, 0);
  return Math.max(2500, 2 * period + 100);
}

for (const country of codes) {
  for (const name of names) {
    test(`${country}: the ear says ${name} for ${name}, and nothing wrong on the way`, () => {
      const tone = countries[country].tones[name];
      const said = hears(country, joined(silence(200), progressTone(tone, lengthOf(country, name))));
      assert.equal(said.at(-1)?.what, name, JSON.stringify(said));
      const wrong = said.filter(({ what }) => what !== name && what !== "sound" && what !== "silence");
      // A first tone that goes on for longer than a busy burst is taken for the dial tone, as people do.
      const forgiven = name === "ringback" ? wrong.filter(({ what }) => what !== "dial") : wrong;
      assert.deepEqual(forgiven, []);
    });
  }

  test(`${country}: tones 1 % off and 10 dB weaker are recognised as well`, () => {
    for (const name of names) {
      const tone = countries[country].tones[name];
      const frequenciesHz = tone.frequenciesHz.map((frequency) => frequency * 1.01);
      const worn = { ...tone, frequenciesHz, levelDbm0: tone.levelDbm0 - 10 };
      assert.equal(hears(country, progressTone(worn, lengthOf(country, name))).at(-1)?.what, name, name);
    }
  });

  test(`${country}: ringback after a dialled number is never taken for the dial tone`, () => {
    const { dial, ringback } = countries[country].tones;
    const call = joined(progressTone(dial, 1200), silence(800), progressTone(ringback, 6500));
    const after = hears(country, call).filter(({ atMs }) => atMs > 1400);
    assert.ok(
      after.some(({ what }) => what === "ringback"),
      JSON.stringify(after),
    );
    assert.ok(!after.some(({ what }) => what === "dial"), JSON.stringify(after));
  });

  test(`${country}: the dial tone is known within 700 ms`, () => {
    const said = hears(country, progressTone(countries[country].tones.dial, 1500));
    const known = said.find(({ what }) => what === "dial");
    assert.ok(known !== undefined && known.atMs <= 700, JSON.stringify(said));
  });
}

test("a call-waiting beep in the middle of speech is recognised", () => {
  const [speech] = recordings("speech-8k");
  assert.ok(speech);
  const talk = speech.samples.subarray(4000, 20000);
  const beep = progressTone(countries.FR.tones.callWaiting, 300);
  const said = hears("FR", joined(talk, beep, talk));
  assert.ok(
    said.some(({ what }) => what === "callWaiting"),
    JSON.stringify(said),
  );
});

test("speech and music are sound, never a tone, in any country", () => {
  const all = recordings("speech-8k", "music-8k").map(({ name, samples }) => ({
    name,
    pieces: frames(samples.subarray(0, 4 * 8000)),
  }));
  for (const country of codes) {
    for (const { name, pieces } of all) {
      const ear = new Ear(countries[country]);
      ear.listen(true);
      const said = new Set<string>();
      for (const piece of pieces) {
        ear.hear(piece);
        said.add(ear.what);
      }
      said.delete("silence");
      assert.deepEqual([...said], ["sound"], `${country} ${name}`);
    }
  }
});

test("a neighbouring frequency is not the country's tone", () => {
  assert.deepEqual(
    hears("DE", sines([460], -12, 3000)).map(({ what }) => what),
    ["sound"],
  );
  assert.deepEqual(
    hears("US", sines([440], -12, 3000)).map(({ what }) => what),
    ["sound"],
  );
});

test("the ear measures level and frequency of a sine, and digital silence", () => {
  const ear = new Ear(countries.DE);
  assert.deepEqual(ear.hearing, { what: "nothing", levelDbm0: -120, frequencyHz: null });
  ear.listen(true);
  for (const frame of frames(sines([1004], -10, 400))) ear.hear(coded("PCMA", frame));
  assert.ok(Math.abs(ear.hearing.levelDbm0 + 10) < 0.2, String(ear.hearing.levelDbm0));
  assert.ok(Math.abs((ear.hearing.frequencyHz ?? 0) - 1004) < 1, String(ear.hearing.frequencyHz));
  for (const frame of frames(silence(400))) ear.hear(coded("PCMA", frame));
  assert.deepEqual(ear.hearing, { what: "silence", levelDbm0: -120, frequencyHz: null });
});

test("busy that follows a conversation is recognised within its first period", () => {
  const [speech] = recordings("speech-8k");
  assert.ok(speech);
  const said = hears("DE", joined(speech.samples.subarray(0, 16000), progressTone(countries.DE.tones.busy, 3000)));
  const known = said.find(({ what }) => what === "busy");
  assert.ok(known !== undefined && known.atMs < 2000 + 1500, JSON.stringify(said));
});
