import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertHears, part } from "./harness/audio.ts";
import { numbers } from "./harness/house-config.ts";
import { sine } from "./harness/signal.ts";
import { everybodyHums, LEVEL_DBM0, notes } from "./harness/voices.ts";
import { type Sound, writeWav } from "./harness/wav.ts";
import { World } from "./harness/world.ts";

/** The two channels of a recording of 8 kHz. */
async function channels(path: string): Promise<readonly [Sound, Sound]> {
  const file = await readFile(path);
  assert.deepEqual([file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)], [2, 8000, 16]);
  assert.equal(file.readUInt32LE(40), file.length - 44, "the header has the length of the sound");
  const samples = new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + file.length));
  const channel = (which: number): Sound => ({ rateHz: 8000, samples: samples.filter((_, n) => n % 2 === which) });
  return [channel(0), channel(1)];
}

test("a call inside is recorded, left what the caller says and right what he hears, and a file is played to one side", async (t) => {
  const { house } = await World.open(t);
  const [caller, called] = [house.phone("handset:1"), house.phone("port:1")];
  await caller.dial(numbers["port:1"]);
  await called.rings();
  await called.lift();
  await house.fact("callAnswered");
  const [call] = await house.calls();
  assert.match(call?.parties[0]?.endpoint ?? "", /^usb:base:1:\d$/);
  const [recording, music] = [join(house.dataDir, "call.wav"), join(house.dataDir, "music.wav")];
  const offhook = async (...words: readonly string[]) => {
    const { code, output } = await house.cli(...words, "--data", house.dataDir);
    assert.equal(code, 0, output);
    return output;
  };
  assert.match(await offhook("record", call?.call ?? "", recording), /is recorded to/);
  await everybodyHums({ phones: [caller, called] });
  await writeWav(music, sine(620, LEVEL_DBM0, 3000));
  const stop = await called.record();
  await offhook("play", "port:1", music);
  await house.fact("playEnded");
  const heard = await stop();
  assertHears({
    who: "port:1",
    sound: part(heard, 1000, 2000),
    hears: [{ frequencyHz: 620, levelDbm0: LEVEL_DBM0 }],
    not: [notes["handset:1"]],
  });
  await called.hangUp();
  await caller.hangUp();
  const end = await house.fact("recordEnded");
  assert.deepEqual([end.file, end.reason, end.lostMs], [recording, null, 0]);
  const [said, heardByCaller] = await channels(recording);
  assertHears({ ...loudest(said, notes["handset:1"]), not: [notes["port:1"]] });
  assertHears({ ...loudest(heardByCaller, notes["port:1"]), not: [] });
  await house.isQuiet();
  const capsule = join(house.dataDir, "bad.jsonl");
  assert.match(await offhook("capsule", "last", capsule, "--audio"), /what was said, .* is in .*bad-1\.wav/);
  assert.deepEqual(await readFile(join(house.dataDir, "bad-1.wav")), await readFile(recording));
});

/** The 600 ms of the recording in which a note is heard. */
function loudest(sound: Sound, frequencyHz: number) {
  const window = (600 * sound.rateHz) / 1000;
  let [at, best] = [0, -1];
  for (let begin = 0; begin + window <= sound.samples.length; begin += window / 2) {
    let [real, imaginary] = [0, 0];
    for (let n = 0; n < window; n++) {
      const phase = (2 * Math.PI * frequencyHz * n) / sound.rateHz;
      real += (sound.samples[begin + n] ?? 0) * Math.cos(phase);
      imaginary += (sound.samples[begin + n] ?? 0) * Math.sin(phase);
    }
    const power = real * real + imaginary * imaginary;
    if (power > best) [at, best] = [begin, power];
  }
  const samples = sound.samples.subarray(at, at + window);
  const hears = [{ frequencyHz, levelDbm0: LEVEL_DBM0 }];
  return { who: "the recording", sound: { rateHz: sound.rateHz, samples }, hears };
}
