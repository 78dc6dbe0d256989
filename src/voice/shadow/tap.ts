import * as words from "../../../assembly/endpoint-words.ts";
import * as layout from "../../../assembly/layout.ts";
import { endpointAddress, type VoiceMap } from "../map.ts";
import { slotOctets } from "./frames.ts";
import * as record from "./record.ts";
import { RecordRing, SHADOW_LATE, SHADOW_ON, SHADOW_SKIPPED, SHADOW_TICKS } from "./ring.ts";

/**
 * In the voice worker: copies what the followed streams got and what the tick made of it into the ring. Nothing is
 * allocated, nothing waits, and the map is only read; with no stream followed a tick costs a few loads.
 */
export class ShadowTap {
  readonly #ring: RecordRing;
  readonly #map: Int32Array;
  readonly #places: number;
  readonly #sharePercent: number;
  /** Place of each stream; -1 = not followed. */
  readonly #placeOf = new Int32Array(layout.MAX_RTP).fill(-1);
  /** Stream at each place; -1 = free. */
  readonly #streams: Int32Array;
  readonly #flags: Int32Array;
  #following = 0;
  #on = 0;
  #opened = 0;
  #waiting = 0;
  #periods = 1;

  constructor(map: VoiceMap, shared: SharedArrayBuffer, options: { streams: number; sharePercent: number }) {
    this.#ring = new RecordRing(shared);
    this.#map = new Int32Array(map.memory.buffer);
    this.#places = options.streams;
    this.#sharePercent = options.sharePercent;
    this.#streams = new Int32Array(this.#places).fill(-1);
    this.#flags = new Int32Array(this.#places);
  }

  /** A tick begins late. */
  late(): void {
    this.#ring.count(SHADOW_LATE);
  }

  /** A stream's session begins with the next tick. */
  opened(stream: number): void {
    this.#look();
    if (this.#on === 0) return;
    const before = Math.floor((this.#opened * this.#sharePercent) / 100);
    this.#opened++;
    if (Math.floor((this.#opened * this.#sharePercent) / 100) === before) return;
    const place = this.#streams.indexOf(-1);
    if (place < 0) return;
    this.#streams[place] = stream;
    this.#flags[place] = record.FLAG_FIRST;
    this.#placeOf[stream] = place;
    this.#following++;
  }

  closed(stream: number): void {
    const place = this.#placeOf[stream] ?? -1;
    if (place < 0) return;
    this.#leave(place);
    this.#writeEnd(place, stream);
  }

  /** Just before the tick, which empties the packets' slots but leaves their octets. */
  before(periods: number): void {
    this.#ring.count(SHADOW_TICKS);
    this.#look();
    if (this.#following === 0) return;
    this.#periods = periods;
    this.#waiting = Math.min(this.#word(layout.HEADER_RTP_IN), layout.RTP_IN_SLOTS);
  }

  /** Just after the tick. */
  after(): void {
    if (this.#following === 0) return;
    for (let place = 0; place < this.#places; place++) {
      const stream = this.#streams[place] ?? -1;
      if (stream >= 0 && !this.#write(place, stream)) this.#lose(place, stream);
    }
  }

  /** Switched off, or started anew: the sessions that were followed are known to nobody any more. */
  #look(): void {
    const on = this.#ring.get(SHADOW_ON);
    if (on === this.#on) return;
    this.#on = on;
    for (let place = 0; place < this.#places; place++) if ((this.#streams[place] ?? -1) >= 0) this.#leave(place);
  }

  /** A gap is not to be mended: the stream is followed again from its next session. */
  #lose(place: number, stream: number): void {
    this.#ring.count(SHADOW_SKIPPED);
    this.#leave(place);
    this.#writeEnd(place, stream);
  }

  #leave(place: number): void {
    this.#placeOf[this.#streams[place] ?? 0] = -1;
    this.#streams[place] = -1;
    this.#following--;
  }

  /** Without room for it the place's next session says the same by its first tick. */
  #writeEnd(place: number, stream: number): void {
    const at = this.#ring.reserve(record.RECORD_BLOCK);
    if (at < 0) return;
    this.#head(at, record.RECORD_BLOCK, place, stream, record.FLAG_END);
    this.#ring.publish(record.RECORD_BLOCK);
  }

  #write(place: number, stream: number): boolean {
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
    this.#head(at, length, place, stream, (this.#flags[place] ?? 0) | flags);
    this.#flags[place] = 0;
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
