import { SAMPLES_PER_FRAME } from "../../message/device-voice.ts";
import { type Frame, isSilent } from "../sound/frame.ts";
import { meanSquareOf } from "../sound/level.ts";
import { alternatingPower } from "./meter.ts";
import { type ToneSets, WINDOW } from "./tone-set.ts";

/** What sounds: nothing, a set of sines (by index), something else, or not known yet. */
export type Sound = "off" | "other" | "unknown" | number;

/** A stretch of the same sound. */
export interface Segment {
  sound: Sound;
  ms: number;
  /** Listening began in the middle of it: it may have been longer. */
  readonly cut: boolean;
}

const BLOCK_MS = 10;
const BLOCK = SAMPLES_PER_FRAME / 2;
const onPower = meanSquareOf(-48);
const offPower = meanSquareOf(-51);
const KEPT = 12;
/** Frames a different set must be seen for before the sound is said to have changed: one is a click. */
const SURE = 2;

/** Cuts what is heard into stretches of silence, tones and other sound, to 10 ms. */
export class Segments {
  readonly #sets: ToneSets;
  readonly #window = new Int16Array(WINDOW);
  /** Complete segments, oldest first. */
  #past: Segment[] = [];
  #current: Segment = { sound: "off", ms: 0, cut: true };
  /** 10 ms blocks since the sound came on. */
  #blocksOn = 0;
  #changed = 0;

  constructor(sets: ToneSets) {
    this.#sets = sets;
  }

  get past(): readonly Segment[] {
    return this.#past;
  }

  get current(): Segment {
    return this.#current;
  }

  reset(): void {
    this.#past = [];
    this.#current = { sound: "off", ms: 0, cut: true };
    this.#blocksOn = 0;
    this.#changed = 0;
  }

  hear(frame: Frame): void {
    if (isSilent(frame)) {
      this.#block(0);
      this.#block(0);
      return;
    }
    this.#window.copyWithin(0, SAMPLES_PER_FRAME);
    this.#window.set(frame, WINDOW - SAMPLES_PER_FRAME);
    this.#block(alternatingPower(frame, 0, BLOCK));
    this.#block(alternatingPower(frame, BLOCK, 2 * BLOCK));
    if (this.#blocksOn * BLOCK >= WINDOW) this.#classify(this.#sets.match(this.#window) ?? "other");
  }

  #block(power: number): void {
    const on = power > (this.#blocksOn > 0 ? offPower : onPower);
    if (on && this.#blocksOn === 0) this.#begin("unknown", 0);
    if (!on && this.#blocksOn > 0) this.#begin("off", 0);
    this.#blocksOn = on ? this.#blocksOn + 1 : 0;
    this.#current.ms += BLOCK_MS;
  }

  #classify(sound: Sound): void {
    const current = this.#current;
    if (current.sound === "unknown" || current.sound === sound) {
      current.sound = sound;
      this.#changed = 0;
      return;
    }
    if (++this.#changed < SURE) return;
    const since = Math.min(current.ms, (SURE * 2 + 2) * BLOCK_MS);
    current.ms -= since;
    this.#begin(sound, since);
  }

  #begin(sound: Sound, ms: number): void {
    // A sound too short to be told (below 60 ms) was no tone.
    if (this.#current.sound === "unknown") this.#current.sound = "other";
    if (this.#current.ms > 0) this.#past.push(this.#current);
    if (this.#past.length > KEPT) this.#past.shift();
    this.#current = { sound, ms, cut: false };
    this.#changed = 0;
  }
}
