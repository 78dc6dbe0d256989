/** WAV files as octets: 16-bit linear, 8 or 16 kHz. Mono is all that is read; recordings have two channels, too. */

/** A recording. */
export interface Sound {
  readonly rateHz: number;
  readonly samples: Int16Array;
}

/** Where a file's samples are. */
export interface WavLayout {
  readonly rateHz: 8000 | 16_000;
  /** Offset of the first sample, and octets of samples (even). */
  readonly start: number;
  readonly octets: number;
}

interface WavFormat {
  readonly coding: number;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
}

export const WAV_HEADER = 44;
/** So much of a file is read to find its sound. */
export const WAV_HEAD = 65_536;

const PCM = 1;
/** The coding is in the first two octets of the sub-format. */
const EXTENSIBLE = 0xfffe;
const FORMAT_CHUNK = 16;

/**
 * Finds the sound in a file of `length` octets whose first ones are `head`. A size beyond the file (a recording that was
 * cut, or is still being written) means: to its end. `name` is for the error, which says what is wrong and the way out.
 */
export function readWavLayout(head: Uint8Array, length: number, name: string): WavLayout {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 12 || tag(head, 0) !== "RIFF" || tag(head, 8) !== "WAVE")
    throw new Error(`${name}: is no WAV file; ${wanted(name)}`);
  let format: WavFormat | null = null;
  let at = 12;
  for (; at + 8 <= head.length; ) {
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    const whole = size >= FORMAT_CHUNK && start + FORMAT_CHUNK <= head.length;
    if (tag(head, at) === "fmt " && whole) format = readFormat(view, start, size);
    if (tag(head, at) === "data")
      return { rateHz: rateOf(format, name), start, octets: Math.max(0, Math.min(size, length - start)) & ~1 };
    at = start + size + (size % 2);
  }
  if (at < length) throw new Error(`${name}: has no sound in its first ${WAV_HEAD} octets; ${wanted(name)}`);
  throw new Error(`${name}: has no sound (no data chunk); ${wanted(name)}`);
}

/** Decodes a whole file. */
export function decodeWav(octets: Uint8Array, name: string): Sound {
  const { rateHz, start, octets: length } = readWavLayout(octets, octets.length, name);
  return { rateHz, samples: samplesOf(octets.subarray(start, start + length)) };
}

/** Samples of their octets; what is left of one is dropped. */
export function samplesOf(octets: Uint8Array): Int16Array {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return Int16Array.from({ length: octets.length >> 1 }, (_, n) => view.getInt16(2 * n, true));
}

/** Header of a file with `octets` of sound, sample by sample of all channels. */
export function wavHeader(octets: number, rateHz: number, channels: 1 | 2 = 1): Uint8Array {
  const header = new Uint8Array(WAV_HEADER);
  const view = new DataView(header.buffer);
  const text = (at: number, letters: string) =>
    header.set(
      Uint8Array.from(letters, (c) => c.charCodeAt(0)),
      at,
    );
  text(0, "RIFF");
  view.setUint32(4, WAV_HEADER - 8 + octets, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, FORMAT_CHUNK, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2 * channels, true);
  view.setUint16(32, 2 * channels, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, octets, true);
  return header;
}

function readFormat(view: DataView, at: number, size: number): WavFormat {
  const plain = view.getUint16(at, true);
  const extended = plain === EXTENSIBLE && size >= 26 && at + 26 <= view.byteLength;
  return {
    coding: extended ? view.getUint16(at + 24, true) : plain,
    channels: view.getUint16(at + 2, true),
    rateHz: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

function rateOf(format: WavFormat | null, name: string): 8000 | 16_000 {
  if (format === null) throw new Error(`${name}: has no format chunk before its sound; ${wanted(name)}`);
  const { coding, channels, rateHz, bits } = format;
  const known = coding === PCM && channels === 1 && bits === 16;
  if (known && (rateHz === 8000 || rateHz === 16_000)) return rateHz;
  throw new Error(`${name}: is ${rateHz} Hz, ${bits}-bit, ${channels} channel(s), coding ${coding}; ${wanted(name)}`);
}

function wanted(name: string): string {
  return `give 8000 or 16000 Hz, 16-bit linear, mono (sox ${name} -r 8000 -c 1 -b 16 out.wav)`;
}

function tag(octets: Uint8Array, at: number): string {
  return String.fromCharCode(...octets.subarray(at, at + 4));
}
