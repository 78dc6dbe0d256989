import { readFile, stat } from "node:fs/promises";
import { CodecFault } from "./binary.ts";
import { MOST_FILE_OCTETS } from "./fence.ts";

/** The file's octets, unless it is too large to be a codec, or nothing that has an end. */
export async function readCodec(file: string): Promise<Uint8Array> {
  const found = await stat(file);
  if (!found.isFile()) throw new CodecFault(`${file} is no file, but a directory, a pipe or a device`);
  const { size } = found;
  if (size > MOST_FILE_OCTETS) throw new CodecFault(`the file has ${size} octets, the most is ${MOST_FILE_OCTETS}`);
  return readFile(file);
}
