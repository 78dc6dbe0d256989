import { SAMPLE_RATE_HZ } from "../../message/device-voice.ts";
import type { Digit } from "../../message/name.ts";
import { meanSquareOf } from "../sound/level.ts";
import { dtmfColumns, dtmfRows, keyAt } from "./dtmf.ts";

/** 12.75 ms: two whole blocks fit into the 40 ms a key must sound (ITU-T Q.24), never into 23 ms. */
const BLOCK = 102;
/** A tone may be this far off; Q.24 accepts 1.5 %, rejects 3.5 %. */
const OFF_BY = 0.025;
/** Weakest tone heard. */
const weakest = meanSquareOf(-36);
/** The high tone exceeds the low one by at most 4 dB, or falls below it by at most 8 dB (twist). */
const HIGH_OVER_LOW = 10 ** 0.4;
const LOW_OVER_HIGH = 10 ** 0.8;
/** The next tone of the same group is at least 8 dB weaker. */
const NEIGHBOUR = 10 ** 0.8;
/** Share of all power that is in the two tones: speech has more besides. */
const SHARE = 0.82;
/** Blocks without the key before it counts as let go: an interruption of 10 ms does not end it. */
const LET_GO = 2;

interface Tone {
  readonly index: number;
  readonly power: number;
  readonly phase: number;
}

interface Heard {
  readonly digit: Digit;
  readonly row: Tone;
  readonly column: Tone;
}

/** The DTMF receiver of a SLIC: says which key sounds now. */
export class DtmfDecoder {
  readonly #block = new Float64Array(BLOCK);
  #filled = 0;
  #before: Heard | null = null;
  #digit: Digit | null = null;
  #missing = 0;

  /** The key that sounds now, null = none. */
  get digit(): Digit | null {
    return this.#digit;
  }

  /** Hears sound; returns the keys that began in it. */
  hear(samples: Int16Array): readonly Digit[] {
    let begun: Digit[] | null = null;
    for (const sample of samples) {
      this.#block[this.#filled++] = sample;
      if (this.#filled < BLOCK) continue;
      this.#filled = 0;
      const digit = this.#judge(hearBlock(this.#block));
      if (digit !== null) {
        begun ??= [];
        begun.push(digit);
      }
    }
    return begun ?? [];
  }

  /** Nothing sounds and nothing is half heard: silence need not be given to it. */
  get idle(): boolean {
    return this.#digit === null && this.#before === null;
  }

  #judge(heard: Heard | null): Digit | null {
    const steady = heard !== null && this.#before?.digit === heard.digit && steadyTones(this.#before, heard);
    this.#before = heard;
    if (this.#digit !== null) {
      this.#missing = heard?.digit === this.#digit ? 0 : this.#missing + 1;
      if (this.#missing < LET_GO) return null;
      this.#digit = null;
    }
    if (!steady) return null;
    this.#digit = heard.digit;
    this.#missing = 0;
    return heard.digit;
  }
}

/** From the phase two blocks apart: is each tone within tolerance of its frequency? */
function steadyTones(before: Heard, now: Heard): boolean {
  return (
    near(dtmfRows[now.row.index] ?? 0, before.row.phase, now.row.phase) &&
    near(dtmfColumns[now.column.index] ?? 0, before.column.phase, now.column.phase)
  );
}

function near(frequency: number, phaseBefore: number, phaseNow: number): boolean {
  const turns = (phaseNow - phaseBefore) / (2 * Math.PI) - (frequency * BLOCK) / SAMPLE_RATE_HZ;
  const error = ((turns - Math.round(turns)) * SAMPLE_RATE_HZ) / BLOCK;
  return Math.abs(error) <= frequency * OFF_BY;
}

function hearBlock(block: Float64Array): Heard | null {
  let mean = 0;
  for (const sample of block) mean += sample / BLOCK;
  let total = 0;
  for (const sample of block) total += (sample - mean) ** 2 / BLOCK;
  if (total < 2 * weakest) return null;
  const row = strongest(block, dtmfRows);
  if (row === null) return null;
  const column = strongest(block, dtmfColumns);
  if (column === null) return null;
  if (column.power > HIGH_OVER_LOW * row.power || row.power > LOW_OVER_HIGH * column.power) return null;
  if (row.power + column.power < SHARE * total) return null;
  const digit = keyAt(row.index, column.index);
  return digit === null ? null : { digit, row, column };
}

/** The strongest tone of a group, when it stands out. */
function strongest(block: Float64Array, group: readonly number[]): Tone | null {
  let first: Tone = { index: 0, power: 0, phase: 0 };
  let second = 0;
  group.forEach((frequency, index) => {
    const tone = goertzel(block, frequency, index);
    second = Math.max(second, Math.min(tone.power, first.power));
    if (tone.power > first.power) first = tone;
  });
  return first.power >= weakest && first.power >= NEIGHBOUR * second ? first : null;
}

/** Mean square of the sine at `frequency`, and its phase at the end of the block. */
function goertzel(block: Float64Array, frequency: number, index: number): Tone {
  const angle = (2 * Math.PI * frequency) / SAMPLE_RATE_HZ;
  const coefficient = 2 * Math.cos(angle);
  let last = 0;
  let before = 0;
  for (const value of block) {
    const now = value + coefficient * last - before;
    before = last;
    last = now;
  }
  const real = last - before * Math.cos(angle);
  const imaginary = before * Math.sin(angle);
  return { index, power: (2 * (real ** 2 + imaginary ** 2)) / BLOCK ** 2, phase: Math.atan2(imaginary, real) };
}
