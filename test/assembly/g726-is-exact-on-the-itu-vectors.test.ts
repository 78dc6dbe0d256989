import assert from "node:assert/strict";
import { test } from "node:test";
import { CodecRig, lowOctets, words } from "./codec-rig.ts";

const MU_LAW = 1;
const A_LAW = 2;

/** Codes or decodes one octet after the other with the log-PCM interface. */
function throughLaw(kernel: "g726EncodeLaw" | "g726DecodeLaw", input: Uint8Array, law: number): Uint8Array {
  const encoder = new CodecRig("g726", "Encode", input.length);
  const { state, from, to } = encoder.open();
  encoder.rig.octets(from, input.length).set(input);
  encoder.rig.call(kernel, state, from, to, input.length, law);
  return encoder.rig.octets(to, input.length).slice();
}

for (const [name, kernel, input, law, output] of [
  ["A-law is coded", "g726EncodeLaw", "nrm.a", A_LAW, "rn32fa.i"],
  ["µ-law is coded", "g726EncodeLaw", "nrm.m", MU_LAW, "rn32fm.i"],
  ["what A-law was coded to becomes A-law again", "g726DecodeLaw", "rn32fa.i", A_LAW, "rn32fa.o"],
  ["what A-law was coded to becomes µ-law", "g726DecodeLaw", "rn32fa.i", MU_LAW, "rn32fx.o"],
  ["what µ-law was coded to becomes µ-law again", "g726DecodeLaw", "rn32fm.i", MU_LAW, "rn32fm.o"],
  ["what µ-law was coded to becomes A-law", "g726DecodeLaw", "rn32fm.i", A_LAW, "rn32fc.o"],
] as const)
  test(`in G.726 ${name} as the ITU-T says`, () => {
    assert.deepEqual(throughLaw(kernel, lowOctets(`g726/${input}`), law), lowOctets(`g726/${output}`));
  });

const samplesOfMuLaw = Int16Array.from(words("g711/sweep-r.u-u"));
const octetsOfMuLaw = lowOctets("g711/sweep-r.u");

/** The 16-bit samples that G.711 has for µ-law octets, from the ITU-T's own decoder. */
function linearOf(octets: Uint8Array): Int16Array {
  const linear = new Int16Array(256);
  for (const [n, octet] of octetsOfMuLaw.entries()) linear[octet] = samplesOfMuLaw[n] ?? 0;
  return Int16Array.from(octets, (octet) => linear[octet] ?? 0);
}

test("linear samples are coded in G.726 as the µ-law they came from, by one channel and by eight", () => {
  const codes = lowOctets("g726/rn32fm.i");
  const units = codes.length - (codes.length % 80);
  const packed = Uint8Array.from({ length: units / 2 }, (_, n) => (codes[2 * n] ?? 0) | ((codes[2 * n + 1] ?? 0) << 4));
  const encoder = new CodecRig("g726", "Encode", units);
  const channels = Array.from({ length: 8 }, () => encoder.open());
  const samples = linearOf(lowOctets("g726/nrm.m")).subarray(0, units);
  for (const channel of channels) encoder.put(channel, samples);
  for (const made of encoder.sideBySide(channels, units)) assert.deepEqual(made, packed);
  const alone = encoder.open();
  encoder.put(alone, samples);
  assert.deepEqual(encoder.alone(alone, units), packed);
});
