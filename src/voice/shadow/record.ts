import { FRAME_OCTETS, FRAME_SLOTS } from "../../../assembly/endpoint-words.ts";
import { JITTER_STRIDE, KERNEL_JITTER_SIZE, KERNEL_METER_SIZE, MAX_FRAME_OCTETS } from "../../../assembly/layout.ts";

/**
 * One tick of one followed stream, in words:
 *
 *   length | place | stream | flags | periods | packets | the endpoint's control and state words after the tick |
 *   its frame's octets, when they came | its frame's samples, when it was decoded | packets: length, arrival, octets …
 *
 * Or, of a stream in the middle of its session, where it is:
 *
 *   length … | words | its last frames, coded | its meters | what its jitter buffer has learnt, and holds
 */
export const RECORD_LENGTH = 0;
/** Which of the streams that are followed at a time. */
export const RECORD_PLACE = 1;
export const RECORD_STREAM = 2;
export const RECORD_FLAGS = 3;
/** The session's first tick. */
export const FLAG_FIRST = 1;
/** The stream is followed no further; nothing else is said. */
export const FLAG_END = 2;
export const FLAG_CODED = 4;
export const FLAG_LINEAR = 8;
/** No tick, but where the stream is after one. */
export const FLAG_STATE = 16;
export const RECORD_PERIODS = 4;
export const RECORD_PACKETS = 5;
export const RECORD_BLOCK = 6;
export const BLOCK_WORDS = FRAME_OCTETS / 4;
/** Of the octets, and of the samples, whatever the format. */
export const FRAME_WORDS = MAX_FRAME_OCTETS / 4;
export const SLOTS_WORDS = (FRAME_SLOTS * MAX_FRAME_OCTETS) / 4;
export const METER_WORDS = KERNEL_METER_SIZE / 4;
export const LEARNT_WORDS = KERNEL_JITTER_SIZE / 4;
export const JITTER_WORDS = JITTER_STRIDE / 4;
/** Before a packet's octets: length in octets, and arrival. */
export const PACKET_WORDS = 2;

/** A record, read. Views are good until the ring goes on. */
export class TickRecord {
  readonly words: Int32Array;
  readonly octets: Uint8Array;

  constructor(words: Int32Array) {
    this.words = words;
    this.octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  }

  has(flag: number): boolean {
    return ((this.words[RECORD_FLAGS] ?? 0) & flag) !== 0;
  }

  word(at: number): number {
    return this.words[at] ?? 0;
  }

  /** A word of the endpoint's block, by its offset in octets. */
  blockWord(offset: number): number {
    return this.words[RECORD_BLOCK + (offset >> 2)] ?? 0;
  }

  /** The endpoint's block. */
  get block(): Int32Array {
    return this.words.subarray(RECORD_BLOCK, RECORD_BLOCK + BLOCK_WORDS);
  }

  /** The frame's octets; meaningful with FLAG_CODED. */
  coded(length: number): Uint8Array {
    const at = 4 * (RECORD_BLOCK + BLOCK_WORDS);
    return this.octets.subarray(at, at + length);
  }

  /** The frame's samples as octets; meaningful with FLAG_LINEAR. */
  linear(length: number): Uint8Array {
    const at = 4 * (RECORD_BLOCK + BLOCK_WORDS + (this.has(FLAG_CODED) ? FRAME_WORDS : 0));
    return this.octets.subarray(at, at + length);
  }

  /** The last frames, coded; meaningful with FLAG_STATE. */
  get slots(): Int32Array {
    const at = RECORD_BLOCK + BLOCK_WORDS;
    return this.words.subarray(at, at + SLOTS_WORDS);
  }

  /** Meaningful with FLAG_STATE. */
  get meters(): Int32Array {
    const at = RECORD_BLOCK + BLOCK_WORDS + SLOTS_WORDS;
    return this.words.subarray(at, at + METER_WORDS);
  }

  /** Meaningful with FLAG_STATE. */
  get learnt(): Int32Array {
    const at = RECORD_BLOCK + BLOCK_WORDS + SLOTS_WORDS + METER_WORDS;
    return this.words.subarray(at, at + LEARNT_WORDS);
  }

  /** Meaningful with FLAG_STATE. */
  get jitter(): Int32Array {
    const at = RECORD_BLOCK + BLOCK_WORDS + SLOTS_WORDS + METER_WORDS + LEARNT_WORDS;
    return this.words.subarray(at, at + JITTER_WORDS);
  }

  forEachPacket(take: (datagram: Uint8Array, arrival: number) => void): void {
    let at = RECORD_BLOCK + BLOCK_WORDS;
    if (this.has(FLAG_CODED)) at += FRAME_WORDS;
    if (this.has(FLAG_LINEAR)) at += FRAME_WORDS;
    for (let n = 0; n < this.word(RECORD_PACKETS); n++) {
      const length = this.word(at);
      take(this.octets.subarray(4 * (at + PACKET_WORDS), 4 * (at + PACKET_WORDS) + length), this.word(at + 1));
      at += PACKET_WORDS + ((length + 3) >> 2);
    }
  }
}
