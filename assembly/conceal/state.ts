/**
 * What concealment remembers of one channel, for 8 and 16 kHz. Times are in samples; all buffers lie on 16 octets.
 *
 * ```text
 *   0 head | RING: what was played, 60 ms | LINE: the same in a row as the loss began, then 10 ms more | TAIL | COARSE
 * ```
 * The loop that a loss plays are the last one to three pitch periods before LINE_END; behind it lies its continuation,
 * so that 10 ms from any place of the loop on are read in a row.
 */

/** Octets of a channel's state, zeroed before concealOpen. */
export const CONCEAL_STATE = 4496;

/** Samples in 10 ms: 80 or 160. */
export const TEN_MS = 0;
/** Where the next sample goes, octets into RING. */
export const RING_AT = 4;
/** Samples lost in a row, at most 60 ms. */
export const MISSING = 8;
/** Pitch period, 5 to 15 ms. */
export const PITCH = 12;
/** Length of the loop: 1, 2 or 3 pitch periods. */
export const LOOP = 16;
/** Next sample to play of it. */
export const LOOP_AT = 20;

/** Octets of 60 ms at 8 kHz: the ring at 16 kHz is twice as long. */
export const RING_OCTETS = 960;
export const RING = 64;
/** Three of the longest pitch periods and a quarter of one, 48.75 ms, rounded up to eights. */
export const LINE_SAMPLES = 392;
/** Behind the longest line there is. */
export const LINE_END = 64 + 1920 + 1568;
/** A quarter of the longest pitch period, rounded up to eights: 64 samples. */
export const TAIL = LINE_END + 352;
/** What is crossfaded, 10 ms and up to eights: 168 samples. */
export const SPARE = TAIL + 128;
/** The last 35 ms at 4 kHz, 144 samples, and the energies of 44 lags. Used while the pitch is searched. */
export const COARSE = SPARE;
export const ENERGIES = COARSE + 288;
