/**
 * What the jitter buffer of a stream has learnt of the network: the places in its block at KERNEL_JITTER, i32 unless said.
 * Delays and depths are in units of 125 µs whatever the RTP clock, and count from the fastest path: what a packet of the
 * last seconds took at least. src/voice/stream-quality.ts reads them.
 */

/** How long a packet of the fastest path waits, and how long it should. */
export const DEPTH_NOW = 0;
export const DEPTH_TARGET = 4;
/** The shallowest and the deepest since the session began. */
export const DEPTH_LEAST = 8;
export const DEPTH_MOST = 12;
/** 1 = deeper, -1 = shallower, 0 = as it is; and for how long that has been so. */
export const DEPTH_WISH = 16;
export const DEPTH_WAITED = 20;
/** Frames put in, and frames left out, to get there. */
export const DEPTH_INSERTED = 24;
export const DEPTH_DROPPED = 28;
/** CONTROL_NETWORK of which all this was learnt, plus one; 0 = nothing has been learnt. */
export const DEPTH_NETWORK = 32;
/** The loudest frame seen while a frame was to be put in or left out, mean square. */
export const DEPTH_LOUDEST = 36;

/** Delay of the fastest packet of the window that runs. */
export const LEARN_FASTEST = 40;
/** Time since the last period ended; periods and packets of the window; packets of the period. */
export const LEARN_ELAPSED = 44;
export const LEARN_PERIODS = 48;
export const LEARN_WINDOW_PACKETS = 52;
export const LEARN_PACKETS = 56;
/** The step of delay that all but 2.5 % of the packets keep to. */
export const LEARN_TAIL = 60;
/** The delay of a spike, how long it is remembered, and 1 when it was not the first. */
export const LEARN_PEAK = 64;
export const LEARN_PEAK_LEFT = 68;
export const LEARN_PEAK_AGAIN = 72;
/** 1 once the depth is that of voice-band data, which does not change any more. */
export const DEPTH_HELD = 76;
/** u16 each: how many packets came with so many steps of delay, the newer ones counting more. */
export const LEARN_COUNTS = 80;
export const LEARN_STEPS = 32;
export const DEPTH_STATE = LEARN_COUNTS + 2 * LEARN_STEPS;
