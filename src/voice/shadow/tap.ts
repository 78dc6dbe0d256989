import * as layout from "../../../assembly/layout.ts";
import type { VoiceMap } from "../map.ts";
import { TickCopy } from "./copy.ts";
import { RecordRing, SHADOW_LATE, SHADOW_ON, SHADOW_SKIPPED, SHADOW_TICKS } from "./ring.ts";

/** What of a stream is written after the next tick: where it is, its session's first tick, or any other. */
const STATE = 0;
const FIRST = 1;
const NEXT = 2;

/**
 * In the voice worker: says which streams are followed, and has copied what they got and what the tick made of it. Nothing
 * is allocated, and nothing waits; with no stream followed a tick costs a few loads.
 */
export class ShadowTap {
  readonly #ring: RecordRing;
  readonly #copy: TickCopy;
  readonly #places: number;
  readonly #sharePercent: number;
  /** Place of each stream; -1 = not followed. */
  readonly #placeOf = new Int32Array(layout.MAX_RTP).fill(-1);
  /** Stream at each place; -1 = free. */
  readonly #streams: Int32Array;
  readonly #next: Int32Array;
  #following = 0;
  #on = 0;
  #seen = 0;

  constructor(map: VoiceMap, shared: SharedArrayBuffer, options: { streams: number; sharePercent: number }) {
    this.#ring = new RecordRing(shared);
    this.#copy = new TickCopy(map, this.#ring);
    this.#places = options.streams;
    this.#sharePercent = options.sharePercent;
    this.#streams = new Int32Array(this.#places).fill(-1);
    this.#next = new Int32Array(this.#places);
    // Of a voice worker that died before.
    for (let place = 0; place < this.#places; place++) this.#copy.writeEnd(place, 0);
  }

  /** A tick begins late. */
  late(): void {
    this.#ring.count(SHADOW_LATE);
  }

  /** A stream's session begins with the next tick. */
  opened(stream: number): void {
    this.#look(stream);
    if (this.#on !== 0) this.#follow(stream, FIRST);
  }

  closed(stream: number): void {
    const place = this.#placeOf[stream] ?? -1;
    if (place < 0) return;
    this.#leave(place);
    this.#copy.writeEnd(place, stream);
  }

  /** Just before the tick. */
  before(periods: number): void {
    this.#ring.count(SHADOW_TICKS);
    this.#look(-1);
    if (this.#following !== 0) this.#copy.before(periods);
  }

  /** Just after the tick. */
  after(): void {
    if (this.#following === 0) return;
    for (let place = 0; place < this.#places; place++) {
      const stream = this.#streams[place] ?? -1;
      if (stream < 0) continue;
      if (!this.#copy.isInTicks(stream)) {
        this.closed(stream);
        continue;
      }
      const next = this.#next[place];
      const written =
        next === STATE ? this.#copy.writeState(place, stream) : this.#copy.writeTick(place, stream, next === FIRST);
      this.#next[place] = NEXT;
      if (!written) this.#lose(place, stream);
    }
  }

  /**
   * Switched off, or started anew: the sessions that were followed are known to nobody any more, and those that have begun
   * are joined. `opens`: the stream whose session begins now.
   */
  #look(opens: number): void {
    const on = this.#ring.get(SHADOW_ON);
    if (on === this.#on) return;
    this.#on = on;
    for (let place = 0; place < this.#places; place++) if ((this.#streams[place] ?? -1) >= 0) this.#leave(place);
    if (on === 0) return;
    for (let stream = 0; stream < layout.MAX_RTP; stream++)
      if (stream !== opens && this.#copy.isOpen(stream)) this.#follow(stream, STATE);
  }

  /** When it is one of the share, and there is a place. */
  #follow(stream: number, next: number): void {
    if (!this.#copy.isInTicks(stream)) return;
    const before = Math.floor((this.#seen * this.#sharePercent) / 100);
    this.#seen++;
    if (Math.floor((this.#seen * this.#sharePercent) / 100) === before) return;
    const place = this.#streams.indexOf(-1);
    if (place < 0) return;
    this.#streams[place] = stream;
    this.#next[place] = next;
    this.#placeOf[stream] = place;
    this.#following++;
  }

  /** A gap is not to be mended: the stream is followed again when its next session begins, or the shadow is started anew. */
  #lose(place: number, stream: number): void {
    this.#ring.count(SHADOW_SKIPPED);
    this.#leave(place);
    this.#copy.writeEnd(place, stream);
  }

  #leave(place: number): void {
    this.#placeOf[this.#streams[place] ?? 0] = -1;
    this.#streams[place] = -1;
    this.#following--;
  }
}
