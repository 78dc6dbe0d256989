/** Where everything lies in the state of one echo canceller. Numbers are f32 unless said. */

/** Samples of a block, 10 ms: the filter is applied and adapted once for each. */
export const BLOCK: i32 = 80;
/** Taps of one partition: two blocks, so that each takes every second of the kept far-end spectra. */
export const PARTITION: i32 = 160;

/** i32: taps in all, partitions, spectrum of the newest far end (0 … 2·partitions-1), ECHO_NLP | ECHO_ADAPT. */
export const TAPS: usize = 0;
export const PARTITIONS: usize = 4;
export const SLOT: usize = 8;
export const ENABLED: usize = 12;
/** i32: blocks since the far end was last heard; blocks of narrow-band far end in a row; next partition to constrain. */
export const QUIET: usize = 16;
export const NARROW: usize = 20;
export const TURN: usize = 24;
/** i32: what the last block was, as echoFrame's flags. */
export const FOUND: usize = 28;

/** Offset of the near end, slow mean. */
export const OFFSET: usize = 32;
/** Sums of squares over the last block: near end, what was cancelled from it, what is left. */
export const NEAR_POWER: usize = 36;
export const ECHO_POWER: usize = 40;
export const LEFT_POWER: usize = 44;
/** Sum of the products of what was cancelled and what is left; all four smoothed. */
export const CROSS: usize = 48;
export const NEAR_SLOW: usize = 52;
export const ECHO_SLOW: usize = 56;
export const LEFT_SLOW: usize = 60;
export const CROSS_SLOW: usize = 64;
/** Echo power held, residual to echo, gain of the last block, power of the comfort noise; i32: blocks to pass. */
export const ECHO_HELD: usize = 68;
export const RESIDUAL: usize = 72;
export const GAIN: usize = 76;
export const NOISE_POWER: usize = 80;
export const PASS: usize = 84;
/** Power of a block of the far end, held. */
export const FAR_HELD: usize = 88;
/** 1 while the near end passes untouched, because the filter would make it louder; else 0. */
export const HARMLESS: usize = 92;
/** i32: four random numbers. */
export const RANDOM: usize = 96;
/** For each partition, at most eight: root of the filter's energy, then its share of the adaption, 1 on average. */
export const STRENGTH: usize = 112;
export const SHARE: usize = 144;
/** What is left, smoothed; the least of that lately and before; i32: blocks the former is old. */
export const LEFT_SMOOTH: usize = 176;
export const LEAST_NOW: usize = 180;
export const LEAST_BEFORE: usize = 184;
export const LEAST_AGE: usize = 188;

/** i16: the last 256 samples of the far end. */
export const FAR: usize = 256;
/** 80 numbers: the echo as estimated, then what is left without it. */
export const LEFT: usize = FAR + 512;
/** Spectra (transform.ts): room for three, the echo, what is left. */
export const FROM: usize = LEFT + 320;
export const WORK: usize = FROM + 1024;
export const ECHO_SPECTRUM: usize = WORK + 2048;
export const LEFT_SPECTRUM: usize = ECHO_SPECTRUM + 1024;
/** 128 numbers each: power of the residual echo as expected, of what is left, of the near end's background. */
export const EXPECTED: usize = LEFT_SPECTRUM + 1024;
export const LEFT_PSD: usize = EXPECTED + 512;
export const NOISE_PSD: usize = LEFT_PSD + 512;
/** 80 numbers: the fading end of the comfort noise of the block before. */
export const NOISE_TAIL: usize = NOISE_PSD + 512;
export const FIXED: usize = NOISE_TAIL + 320;

/** After FIXED, for each partition: two far-end spectra; the filter's spectrum; the variance of its error; both saved. */
export const PER_PARTITION: usize = 2 * 1024 + 2 * (1024 + 512);

export function farSpectra(state: usize): usize {
  return state + FIXED;
}

export function filterOf(state: usize, partitions: i32): usize {
  return state + FIXED + usize(partitions) * 2048;
}

export function varianceOf(state: usize, partitions: i32): usize {
  return state + FIXED + usize(partitions) * 3072;
}

/** The filter and its variance as they were before a narrow-band far end. */
export function savedOf(state: usize, partitions: i32): usize {
  return state + FIXED + usize(partitions) * 3584;
}
