import type { ChannelFrame, VoiceFrame } from "../../vendor/reference/wire/voice-frame.ts";

/** Depth of the FIFOs, both ways, in frames. */
export const FIFO_FRAMES = 5;
const START_AT = 2;

/** OUT frames on their way to the codecs. docs/device-protocol.md §5.1 rule 3 */
export class PlayOut {
  readonly #fifo: VoiceFrame[] = [];
  #playing = false;
  #mirror = 0xffff;
  #dropped = 0;
  #underruns = 0;
  /** Since last asked. */
  #ranEmpty = false;
  #ranOver = false;

  get fill(): number {
    return this.#fifo.length;
  }

  /** Sequence of the last frame that went to the codecs, 0xFFFF before the first. */
  get mirror(): number {
    return this.#mirror;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get underruns(): number {
    return this.#underruns;
  }

  /** Empties it; the figures stay. */
  empty(): void {
    this.#fifo.length = 0;
    this.#playing = false;
    this.#ranEmpty = false;
    this.#ranOver = false;
  }

  clear(): void {
    this.empty();
    this.#mirror = 0xffff;
    this.#dropped = 0;
    this.#underruns = 0;
  }

  push(frame: VoiceFrame): void {
    this.#fifo.push(frame);
    if (this.#fifo.length <= FIFO_FRAMES) return;
    this.#fifo.shift();
    this.#dropped++;
    this.#ranOver = true;
  }

  /** The channels of the frame to be played now; none while it fills. */
  next(): readonly ChannelFrame[] {
    if (!this.#playing && this.#fifo.length < START_AT) return [];
    const frame = this.#fifo.shift();
    this.#playing = frame !== undefined;
    if (frame === undefined) {
      this.#ranEmpty = true;
      this.#underruns++;
      return [];
    }
    this.#mirror = frame.sequence;
    return frame.channels;
  }

  /** What went wrong since the last call. */
  report(): { readonly underrun: boolean; readonly overflow: boolean } {
    const report = { underrun: this.#ranEmpty, overflow: this.#ranOver };
    this.#ranEmpty = false;
    this.#ranOver = false;
    return report;
  }
}
