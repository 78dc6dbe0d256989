/**
 * What the meter of active speech (assembly/meter/level-speech.ts) remembers, in octets:
 * 16 samples left in which a threshold still counts (16 bits each), 16 counts (32 bits each).
 */
export const SPEECH_STATE = 144;
/** f64: the envelope, smoothed once and twice; sum of squares. */
export const ONCE = 0;
export const TWICE = 8;
export const SQUARES = 16;
/** f64: samples seen. */
export const SEEN = 24;
/** f64: what is kept of the envelope from one sample to the next. */
export const KEPT = 32;
/** Samples for which a threshold counts on after it was reached. */
export const HANGOVER = 40;
/** Greatest magnitude seen. */
export const PEAK = 44;
export const LEFT = 48;
export const COUNTS = 80;
