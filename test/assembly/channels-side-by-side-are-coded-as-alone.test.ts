import assert from "node:assert/strict";
import { test } from "node:test";
import type { Channel, CodecName } from "./codec-rig.ts";
import { CodecRig, hardSounds } from "./codec-rig.ts";
import { randomFrom } from "./rtp.ts";

/** Units of `count` in a frame of 20 ms, in both codecs, and 16-bit samples in it. */
const UNITS = 160;
const frameSamples = { g722: 320, g726: 160 } as const;
const frameOctets = { g722: 160, g726: 80 } as const;
const FRAMES = 60;

/** One frame of each of eight hard inputs, frame by frame: samples, or code words of every kind. */
function inputs(codec: CodecName, direction: "Encode" | "Decode"): (lane: number, frame: number) => ArrayBufferView {
  const sounds = hardSounds();
  const random = randomFrom(9);
  const size = direction === "Encode" ? frameSamples[codec] : frameOctets[codec];
  if (direction === "Encode")
    return (lane, frame) => Int16Array.from({ length: size }, (_, n) => sounds[lane]?.(frame * size + n) ?? 0);
  const steady = [0x00, 0x77, 0x87, 0xff, 0x20, 0x25];
  return (lane) =>
    Uint8Array.from({ length: size }, () => (lane < 6 ? (steady[lane] ?? 0) : Math.floor(random() * 256)));
}

for (const codec of ["g722", "g726"] as const)
  for (const direction of ["Encode", "Decode"] as const)
    for (const lanes of [1, 3, 8])
      test(`${codec}: ${direction.toLowerCase()} of ${lanes} side by side gives the bits of each alone`, () => {
        const rig = new CodecRig(codec, direction, UNITS);
        const input = inputs(codec, direction);
        const one = Array.from({ length: lanes }, () => rig.open());
        const many = Array.from({ length: lanes }, () => rig.open());
        for (let frame = 0; frame < FRAMES; frame++) {
          putInBoth(rig, one, many, (lane) => input(lane, frame));
          const expected = one.map((channel) => rig.alone(channel, UNITS));
          assert.deepEqual(rig.sideBySide(many, UNITS), expected);
          assertSameStates(rig, one, many);
        }
      });

for (const codec of ["g722", "g726"] as const)
  test(`${codec}: a channel may change its form and its neighbours at any frame, and be reset`, () => {
    const rig = new CodecRig(codec, "Encode", UNITS);
    const input = inputs(codec, "Encode");
    const random = randomFrom(3);
    const one = Array.from({ length: 8 }, () => rig.open());
    const many = Array.from({ length: 8 }, () => rig.open());
    for (let frame = 0; frame < FRAMES; frame++) {
      putInBoth(rig, one, many, (lane) => input((lane + frame) % 8, frame));
      const expected = one.map((channel) => rig.alone(channel, UNITS));
      const together = many.filter(() => random() < 0.6);
      if (together.length > 0) rig.sideBySide(together, UNITS);
      for (const channel of many) if (!together.includes(channel)) rig.alone(channel, UNITS);
      assert.deepEqual(
        many.map((channel) => rig.take(channel, UNITS)),
        expected,
      );
      const lane = Math.floor(random() * 80);
      for (const channel of [one[lane], many[lane]]) if (channel !== undefined) rig.reset(channel);
    }
    assertSameStates(rig, one, many);
  });

test("silence, full scale and alternating extremes leave an encoder that codes speech again", () => {
  for (const codec of ["g722", "g726"] as const) {
    const encoder = new CodecRig(codec, "Encode", UNITS);
    const decoder = new CodecRig(codec, "Decode", UNITS);
    const sounds = hardSounds();
    const size = frameSamples[codec];
    const [coded, heard] = [encoder.open(), decoder.open()];
    let error = 0;
    let power = 0;
    for (let frame = 0; frame < 400; frame++) {
      const sound = sounds[frame < 200 ? 1 + (frame % 7) : 0];
      const samples = Int16Array.from({ length: size }, (_, n) => sound?.(frame * size + n) ?? 0);
      encoder.put(coded, samples);
      decoder.put(heard, encoder.alone(coded, UNITS));
      const made = new Int16Array(decoder.alone(heard, UNITS).buffer);
      if (frame < 250) continue;
      // The filters of G.722 delay by 22 samples.
      const delay = codec === "g722" ? 22 : 0;
      for (let n = delay; n < size; n++) {
        error += ((made[n] ?? 0) - (samples[n - delay] ?? 0)) ** 2;
        power += (samples[n - delay] ?? 0) ** 2;
      }
    }
    assert.ok(power > 20 * error, `${codec}: ${(10 * Math.log10(power / error)).toFixed(1)} dB`);
  }
});

function putInBoth(
  rig: CodecRig,
  one: readonly Channel[],
  many: readonly Channel[],
  input: (lane: number) => ArrayBufferView,
): void {
  for (const [lane, channel] of one.entries()) {
    const frame = input(lane);
    rig.put(channel, frame);
    const twin = many[lane];
    if (twin !== undefined) rig.put(twin, frame);
  }
}

function assertSameStates(rig: CodecRig, one: readonly Channel[], many: readonly Channel[]): void {
  assert.deepEqual(
    many.map((channel) => rig.stateOf(channel)),
    one.map((channel) => rig.stateOf(channel)),
  );
}
