/**
 * Working room of the side-by-side forms: what lies here is gone after a call. One region for all codecs, for only one
 * of them runs at a time.
 */
export const SCRATCH: usize = memory.data(26752, 16);

/** Ticks of 8 kHz done at once, at most; a multiple of 80. */
export const MOST_TICKS: i32 = 160;
