import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readable } from "./journal.ts";

/** Octets of a file held at a time. */
export const atOnce = 64 * 1024;
/** A compressed file is held whole; a larger one is none of ours. */
const mostInflated = 512 * 1024 * 1024;

/** A file that was written to its end is compressed. */
export function isCompressed(path: string): boolean {
  return path.endsWith(".gz");
}

/** All of a compressed file. @throws Error with a sentence */
export function inflated(path: string): Buffer {
  try {
    return gunzipSync(readFileSync(path), { maxOutputLength: mostInflated });
  } catch (error) {
    throw readable(path, error);
  }
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

/** A file from its beginning, piece by piece; of one that is not compressed in the same memory each time. */
export function* chunksOf(path: string): Generator<Buffer> {
  if (isCompressed(path)) {
    const octets = inflated(path);
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
