/** Octets of a conference's state: the limiter's loss, and sums of at most 320 samples in 32 bits. */
export const MIX_STATE = 1296;
/** f32: 1 - gain. */
export const LOSS = 0;
/** i32: how often a frame of 20 ms is halved: 0, or 1 for frames of 10 ms. */
export const HALVED = 4;
export const SUMS = 16;
/** No conference has more. */
export const MOST_PARTIES = 16;
/** Sums up to here, of 32768, are never touched. */
export const KNEE = 30_000;
