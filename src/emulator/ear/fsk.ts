import type { CallerIdStandard } from "../../message/country.ts";
import { SAMPLE_RATE_HZ } from "../../message/device-voice.ts";
import type { Frame } from "../sound/frame.ts";
import { meanSquareOf } from "../sound/level.ts";

/** Mark (1) and space (0) frequencies, Hz: Bell 202 (GR-30), ITU-T V.23 mode 2. */
export const fskTones: Readonly<Record<CallerIdStandard, { readonly mark: number; readonly space: number }>> = {
  bell202: { mark: 1200, space: 2200 },
  v23: { mark: 1300, space: 2100 },
};

const SAMPLES_PER_BIT = SAMPLE_RATE_HZ / 1200;
/** Samples a correlator sees: one bit, rounded. */
const SPAN = 7;
/** A carrier below this is none (GR-30: the phone's set accepts -32 dBm). */
const carrierPower = meanSquareOf(-40);

/** What comes out of the demodulator: an octet, with the marks that went before it, or the end of the carrier. */
export interface FskListener {
  /** `marks`: bits of mark between the previous octet and this one. */
  octet(value: number, marks: number): void;
  lost(): void;
}

/** Non-coherent 1200-baud FSK receiver with an asynchronous receiver behind it (1 start, 8 data LSB first, 1 stop). */
export class FskReceiver {
  readonly #mark: Correlator;
  readonly #space: Correlator;
  readonly #listener: FskListener;
  #power = 0;
  #carrier = false;
  #wasMark = true;
  /** Samples to the middle of the next bit; null between octets. */
  #next: number | null = null;
  #bits = 0;
  #octet = 0;
  #markSamples = 0;

  constructor(standard: CallerIdStandard, listener: FskListener) {
    this.#mark = new Correlator(fskTones[standard].mark);
    this.#space = new Correlator(fskTones[standard].space);
    this.#listener = listener;
  }

  hear(frame: Frame): void {
    for (const sample of frame) this.#sample(sample);
  }

  /** No carrier: silence need not be given to it. */
  get idle(): boolean {
    return !this.#carrier;
  }

  #sample(sample: number): void {
    this.#power += (sample * sample - this.#power) / 32;
    const mark = this.#mark.push(sample) >= this.#space.push(sample);
    if (this.#power < carrierPower / (this.#carrier ? 2 : 1)) {
      this.#silence();
      return;
    }
    this.#carrier = true;
    if (this.#next === null) this.#wait(mark);
    else if (--this.#next <= 0) this.#bit(mark, this.#next);
    this.#wasMark = mark;
  }

  #silence(): void {
    if (!this.#carrier) return;
    this.#carrier = false;
    this.#next = null;
    this.#markSamples = 0;
    this.#wasMark = true;
    this.#listener.lost();
  }

  /** Between octets: marks, until one falls to space. */
  #wait(mark: boolean): void {
    if (mark) this.#markSamples++;
    else if (this.#wasMark) {
      this.#next = SAMPLES_PER_BIT / 2;
      this.#bits = 0;
      this.#octet = 0;
    }
  }

  #bit(mark: boolean, early: number): void {
    this.#next = SAMPLES_PER_BIT + early;
    const index = this.#bits++;
    if (index === 0) {
      // A spike, not a start bit.
      if (mark) this.#next = null;
    } else if (index <= 8) {
      if (mark) this.#octet |= 1 << (index - 1);
    } else {
      this.#next = null;
      if (mark) this.#listener.octet(this.#octet, Math.round(this.#markSamples / SAMPLES_PER_BIT));
      this.#markSamples = 0;
    }
  }
}

/** Power of one frequency over the last `SPAN` samples. */
class Correlator {
  readonly #cos = new Float64Array(SPAN);
  readonly #sin = new Float64Array(SPAN);
  readonly #step: number;
  #phase = 0;
  #at = 0;
  #real = 0;
  #imaginary = 0;

  constructor(frequencyHz: number) {
    this.#step = (2 * Math.PI * frequencyHz) / SAMPLE_RATE_HZ;
  }

  push(sample: number): number {
    const real = sample * Math.cos(this.#phase);
    const imaginary = sample * Math.sin(this.#phase);
    this.#phase = (this.#phase + this.#step) % (2 * Math.PI);
    this.#real += real - (this.#cos[this.#at] ?? 0);
    this.#imaginary += imaginary - (this.#sin[this.#at] ?? 0);
    this.#cos[this.#at] = real;
    this.#sin[this.#at] = imaginary;
    this.#at = (this.#at + 1) % SPAN;
    return this.#real ** 2 + this.#imaginary ** 2;
  }
}
