/**
 * What is measured of one endpoint besides RFC 3550's counts: the places in its block at KERNEL_METER, after the counts
 * of bursts-counts.ts. i32 unless said; zeroed when the session begins. src/voice/stream-quality.ts reads them.
 */

/** u64: bit n = the turn n frames ago had nothing to play, and that was counted as lost. */
export const STREAM_MISSED = 48;
/** RTP timestamp after the last turn. */
export const STREAM_TURN_TO = 56;
/** RTP timestamp of the packet that the jitter buffer began with: what would be before it never was. */
export const STREAM_FIRST = 60;
/** Turns in a row with nothing to play and nothing newer received: a pause until the sequence numbers say it was loss. */
export const STREAM_PENDING = 64;
/** Losses by sequence number that no turn will show: of before the jitter buffer began. */
export const STREAM_UNSEEN = 68;
/** RTP units between arrival and playing, times 16, smoothed. */
export const STREAM_WAIT = 72;
/** Frames heard as samples that were louder than the background; f64: sum of their mean squares. */
export const STREAM_LOUD_FRAMES = 80;
export const STREAM_LOUD_POWER = 88;
/** Copies of packets that had been played. */
export const STREAM_COPIES = 84;
/** RTP units of a turn: a packet's when that is several frames, else a frame's. 0 = not known. */
export const STREAM_TURN = 128;
/** Frames with an echo to measure; f64 each: mean squares of what was played, of what came back, of what was left. */
export const STREAM_ECHO_FRAMES = 96;
export const STREAM_ECHO_FAR = 104;
export const STREAM_ECHO_NEAR = 112;
export const STREAM_ECHO_LEFT = 120;
