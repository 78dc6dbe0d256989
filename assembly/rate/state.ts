/** What the kernels of assembly/rate remember of one stream, in octets; zeroed by each …Open. */

/** 40 samples before, and 80 samples at 8 kHz. */
export const UP_STATE = 256;
/** 80 samples before, and 160 samples at 16 kHz. */
export const DOWN_STATE = 496;

/**
 * Drift of another clock:
 *
 * ```text
 *   0 position | 48 clock | 128 taps of two fractions | 320 samples: 16 before the position, a frame, a frame put behind it
 * ```
 */
export const DRIFT_STATE = 1792;

/** i64: fraction of a sample, Q32. */
export const FRACTION = 0;
/** i64: how much more than one sample a sample moves the position, Q32. */
export const STEP = 8;
/** Index of the sample at the position, and samples held. */
export const BASE = 16;
export const FILL = 20;
/** 1: the clocks agree, the fraction is to come to rest at 0. */
export const REST = 24;
/** 8000 or 16000. */
export const RATE = 28;

/** f64: samples between the two clocks beside what was learnt, smoothed. */
export const ERROR = 48;
/** f64: deviation of the other clock's rate, of 1: what the controller has integrated. */
export const INTEGRAL = 56;
/** f64: samples between the two clocks that are right, learnt. */
export const TARGET = 64;
/** f64: sum while it is learnt. */
export const LEARNING = 72;
/** Notes of the other clock since learning began. */
export const NOTES = 80;
/** 1: frames go to us at its pace, -1: from us. */
export const DIRECTION = 84;
/** µs: our last tick, the other clock's last note. */
export const TICK_TIME = 88;
export const NOTE_TIME = 92;
/** Notes in a row that are far from what is expected. */
export const OUTLIERS = 96;
/** Ticks in a row in which the clocks agreed. */
export const AGREED = 100;
/** DRIFT_… mode. */
export const MODE = 104;
/** 1 after the first tick. */
export const STARTED = 108;

export const TAPS_NOW = 128;
export const TAPS_THEN = 208;
export const SAMPLES = 320;
/** Room for samples. */
export const ROOM = 736;
/** Samples that the filters need before and after the position. */
export const BEFORE = 16;
export const AFTER = 18;
