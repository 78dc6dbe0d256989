import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";
import { readable } from "./journal.ts";

/** Octets of a file held at a time. */
export const atOnce = 64 * 1024;
/** A compressed file is held whole; a larger one is none of ours. */
const mostInflated = 512 * 1024 * 1024;

/** A file that was written to its end is compressed. */
export function isCompressed(path: string): boolean {
  return path.endsWith(".gz");
}

/** What was compressed; `cutOff`: as much of it as there is. */
export interface Inflated {
  readonly octets: Buffer;
  readonly cutOff: boolean;
}

/** A compressed file, or what is left of it. @throws Error with a sentence */
export function inflated(path: string): Inflated {
  try {
    const packed = readFileSync(path);
    try {
      return { octets: gunzipSync(packed, { maxOutputLength: mostInflated }), cutOff: false };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "Z_BUF_ERROR")) throw error;
      const options = { maxOutputLength: mostInflated, finishFlush: constants.Z_SYNC_FLUSH };
      return { octets: gunzipSync(packed, options), cutOff: true };
    }
  } catch (error) {
    throw readable(path, error);
  }
}

/** Octets of the length that stands at the end of a gzip file (RFC 1952 §2.3.1). */
const lengthAtEnd = 4;

/** Whether a compressed file of which so many octets could be read is cut off. @throws Error with a sentence */
export function endsEarly(path: string, inflatedOctets: number): boolean {
  const end = octetsAt(path, Math.max(0, statSync(path).size - lengthAtEnd), lengthAtEnd);
  const whole = end.length === lengthAtEnd && end.readUInt32LE() === inflatedOctets % 2 ** 32;
  // Several files in one say only the length of the last.
  return !whole && inflated(path).cutOff;
}

/** @throws Error with a sentence */
export function octetsAt(path: string, from: number, length: number): Buffer {
  try {
    const file = openSync(path, "r");
    try {
      const octets = Buffer.allocUnsafe(length);
      return octets.subarray(0, readSync(file, octets, 0, length, from));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw readable(path, error);
  }
}

/**
 * A file from its beginning, piece by piece; of one that is not compressed in the same memory each time. `cut` is called
 * first when it is compressed and cut off.
 */
export function* chunksOf(path: string, cut: () => void): Generator<Buffer> {
  if (isCompressed(path)) {
    const { octets, cutOff } = inflated(path);
    if (cutOff) cut();
    for (let at = 0; at < octets.length; at += atOnce) yield octets.subarray(at, at + atOnce);
    return;
  }
  const octets = Buffer.allocUnsafe(atOnce);
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    for (let count = readSync(file, octets); count > 0; count = readSync(file, octets)) yield octets.subarray(0, count);
  } catch (error) {
    throw readable(path, error);
  } finally {
    if (file !== null) closeSync(file);
  }
}
