import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCodec } from "../../../src/voice/plugin/check/kit.ts";
import { type Flaw, flawedCodec } from "./flawed-codec.ts";

/** In which check each flaw is told, and how. */
const told: readonly (readonly [flaw: Flaw, check: string, says: RegExp])[] = [
  ["directions share a state", "two directions", /^encoder and decoder disturb each other, keep all in the state/],
  ["reads behind its samples", "determinism", /^it reads octets that nobody gave it, behind its input or its state/],
  ["reads behind its state", "determinism", /^it reads octets that nobody gave it, behind its input or its state/],
  ["looks not at the length", "fuzz", /^decode makes of \d+ octets what depends on those behind .*look at the length/],
  ["leaves an octet unwritten", "determinism", /leaves some of a frame unwritten/],
  ["counts its calls", "opened again", /^opened again it goes on where it was: .*\(octets of frame \d+\)$/],
  ["keeps what was heard", "opened again", /^opened again it goes on where it was: .*\(sample 0 of what is heard\)$/],
  ["wraps around", "full scale", /come back with the other sign: .*limit it to -32768 and 32767$/],
  ["moves the mean", "silence", /^silence comes back as 20\d, which is not its mean: the most is 64/],
  [
    "never forgets a loss",
    "loss",
    /^after losses speech stays at an SNR of -?[\d.]+ dB, not [\d.]+: let the state leak/,
  ],
  ["is lost to a root of less than nothing", "full scale", /^after full scale speech stays .*keep NaN out$/],
  ["is louder", "speech", /what was said comes back [\d.]+ dB louder, the most is 1 dB$/],
  ["tells frames too large", "frame octets", /^every frame has 80 octets, codec_frame_octets tells 640: tell 80/],
  ["tells another clock", "RTP clock", /^codec_clock_rate tells 16000, with 8000 samples\/s: write 8000/],
  ["swaps octets of samples", "speech", /the least SNR is 3 dB; the two octets of each sample .* little-endian$/],
  ["turns the sign", "speech", /the least SNR is 3 dB; the sign of the samples is turned$/],
  ["takes codes the wrong way round", "speech", /look at the order of the codes in an octet$/],
  ["forgets the last sample", "speech", /sample 159 of every frame is wrong, counted from 0$/],
  ["is slow when it is loud", "full scale", /^encode ran for more than 1000000 instructions and was stopped$/],
  ["makes up louder and louder", "loss", /^of 50 frames lost in a row number \d+ is louder than all that was said$/],
  ["writes behind its state in silence", "bounds kept", /^it writes behind the 12 octets of the encoder's state$/],
];

test("the codec is good without a flaw", () => {
  const { good, checks } = checkCodec(flawedCodec("none"));
  assert.ok(good, JSON.stringify(checks.filter((check) => !check.good)));
});

for (const [flaw, check, says] of told)
  test(`a codec that ${flaw.replace("directions share", "has its directions share")} is told in "${check}"`, () => {
    const { good, checks } = checkCodec(flawedCodec(flaw));
    assert.equal(good, false);
    assert.match(checks.find(({ name }) => name === check)?.found ?? "", says, JSON.stringify(checks));
  });

test("what one flaw spoils in many checks is told once", () => {
  const { checks } = checkCodec(flawedCodec("is slow when it is loud"));
  const failed = checks.filter(({ good }) => !good).map(({ found }) => found);
  assert.equal(failed.filter((found) => found.startsWith("encode ran")).length, 1);
  assert.ok(failed.includes('as in "full scale"'));
});
