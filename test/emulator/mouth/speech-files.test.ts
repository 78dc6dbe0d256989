import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Meter } from "../../../src/emulator/ear/meter.ts";
import { Mouth } from "../../../src/emulator/mouth/mouth.ts";
import { Recording, wavHeader } from "../../../src/emulator/mouth/recording.ts";
import { decodeWav, readSpeech } from "../../../src/emulator/mouth/wav-read.ts";
import { frames, sines, vectors } from "../sounds.ts";

const folder = mkdtempSync(join(tmpdir(), "offhook-speech-"));
after(() => rmSync(folder, { recursive: true }));

function wav(samples: Int16Array, change: (view: DataView) => void = () => undefined): Uint8Array {
  const octets = new Uint8Array(44 + samples.length * 2);
  octets.set(wavHeader(samples.length * 2));
  const view = new DataView(octets.buffer);
  for (const [n, sample] of samples.entries()) view.setInt16(44 + 2 * n, sample, true);
  change(view);
  return octets;
}

function measure(samples: Int16Array): { levelDbm0: number; frequencyHz: number | null } {
  const meter = new Meter();
  for (const frame of frames(samples.subarray(800, 4000))) meter.hear(frame);
  return { levelDbm0: meter.levelDbm0, frequencyHz: meter.frequencyHz };
}

/** A sine sampled at 16 kHz. */
function fast(frequencyHz: number): Int16Array {
  return Int16Array.from({ length: 16000 }, (_, n) => 8000 * Math.sin((2 * Math.PI * frequencyHz * n) / 16000));
}

const sixteen = (view: DataView) => view.setUint32(24, 16000, true);

test("an 8 kHz file is read as it is", () => {
  const samples = sines([440], -10, 100);
  assert.deepEqual(decodeWav(wav(samples), "a.wav"), samples);
});

test("a 16 kHz file is halved: 1 kHz stays, 6 kHz does not fold back", () => {
  const kept = measure(decodeWav(wav(fast(1000), sixteen), "a.wav"));
  assert.ok(Math.abs((kept.frequencyHz ?? 0) - 1000) < 2);
  assert.ok(Math.abs(kept.levelDbm0 + 9.1) < 0.3, String(kept.levelDbm0));
  assert.ok(measure(decodeWav(wav(fast(6000), sixteen), "a.wav")).levelDbm0 < -70);
});

test("real speech at both rates is read", async () => {
  const narrow = await readSpeech(join(vectors, "audio/speech-8k/en-sorry.wav"));
  const wide = await readSpeech(join(vectors, "audio/speech-16k/ps-numbers.wav"));
  assert.ok(narrow.length > 8000 && wide.length > 8000);
});

test("a header cut short in the middle of a recording means: to the end of the file", () => {
  const endless = wav(sines([440], -10, 100), (view) => view.setUint32(40, 0xffffffff, true));
  assert.equal(decodeWav(endless, "a.wav").length, 800);
});

test("what cannot be spoken is refused with the file, what is wrong, and the way out", async () => {
  const samples = sines([440], -10, 20);
  const wrong: readonly (readonly [Uint8Array, RegExp])[] = [
    [new Uint8Array(3), /x\.wav: is no WAV file; give 8000 or 16000 Hz/],
    [wav(samples, (view) => view.setUint32(24, 44100, true)), /x\.wav: is 44100 Hz, 16-bit.*sox x\.wav/],
    [wav(samples, (view) => view.setUint16(22, 2, true)), /2 channel\(s\)/],
    [wav(samples, (view) => view.setUint16(20, 3, true)), /coding 3/],
    [wav(samples).subarray(0, 36), /no sound \(no data chunk\)/],
    [wav(samples, (view) => view.setUint8(12, 0x78)), /no format chunk/],
  ];
  for (const [octets, sentence] of wrong) assert.throws(() => decodeWav(octets, "x.wav"), sentence);
  await assert.rejects(readSpeech(join(folder, "none.wav")), /none\.wav: cannot be read/);
});

test("a recording has a true header when it is closed, and while it grows", async () => {
  const file = join(folder, "grows.wav");
  const recording = await Recording.open(file);
  assert.equal(decodeWav(readFileSync(file), file).length, 0);
  const sound = sines([500], -10, 1500);
  for (const frame of frames(sound)) recording.write(frame);
  await recording.close();
  assert.deepEqual(decodeWav(readFileSync(file), file), sound);
  writeFileSync(file, readFileSync(file).subarray(0, 20_000));
  assert.equal(decodeWav(readFileSync(file), file).length, (20_000 - 44) / 2);
});

test("a recording that cannot be begun says so", async () => {
  await assert.rejects(Recording.open(join(folder, "no/such/folder.wav")), /cannot be written/);
});

test("a mouth says one thing after the other and tells when each is said", async () => {
  const mouth = new Mouth();
  const said: string[] = [];
  const first = mouth.say(new Int16Array(320).fill(1)).then(() => said.push("first"));
  const second = mouth.hum({ frequencyHz: 1000, levelDbm0: -10 }, 20).then(() => said.push("second"));
  assert.deepEqual([mouth.next()[0], mouth.next()[0], mouth.next()[0]], [1, 1, 0]);
  await first;
  assert.deepEqual(said, ["first"]);
  assert.equal(mouth.next()[0], 0);
  await second;
  assert.equal(mouth.speaking, false);
});

test("a hum without an end lasts until it is hushed, and what is cut short rejects", async () => {
  const mouth = new Mouth();
  await mouth.hum({ frequencyHz: 700, levelDbm0: -10 }, null);
  const hum = Int16Array.from(Array.from({ length: 200 }, () => [...mouth.next()]).flat());
  const { levelDbm0, frequencyHz } = measure(hum);
  assert.ok(Math.abs(levelDbm0 + 10) < 0.1 && Math.abs((frequencyHz ?? 0) - 700) < 1);
  mouth.hush();
  assert.equal(mouth.speaking, false);
  const cut = mouth.say(new Int16Array(800));
  mouth.next();
  mouth.cut("port:1 was hung up");
  await assert.rejects(cut, /port:1 was hung up/);
});
