import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../../shared/vectors/audio/", import.meta.url);

/** Every `step`th recording of real speech at this rate, in the order of their names: mono, 16 bit. */
export function speech(rate: 8000 | 16_000, step: number): Int16Array[] {
  const names = readdirSync(new URL(`speech-${rate / 1000}k/`, folder)).filter((name) => name.endsWith(".wav"));
  return names.filter((_, n) => n % step === 0).map((name) => readSamples(`speech-${rate / 1000}k/${name}`));
}

/** The samples of one recording, named from the folder of the audio vectors. */
export function readSamples(name: string): Int16Array {
  const file = readFileSync(new URL(name, folder));
  let at = 12;
  while (at + 8 <= file.length && file.toString("latin1", at, at + 4) !== "data") at += 8 + file.readUInt32LE(at + 4);
  const octets = file.subarray(at + 8);
  return Int16Array.from({ length: octets.length >> 1 }, (_, n) => octets.readInt16LE(n * 2));
}
