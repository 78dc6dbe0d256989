/**
 * A ring of samples between the tick and a file: one writer, one reader, neither ever waits. It lies anywhere in shared
 * memory, at a multiple of 64; indices run free and wrap at 2^32. Both ends use this file.
 *
 * ```text
 *   0 capacity | 64 written, lost, ended (the writer's) | 128 read, dry (the reader's) | 192 samples, 16 bits each
 * ```
 */

/** Samples, a power of two. */
export const TAP_CAPACITY = 0;
export const TAP_WRITTEN = 64;
/** Samples that found no room. */
export const TAP_LOST = 68;
/** 1: the writer writes no more. */
export const TAP_ENDED = 72;
export const TAP_READ = 128;
/** Samples that were wanted and not there. */
export const TAP_DRY = 132;
export const TAP_DATA = 192;
