/** State of a fax detector, octets from its address: words, then a run of the tone at 1100 Hz and one at 2100 Hz. */

/** Samples of a step: 5 ms at 8 kHz. */
export const STEP = 40;

/** Peak of the energy, falling away in 50 ms, now and three steps ago. */
export const PEAK = 0;
export const PEAK_BEFORE = 4;
/** Steps of quiet still wanted behind a burst of 1100 Hz, and the energy that is quiet. */
export const QUIET_STEPS = 16;
export const QUIET_ENERGY = 20;
/** What was told of the run of 2100 Hz: 0, 2 or 3. */
export const TOLD = 24;
/** Steps since the last phase reversal, -1 = none in this run. */
export const SINCE_REVERSAL = 28;
/** Sum of amplitudes of the run, and their correlation with 15 Hz. */
export const AMPLITUDES = 32;
export const SWING = 36;

export const RUN_CNG = 48;
export const RUN_CED = 112;
// Of a run.
/** Steps with the tone, and steps without it since. */
export const PRESENT = 0;
export const ABSENT = 4;
/** Power it has had lately. */
export const POWER = 8;
/** Sum of the turns from step to step, and of their lengths. */
export const TURN = 12;
export const TURN_LENGTH = 20;
/** Transform of the last step and of the one before. */
export const LAST = 24;
export const LAST_BUT_ONE = 32;
/** 1 when the last step had the tone. */
export const WAS_PRESENT = 40;
/** PEAK before the run began. */
export const PEAK_AT_START = 44;
/** Mean energy of its steps. */
export const ENERGY = 48;

export const FAX_DETECT_STATE = 176;
