import { readFile } from "node:fs/promises";
import { SAMPLE_RATE_HZ } from "../../message/device-voice.ts";
import { halfRate } from "./half-rate.ts";

interface WavFormat {
  readonly coding: number;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
}

const PCM = 1;
/** The coding is in the first two octets of the sub-format. */
const EXTENSIBLE = 0xfffe;

/** Reads a speech file as 8000 samples/s. Rejects with a sentence that names the file and the way out. */
export async function readSpeech(file: string): Promise<Int16Array> {
  let octets: Uint8Array;
  try {
    octets = await readFile(file);
  } catch (error) {
    throw new Error(`${file}: cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  return decodeWav(octets, file);
}

/** Decodes a WAV file of 8 or 16 kHz, 16-bit, mono. `name` is for the error. */
export function decodeWav(octets: Uint8Array, name: string): Int16Array {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (octets.length < 12 || tag(octets, 0) !== "RIFF" || tag(octets, 8) !== "WAVE")
    throw new Error(`${name}: is no WAV file; ${wanted(name)}`);
  let format: WavFormat | null = null;
  for (let at = 12; at + 8 <= octets.length; ) {
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (tag(octets, at) === "fmt " && size >= 16 && start + 16 <= octets.length) format = readFormat(view, start, size);
    if (tag(octets, at) === "data") return readSamples(view, start, size, check(format, name));
    at = start + size + (size % 2);
  }
  throw new Error(`${name}: has no sound (no data chunk); ${wanted(name)}`);
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

function check(format: WavFormat | null, name: string): WavFormat {
  if (format === null) throw new Error(`${name}: has no format chunk before its sound; ${wanted(name)}`);
  const { coding, channels, rateHz, bits } = format;
  const known = coding === PCM && channels === 1 && bits === 16;
  if (!known || (rateHz !== SAMPLE_RATE_HZ && rateHz !== 2 * SAMPLE_RATE_HZ))
    throw new Error(`${name}: is ${rateHz} Hz, ${bits}-bit, ${channels} channel(s), coding ${coding}; ${wanted(name)}`);
  return format;
}

function wanted(name: string): string {
  return `give 8000 or 16000 Hz, 16-bit linear, mono (sox ${name} -r 8000 -c 1 -b 16 out.wav)`;
}

/** A size beyond the file (a recording that was cut, or is still being written) means: to its end. */
function readSamples(view: DataView, start: number, size: number, format: WavFormat): Int16Array {
  const length = Math.min(size, view.byteLength - start);
  const samples = new Int16Array(length >> 1);
  for (let n = 0; n < samples.length; n++) samples[n] = view.getInt16(start + 2 * n, true);
  return format.rateHz === SAMPLE_RATE_HZ ? samples : halfRate(samples);
}

function tag(octets: Uint8Array, at: number): string {
  return String.fromCharCode(...octets.subarray(at, at + 4));
}
