import { UpperHalf } from "./upper-half.ts";
import { type ReplayOptions, type ReplayResult, replayInto } from "./vendor/recorder/replay.ts";

/**
 * Runs a flight recording through a fresh upper half and compares every command, byte for byte.
 * @throws Error with a sentence when the journal can not be read
 */
export function replayJournal(path: string, options: ReplayOptions = {}): Promise<ReplayResult> {
  return replayInto(new UpperHalf(), path, options);
}
