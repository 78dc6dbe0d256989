import type { Difference } from "./contract.ts";
import { bitsDifferent, frameSnr } from "./snr.ts";

/** Upper bounds of the steps of the distribution, dB; what is above the last is as good as equal. */
const STEPS_DB = [-5, 0, 5, 10, 15, 20, 25, 30, 34.9];

/** Sums of a comparison: numbers and lists of numbers only, so that two of them can be added (`added`). */
export interface DifferenceSums {
  frames: number;
  different: number;
  bits: number;
  bitsDifferent: number;
  sounding: number;
  snrSumDb: number;
  snrSteps: number[];
}

export function noDifference(): DifferenceSums {
  return {
    frames: 0,
    different: 0,
    bits: 0,
    bitsDifferent: 0,
    sounding: 0,
    snrSumDb: 0,
    snrSteps: [0, ...STEPS_DB].map(() => 0),
  };
}

/** One frame of samples of each. */
export function compareSamples(sums: DifferenceSums, live: Int16Array, candidate: Int16Array): void {
  compareOctets(sums, octetsOf(live), octetsOf(candidate));
  const dB = frameSnr(live, candidate);
  if (dB === null) return;
  sums.sounding++;
  sums.snrSumDb += dB;
  const found = STEPS_DB.findIndex((edge) => dB <= edge);
  const step = found < 0 ? STEPS_DB.length : found;
  sums.snrSteps[step] = (sums.snrSteps[step] ?? 0) + 1;
}

/** One frame of octets of each. */
export function compareOctets(sums: DifferenceSums, live: Uint8Array, candidate: Uint8Array): void {
  const different = bitsDifferent(live, candidate);
  sums.frames++;
  sums.bits += 8 * live.length;
  sums.bitsDifferent += different;
  if (different > 0) sums.different++;
}

export function showDifference(sums: DifferenceSums, ofSamples: boolean): Difference {
  const { frames, different, bits, bitsDifferent: differing, sounding, snrSumDb, snrSteps } = sums;
  const steps = snrSteps.map((count, step) => ({ upTo: STEPS_DB[step] ?? null, count }));
  return {
    frames,
    different,
    bits,
    bitsDifferent: differing,
    segmentalSnrDb: sounding === 0 ? null : Math.round((100 * snrSumDb) / sounding) / 100,
    snrStepsDb: ofSamples ? steps : [],
  };
}

function octetsOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
