import * as words from "../../../assembly/endpoint-words.ts";
import * as layout from "../../../assembly/layout.ts";
import { endpointAddress, kernelAddress, type VoiceMap } from "../map.ts";
import { slotOctets } from "./frames.ts";
import * as record from "./record.ts";
import type { RecordRing } from "./ring.ts";

/** Copies from the live map into the ring, in the voice worker: nothing is allocated, and the map is only read. */
export class TickCopy {
  readonly #ring: RecordRing;
  readonly #map: Int32Array;
  #waiting = 0;
  #periods = 1;

  constructor(map: VoiceMap, ring: RecordRing) {
    this.#ring = ring;
    this.#map = new Int32Array(map.memory.buffer);
  }

  /** Just before the tick, which empties the packets' slots but leaves their octets. */
  before(periods: number): void {
    this.#periods = periods;
    this.#waiting = Math.min(this.#word(layout.HEADER_RTP_IN), layout.RTP_IN_SLOTS);
  }

  isOpen(stream: number): boolean {
    return stream < this.#word(layout.HEADER_RTP) && this.#word(endpointAddress(stream) + words.CONTROL_OPEN) !== 0;
  }

  /** A frame of its codec is one of the tick's: a part of one, or two, are nothing to compare with. */
  isInTicks(stream: number): boolean {
    const format = this.#word(endpointAddress(stream) + words.CONTROL_FORMAT);
    if (format < layout.FORMAT_PLUGIN) return true;
    const codec = layout.HEADER_CODECS + (format - layout.FORMAT_PLUGIN) * layout.CODEC_STRIDE;
    return this.#word(codec + layout.CODEC_TIME) === this.#word(layout.HEADER_FRAME);
  }

  /** The stream is followed no further. Without room for it the place's next session says the same by its first tick. */
  writeEnd(place: number, stream: number): void {
    const at = this.#ring.reserve(record.RECORD_BLOCK);
    if (at < 0) return;
    this.#head(at, record.RECORD_BLOCK, place, stream, record.FLAG_END);
    this.#ring.publish(record.RECORD_BLOCK);
  }

  /** Where the stream is in the middle of its session, after a tick. False when there is no room. */
  writeState(place: number, stream: number): boolean {
    const frames = record.SLOTS_WORDS + record.METER_WORDS + record.LEARNT_WORDS + record.JITTER_WORDS;
    const length = record.RECORD_BLOCK + record.BLOCK_WORDS + frames;
    const at = this.#ring.reserve(length);
    if (at < 0) return false;
    const from = endpointAddress(stream);
    this.#head(at, length, place, stream, record.FLAG_STATE);
    const slots = this.#copy(from, at + record.RECORD_BLOCK, record.BLOCK_WORDS);
    const meters = this.#copy(from + words.FRAME_OCTETS, slots, record.SLOTS_WORDS);
    const learnt = this.#copy(kernelAddress(stream, layout.KERNEL_METER), meters, record.METER_WORDS);
    const jitter = this.#copy(kernelAddress(stream, layout.KERNEL_JITTER), learnt, record.LEARNT_WORDS);
    this.#copy(layout.JITTER_OFFSET + stream * layout.JITTER_STRIDE, jitter, record.JITTER_WORDS);
    this.#ring.publish(length);
    return true;
  }

  /** What the stream got, and what the tick made of it. False when there is no room. */
  writeTick(place: number, stream: number, first: boolean): boolean {
    const from = endpointAddress(stream);
    const kind = this.#word(from + words.INPUT_KIND);
    const coded = (kind & words.INPUT_CODED) !== 0;
    const linear = (kind & words.INPUT_LINEAR) !== 0;
    const packets = this.#packetWords(stream);
    const frames = (coded ? record.FRAME_WORDS : 0) + (linear ? record.FRAME_WORDS : 0);
    const length = record.RECORD_BLOCK + record.BLOCK_WORDS + frames + packets;
    const at = this.#ring.reserve(length);
    if (at < 0) return false;
    const flags = (coded ? record.FLAG_CODED : 0) | (linear ? record.FLAG_LINEAR : 0);
    this.#head(at, length, place, stream, flags | (first ? record.FLAG_FIRST : 0));
    let to = this.#copy(from, at + record.RECORD_BLOCK, record.BLOCK_WORDS);
    if (coded) to = this.#copy(this.#codedFrame(from), to, record.FRAME_WORDS);
    if (linear) to = this.#copy(from + words.FRAME_LINEAR, to, record.FRAME_WORDS);
    this.#ring.words[at + record.RECORD_PACKETS] = this.#copyPackets(stream, to);
    this.#ring.publish(length);
    return true;
  }

  #head(at: number, length: number, place: number, stream: number, flags: number): void {
    const to = this.#ring.words;
    to[at + record.RECORD_LENGTH] = length;
    to[at + record.RECORD_PLACE] = place;
    to[at + record.RECORD_STREAM] = stream;
    to[at + record.RECORD_FLAGS] = flags;
    to[at + record.RECORD_PERIODS] = this.#periods;
    to[at + record.RECORD_PACKETS] = 0;
  }

  /** Octets of the newest frame that came. */
  #codedFrame(endpoint: number): number {
    const slot = this.#word(endpoint + words.INPUT_SLOT) * slotOctets(this.#word(layout.HEADER_FRAME));
    return endpoint + words.FRAME_OCTETS + slot;
  }

  #packetWords(stream: number): number {
    let length = 0;
    for (let n = 0; n < this.#waiting; n++) {
      const slot = layout.RTP_IN_OFFSET + n * layout.RTP_IN_STRIDE;
      if (this.#word(slot + layout.SLOT_ENDPOINT) === stream)
        length += record.PACKET_WORDS + ((this.#lengthOf(slot) + 3) >> 2);
    }
    return length;
  }

  #copyPackets(stream: number, at: number): number {
    let to = at;
    let packets = 0;
    for (let n = 0; n < this.#waiting; n++) {
      const slot = layout.RTP_IN_OFFSET + n * layout.RTP_IN_STRIDE;
      if (this.#word(slot + layout.SLOT_ENDPOINT) !== stream) continue;
      const length = this.#lengthOf(slot);
      this.#ring.words[to] = length;
      this.#ring.words[to + 1] = this.#word(slot + layout.SLOT_ARRIVAL);
      to = this.#copy(slot + layout.SLOT_DATA, to + record.PACKET_WORDS, (length + 3) >> 2);
      packets++;
    }
    return packets;
  }

  /** What is longer than a datagram may be stays too long, and within its slot. */
  #lengthOf(slot: number): number {
    return Math.max(0, Math.min(this.#word(slot + layout.SLOT_LENGTH), layout.MAX_DATAGRAM + 1));
  }

  /** From an address of the map; returns where the next word goes. */
  #copy(address: number, to: number, count: number): number {
    const from = address >> 2;
    for (let n = 0; n < count; n++) this.#ring.words[to + n] = this.#map[from + n] ?? 0;
    return to + count;
  }

  #word(address: number): number {
    return this.#map[address >> 2] ?? 0;
  }
}
