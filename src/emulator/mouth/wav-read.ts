import { readFile } from "node:fs/promises";
import { SAMPLE_RATE_HZ } from "../../message/device-voice.ts";
import * as wav from "../../message/wav.ts";
import { halfRate } from "./half-rate.ts";

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

/** Decodes a WAV file of 8 or 16 kHz, 16-bit, mono, as 8000 samples/s. `name` is for the error. */
export function decodeWav(octets: Uint8Array, name: string): Int16Array {
  const { rateHz, samples } = wav.decodeWav(octets, name);
  return rateHz === SAMPLE_RATE_HZ ? samples : halfRate(samples);
}
