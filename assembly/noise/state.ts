/** What comfort noise and voice activity detection remember of one channel; addresses in a state, all on 4 octets. */

/** Octets of the comfort noise of a channel, both directions, zeroed before noiseOpen. */
export const NOISE_STATE = 592;
/** Octets of the voice activity of a channel, zeroed before vadOpen. */
export const VAD_STATE = 64;

/** RFC 3389 has no limit; more than ten coefficients say nothing of noise at 8 kHz. */
export const MOST_COEFFICIENTS = 10;

/** Last random number, never 0. */
export const RANDOM = 0;
/** RMS of what is played now, and where it is going. */
export const RMS = 4;
export const RMS_TARGET = 8;
/** How many of the filter's stages do anything. */
export const ORDER = 12;
/** Reflection coefficients, ten each: of now, where they are going, the filter's memory, and sqrt(1 - k^2). */
export const COEFFICIENTS = 16;
export const COEFFICIENT_TARGETS = 56;
export const BACKWARD = 96;
export const COSINES = 192;
/** Autocorrelation at 0 … 10 of what was heard, of 160 samples; 0 at first: nothing was heard. */
export const HEARD = 144;
/** Zeros, then 160 samples that are listened to; also where noiseMake reckons. */
export const ROOM = 240;
export const ROOM_ZEROS = 32;
