import * as words from "../../../assembly/endpoint-words.ts";
import { codedFrame, linearAddress } from "./frames.ts";
import type { Player } from "./player.ts";
import { FLAG_CODED, FLAG_LINEAR, type TickRecord } from "./record.ts";

/** Words of the jitter buffer and of the meters that are the same whoever listens to the stream. */
const compared: readonly (readonly [string, number])[] = [
  ["format", words.INPUT_FORMAT],
  ["frames missed", words.INPUT_MISSES],
  ["jitter buffer started", words.JITTER_STARTED],
  ["playout", words.JITTER_PLAYOUT],
  ["newest packet", words.JITTER_NEWEST],
  ["packets received", words.METER_RECEIVED],
  ["packets late", words.METER_LATE],
  ["packets twice", words.METER_DUPLICATES],
  ["frames concealed", words.METER_CONCEALED],
];

/**
 * Whether the live module, given the same again, does the same. Samples are compared as long as the live path decoded every
 * frame since the stream was silent last: a decoder that has slept while octets passed is not where ours is.
 */
export class SameAgain {
  #heardAll = true;

  /** A session begins, or is joined in its middle. */
  begin(joined: boolean): void {
    this.#heardAll = !joined;
  }

  /** What differs, in words; null when nothing does. */
  difference(tick: TickRecord, again: Player): string | null {
    const kind = tick.blockWord(words.INPUT_KIND);
    const ours = again.word(words.INPUT_KIND) & ~words.INPUT_LINEAR;
    const linear = tick.has(FLAG_LINEAR);
    if (kind === words.INPUT_SILENCE) this.#heardAll = true;
    else if (!linear) this.#heardAll = false;
    if ((kind & ~words.INPUT_LINEAR) !== ours) return `kind of the frame: ${kind & ~words.INPUT_LINEAR}, then ${ours}`;
    for (const [name, word] of compared)
      if (tick.blockWord(word) !== again.word(word))
        return `${name}: ${tick.blockWord(word)}, then ${again.word(word)}`;
    if (tick.has(FLAG_CODED)) {
      const octets = codedFrame(again.map, again.stream);
      if (Buffer.compare(octets, tick.coded(octets.length)) !== 0) return "octets of the frame";
    }
    if (!linear || !this.#heardAll) return null;
    const length = again.linear.byteLength;
    const at = linearAddress(again.stream);
    return Buffer.compare(again.map.octets.subarray(at, at + length), tick.linear(length)) === 0
      ? null
      : "samples of the frame";
  }
}
