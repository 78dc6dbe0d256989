import assert from "node:assert/strict";
import { test } from "node:test";
import { CodecRig, lowOctets, words } from "./codec-rig.ts";

/** A multiple of the 80 units that the kernels do at once. */
const UNITS = 48_800;

const samples = words("g722/inpsp.bin");
const octets = lowOctets("g722/codspw.cod");

test("G.722 encodes the speech of the ITU-T as the ITU-T says", () => {
  const encoder = new CodecRig("g722", "Encode", UNITS);
  const channel = encoder.open();
  encoder.put(channel, samples);
  assert.deepEqual(encoder.alone(channel, UNITS).subarray(0, octets.length), octets);
});

for (const [mode, rate] of [
  [1, 64],
  [2, 56],
  [3, 48],
] as const)
  test(`G.722 decodes it at ${rate} kbit/s as the ITU-T says`, () => {
    const decoder = new CodecRig("g722", "Decode", UNITS);
    const channel = decoder.open();
    decoder.stateOf(channel).fill(0);
    decoder.rig.call("g722DecodeOpenMode", channel.state, mode);
    decoder.put(channel, octets);
    const heard = new Int16Array(decoder.alone(channel, UNITS).buffer);
    assert.deepEqual(heard.subarray(0, samples.length), words(`g722/outsp${mode}.bin`));
  });

test("eight channels of G.722 side by side each code and decode it as the ITU-T says", () => {
  for (const [direction, input, output] of [
    ["Encode", samples, octets],
    ["Decode", octets, new Uint8Array(words("g722/outsp1.bin").buffer)],
  ] as const) {
    const rig = new CodecRig("g722", direction, UNITS);
    const channels = Array.from({ length: 8 }, () => rig.open());
    for (const channel of channels) rig.put(channel, input);
    for (const made of rig.sideBySide(channels, UNITS)) assert.deepEqual(made.subarray(0, output.length), output);
  }
});
