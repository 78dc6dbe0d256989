/** State of a pair of tones (pair.ts), octets: phase, increment and peak, twice. */
export const TONE_PAIR_STATE = 32;
