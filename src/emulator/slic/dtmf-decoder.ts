import { SAMPLE_RATE_HZ } from "../../message/device-voice.ts";
import type { Digit } from "../../message/name.ts";
import { meanSquareOf } from "../sound/level.ts";
import { dtmfColumns, dtmfRows, keyAt } from "./dtmf.ts";

/** 12.75 ms, looked at twice in that time. */
const BLOCK = 102;
const HOP = 51;
/** Blocks in a row with the same key: 32 ms. They fit into 40 ms wherever it begins, never into 23 ms (ITU-T Q.24). */
const SURE = 4;
/** Blocks without the key before it counts as let go: an interruption of 10 ms does not end it, a pause of 40 does. */
const LET_GO = 5;
/** A tone may be this far off; Q.24 accepts 1.5 %, rejects 3.5 %. */
const OFF_BY = 0.023;
/** Weakest tone heard. */
const weakest = meanSquareOf(-36);
/** Twist: the high tone exceeds the low one by at most 4 dB, or falls below it by at most 8 dB; 0.7 dB to measure in. */
const HIGH_OVER_LOW = 10 ** 0.47;
const LOW_OVER_HIGH = 10 ** 0.87;
/** The next tone of the same group is at least 8 dB weaker. */
const NEIGHBOUR = 10 ** 0.8;
/** Share of all power that is in the two tones: speech has more besides. A tone 1.5 % off shows 0.72 of itself. */
const SHARE = 0.68;

interface Tone {
  readonly frequency: number;
  readonly index: number;
  readonly power: number;
  readonly phase: number;
}

interface Heard {
  readonly digit: Digit;
  readonly row: Tone;
  readonly column: Tone;
}

/** The same key in blocks that follow each other. */
interface Run {
  readonly last: Heard;
  readonly blocks: number;
  /** Sum of the frequency errors from block to block, Hz: their mean is exact to a fraction of a block's resolution. */
  readonly rowError: number;
  readonly columnError: number;
}

/** The DTMF receiver of a SLIC: says which key sounds now. */
export class DtmfDecoder {
  readonly #block = new Float64Array(BLOCK);
  #filled = 0;
  #run: Run | null = null;
  #digit: Digit | null = null;
  #missing = 0;

  /** The key that sounds now, null = none. */
  get digit(): Digit | null {
    return this.#digit;
  }

  /** Nothing sounds and nothing is half heard: silence need not be given to it. */
  get idle(): boolean {
    return this.#digit === null && this.#run === null;
  }

  /** Hears sound; returns the keys that began in it. */
  hear(samples: Int16Array): readonly Digit[] {
    const begun: Digit[] = [];
    for (const sample of samples) {
      this.#block[this.#filled++] = sample;
      if (this.#filled < BLOCK) continue;
      const digit = this.#judge(hearBlock(this.#block));
      if (digit !== null) begun.push(digit);
      this.#block.copyWithin(0, HOP);
      this.#filled = BLOCK - HOP;
    }
    return begun;
  }

  #judge(heard: Heard | null): Digit | null {
    this.#run = heard === null ? null : follow(this.#run, heard);
    if (this.#digit !== null) {
      this.#missing = heard?.digit === this.#digit ? 0 : this.#missing + 1;
      if (this.#missing < LET_GO) return null;
      this.#digit = null;
    }
    if (this.#run === null || this.#run.blocks < SURE || !inTune(this.#run)) return null;
    this.#digit = this.#run.last.digit;
    this.#missing = 0;
    return this.#digit;
  }
}

function follow(run: Run | null, heard: Heard): Run {
  if (run === null || run.last.digit !== heard.digit) return { last: heard, blocks: 1, rowError: 0, columnError: 0 };
  return {
    last: heard,
    blocks: run.blocks + 1,
    rowError: run.rowError + errorHz(run.last.row, heard.row),
    columnError: run.columnError + errorHz(run.last.column, heard.column),
  };
}

/** How far a tone is off, from its phase one hop apart. */
function errorHz(before: Tone, now: Tone): number {
  const turns = (now.phase - before.phase) / (2 * Math.PI) - (now.frequency * HOP) / SAMPLE_RATE_HZ;
  return ((turns - Math.round(turns)) * SAMPLE_RATE_HZ) / HOP;
}

function inTune({ last, blocks, rowError, columnError }: Run): boolean {
  const hops = blocks - 1;
  return (
    Math.abs(rowError) <= OFF_BY * last.row.frequency * hops &&
    Math.abs(columnError) <= OFF_BY * last.column.frequency * hops
  );
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
  let first: Tone = { frequency: 0, index: 0, power: 0, phase: 0 };
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
  const power = (2 * (real ** 2 + imaginary ** 2)) / BLOCK ** 2;
  return { frequency, index, power, phase: Math.atan2(imaginary, real) };
}
