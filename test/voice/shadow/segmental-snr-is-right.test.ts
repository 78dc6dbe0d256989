import assert from "node:assert/strict";
import { test } from "node:test";
import { bitsDifferent, frameSnr } from "../../../src/voice/shadow/snr.ts";
import { compareOctets, compareSamples, noDifference, showDifference } from "../../../src/voice/shadow/tally.ts";

const SAMPLES = 160;

/** 1 kHz at 8000 samples/s: a frame has twenty whole periods. */
function sine(peak: number, shift = 0): Int16Array {
  return Int16Array.from({ length: SAMPLES }, (_, n) => Math.round(peak * Math.sin((Math.PI * n) / 4)) + shift);
}

function near(dB: number | null, expected: number): void {
  assert.ok(dB !== null && Math.abs(dB - expected) < 0.02, `${dB} dB instead of ${expected}`);
}

test("a constant added to a sine has the ratio that their powers have", () => {
  // Of the sine half the square of its peak, of the constant its square.
  near(frameSnr(sine(10_000), sine(10_000, 1000)), 10 * Math.log10(50));
  near(frameSnr(sine(10_000), sine(10_000, 10_000)), 10 * Math.log10(0.5));
});

test("a sine at half its level is 6.02 dB away, upside down -6.02 dB, and one with silence 0 dB", () => {
  near(frameSnr(sine(10_000), sine(5000)), 20 * Math.log10(2));
  near(frameSnr(sine(10_000), sine(-10_000)), -20 * Math.log10(2));
  near(frameSnr(sine(10_000), new Int16Array(SAMPLES)), 0);
});

test("a frame's ratio lies between -10 and 35 dB, and equal ones have 35", () => {
  assert.equal(frameSnr(sine(10_000), sine(10_000)), 35);
  assert.equal(frameSnr(sine(10_000), sine(10_000, 1)), 35);
  assert.equal(frameSnr(sine(100), sine(30_000)), -10);
});

test("a frame quieter than -50 dBm0 has no ratio", () => {
  // A sine of 32768 has +3.14 dBm0.
  const peakAt = (dBm0: number) => 32_768 * 10 ** ((dBm0 - 3.14) / 20);
  assert.equal(frameSnr(sine(peakAt(-50.5)), sine(peakAt(-40))), null);
  assert.notEqual(frameSnr(sine(peakAt(-49.5)), sine(peakAt(-40))), null);
});

test("bits are counted one by one, and what only one side has is different", () => {
  const octets = (...all: number[]) => Uint8Array.from(all);
  assert.equal(bitsDifferent(octets(0x00, 0xff, 0x0f), octets(0x00, 0xfe, 0xf0)), 9);
  assert.equal(bitsDifferent(octets(1, 2, 3), octets(1)), 16);
  assert.equal(bitsDifferent(octets(), octets(7, 7)), 16);
});

test("the mean is over frames with sound only, and each falls into a step", () => {
  const sums = noDifference();
  compareSamples(sums, sine(10_000), sine(10_000));
  compareSamples(sums, sine(10_000), sine(5000));
  compareSamples(sums, new Int16Array(SAMPLES), sine(10_000));
  const shown = showDifference(sums, true);
  assert.deepEqual([shown.frames, shown.different, shown.bits], [3, 2, 3 * 16 * SAMPLES]);
  assert.equal(shown.segmentalSnrDb, Math.round(100 * ((35 + 20 * Math.log10(2)) / 2)) / 100);
  const filled = shown.snrStepsDb.filter(({ count }) => count > 0);
  assert.deepEqual(filled, [
    { upTo: 10, count: 1 },
    { upTo: null, count: 1 },
  ]);
});

test("octets have bits and no ratio", () => {
  const sums = noDifference();
  compareOctets(sums, Uint8Array.from([1, 2]), Uint8Array.from([1, 3]));
  const { bits, bitsDifferent: differing, segmentalSnrDb, snrStepsDb } = showDifference(sums, false);
  assert.deepEqual([bits, differing, segmentalSnrDb, snrStepsDb], [16, 1, null, []]);
});
