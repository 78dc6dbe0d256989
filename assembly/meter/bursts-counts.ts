/** The counts of assembly/meter/bursts.ts: their places in its state, i32 each. */

/** Octets of the counts of one stream, zeroed when it begins. */
export const BURSTS_STATE = 48;

export const BURSTS_LOST = 0;
export const BURSTS_DISCARDED = 4;
/** Losses in a row are one run. */
export const BURSTS_RUNS = 8;
/** Of all bursts that are over: how many, packets in them, and losses among these. */
export const BURSTS_BURSTS = 12;
export const BURSTS_BURST_PACKETS = 16;
export const BURSTS_BURST_LOSSES = 20;
export const BURSTS_GAP_PACKETS = 24;
export const BURSTS_GAP_LOSSES = 28;
/** Since the last gap, up to the last loss: a burst if it is more than one loss. */
export const BURSTS_OPEN_PACKETS = 32;
export const BURSTS_OPEN_LOSSES = 36;
/** Received since the last loss. */
export const BURSTS_SINCE = 40;
