import { ms } from "../message/units.ts";
import type { Cancel, Clock } from "../vendor/clock/clock.ts";
import type { TapRing } from "./tap.ts";
import { WavReader, type WavShape, WavWriter } from "./wav.ts";

/** How often a ring is looked at: it must hold more than that. */
const PERIOD = ms(100);
/** A piece of a file. */
const PIECE = 4096;

/** Why a tap or a player ended: null = as it should, else a sentence. */
export type Ended = (problem: string | null) => void;

/** Where a recording goes: a file, that is. All reject with a sentence. */
export interface Sink {
  /** In it so far. */
  readonly seconds: number;
  write(samples: Int16Array): Promise<void>;
  close(): Promise<void>;
}

export type OpenSink = (file: string, shape: WavShape) => Promise<Sink>;

/**
 * A path that is written to a file: the tick fills the ring, this empties it every 100 ms. Samples that were lost because
 * the disk was slow are silence in the file, so that its time stays true.
 */
export class TapRecorder {
  readonly #ring: TapRing;
  readonly #writer: Sink;
  readonly #shape: WavShape;
  readonly #clock: Clock;
  readonly #ended: Ended;
  readonly #piece = new Int16Array(PIECE);
  /** Samples of all channels: so far, and when the recording began. */
  #lost: number;
  readonly #lostBefore: number;
  #cancel: Cancel | null = null;
  #work: Promise<void> = Promise.resolve();
  #problem: string | null = null;

  private constructor(ring: TapRing, writer: Sink, shape: WavShape, clock: Clock, ended: Ended) {
    this.#ring = ring;
    this.#writer = writer;
    this.#shape = shape;
    this.#clock = clock;
    this.#ended = ended;
    this.#lost = ring.lost;
    this.#lostBefore = ring.lost;
    this.#next();
  }

  /** Rejects with a sentence when the file cannot be written. `ended` is told once: when the disk refuses, or by `stop`. */
  static async start(
    ring: TapRing,
    file: string,
    shape: WavShape,
    clock: Clock,
    ended: Ended,
    open: OpenSink = WavWriter.open,
  ): Promise<TapRecorder> {
    return new TapRecorder(ring, await open(file, shape), shape, clock, ended);
  }

  /** In the file. */
  get durationMs(): number {
    return Math.round(1000 * this.#writer.seconds);
  }

  /** Silent in the file because there was no room for it. */
  get lostMs(): number {
    const { rateHz, channels } = this.#shape;
    return Math.round((1000 * ((this.#lost - this.#lostBefore) >>> 0)) / channels / rateHz);
  }

  /** Writes what is left and closes the file. */
  async stop(): Promise<void> {
    if (this.#cancel === null) return;
    this.#cancel();
    this.#cancel = null;
    await this.#work;
    await this.#drain();
    await this.#writer.close().catch((error: unknown) => this.#fail(error));
    if (this.#problem === null) this.#ended(null);
  }

  #next(): void {
    this.#cancel = this.#clock.after(PERIOD, () => {
      this.#work = this.#drain().then(() => {
        if (this.#cancel !== null) this.#next();
      });
    });
  }

  /**
   * What is there was written before what was lost for want of room. When the disk has refused, the ring is emptied all
   * the same: the tick's loss is counted for what it is.
   */
  async #drain(): Promise<void> {
    try {
      const { lost } = this.#ring;
      await this.#write(this.#ring.fill);
      await this.#writeGap((lost - this.#lost) >>> 0);
      this.#lost = lost;
      while (this.#ring.fill > 0) await this.#write(this.#ring.fill);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #write(samples: number): Promise<void> {
    for (let left = samples; left > 0; ) {
      const count = this.#ring.read(this.#piece.subarray(0, Math.min(left, PIECE)));
      if (count === 0) return;
      left -= count;
      if (this.#problem === null) await this.#writer.write(this.#piece.subarray(0, count));
    }
  }

  async #writeGap(samples: number): Promise<void> {
    for (let left = samples; left > 0 && this.#problem === null; left -= Math.min(left, PIECE))
      await this.#writer.write(new Int16Array(Math.min(left, PIECE)));
  }

  #fail(error: unknown): void {
    if (this.#problem !== null) return;
    this.#problem = error instanceof Error ? error.message : String(error);
    this.#ended(this.#problem);
  }
}

/** A path that is fed from a file: this keeps the ring full, the tick empties it. */
export class TapPlayer {
  readonly rateHz: 8000 | 16_000;
  readonly #ring: TapRing;
  readonly #reader: WavReader;
  readonly #clock: Clock;
  readonly #ended: Ended;
  readonly #repeat: boolean;
  #cancel: Cancel | null = null;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;
  #waiting: Int16Array = new Int16Array();
  /** A short file that is repeated, so often as a piece has room. */
  #round: Int16Array | null = null;

  private constructor(ring: TapRing, reader: WavReader, clock: Clock, repeat: boolean, ended: Ended) {
    this.#ring = ring;
    this.#reader = reader;
    this.#clock = clock;
    this.#repeat = repeat && reader.length > 0;
    this.#ended = ended;
    this.rateHz = reader.rateHz;
  }

  /**
   * Resolves when the ring is full, or the whole file in it. Rejects with a sentence when the file cannot be read.
   * `repeat`: from the beginning again at the end. `ended` is told once: at the end of the file, when it
   * could not be read, or when stopped.
   */
  static async start(ring: TapRing, file: string, clock: Clock, repeat: boolean, ended: Ended): Promise<TapPlayer> {
    const reader = await WavReader.open(file);
    const player = new TapPlayer(ring, reader, clock, repeat, ended);
    await player.#fill();
    return player;
  }

  /** Nothing more is put into the ring. */
  async stop(): Promise<void> {
    await this.#end(null);
    await this.#work;
  }

  #next(): void {
    this.#cancel = this.#clock.after(PERIOD, () => {
      this.#work = this.#fill();
    });
  }

  async #fill(): Promise<void> {
    try {
      while (!this.#stopped) {
        if (this.#waiting.length === 0) this.#waiting = await this.#read();
        if (this.#waiting.length === 0) return await this.#end(null);
        const part = this.#waiting.subarray(0, this.#ring.room);
        if (part.length === 0) return this.#next();
        this.#ring.write(part);
        this.#waiting = this.#waiting.subarray(part.length);
      }
    } catch (error) {
      await this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  async #read(): Promise<Int16Array> {
    if (this.#round !== null) return this.#round;
    const piece = await this.#reader.read(PIECE);
    if (this.#repeat && this.#reader.length <= PIECE) {
      this.#round = oftenEnough(piece);
      return this.#round;
    }
    if (piece.length > 0 || !this.#repeat) return piece;
    this.#reader.rewind();
    return await this.#reader.read(PIECE);
  }

  async #end(problem: string | null): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancel?.();
    this.#ring.end();
    await this.#reader.close().catch(() => undefined);
    this.#ended(problem);
  }
}

/** One sample again and again would be eight thousand readings a second. */
function oftenEnough(sound: Int16Array): Int16Array {
  if (sound.length === 0) return sound;
  const round = new Int16Array(Math.floor(PIECE / sound.length) * sound.length);
  return round.map((_, n) => sound[n % sound.length] ?? 0);
}
