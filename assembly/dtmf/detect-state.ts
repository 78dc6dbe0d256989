/**
 * State of a DTMF detector, octets from its address.
 *
 *   words | events told | powers of the last 4 blocks (8 frequencies each) | energies | folded block | last 3 blocks
 */

/** Samples of a block: 10 ms at 8 kHz. */
export const BLOCK = 80;
/** Octets of a block. */
export const BLOCK_OCTETS = 160;

/** 0 only listens, 1 blanks keys in place, 2 the same with a delay of one block. */
export const MODE = 0;
/** Blocks seen, up to KEPT_BLOCKS. */
export const SEEN = 4;
/** Place of the newest block in SAMPLES, 0 … 2. */
export const PLACE = 8;
/** Row of the newest block in POWERS, 0 … 3. */
export const ROW = 12;
/** Key that is down: row * 4 + column of the keypad, -1 = none. */
export const KEY = 16;
/** Its power in the low and the high group when it is wholly there. */
export const KEY_LOW = 20;
export const KEY_HIGH = 24;
/** How long it has been there, samples. */
export const KEY_ON = 28;
/** How long it has been away since it was last seen whole: sound taken off, samples. */
export const KEY_AWAY = 32;
/** The same without regard to what little was heard, samples. */
export const KEY_GAP = 36;
/** Key that was seen whole but not yet for long enough. */
export const CANDIDATE = 40;
export const CANDIDATE_LOW = 44;
export const CANDIDATE_HIGH = 48;
export const CANDIDATE_ON = 52;
/** ms of the key whose end was told last; of a key that has just begun, what was heard of it. */
export const DTMF_DURATION = 56;
/** 1 when the newest block was blanked, 1 when the one before it holds the beginning of the same key. */
export const BLANKED = 60;
export const BEGAN_BEFORE = 64;
/** Events not yet returned: number, then (word, ms) each. */
export const TOLD = 68;
export const TOLD_LIST = 72;
export const TOLD_MAX = 4;

export const POWERS = 112;
export const KEPT_ROWS = 4;
export const POWERS_STRIDE = 32;
export const ENERGIES = POWERS + KEPT_ROWS * POWERS_STRIDE;
export const FOLDED = ENERGIES + 16;
export const SAMPLES = FOLDED + BLOCK_OCTETS;
export const KEPT_BLOCKS = 3;
export const DTMF_DETECT_STATE = 896;
