import { CodecFault } from "../codec.ts";
import { readCodec } from "../read.ts";
import { type CodecReport, checkCodec } from "./kit.ts";

/** The conformance kit on a file. Rejects when it can not be read. */
export async function checkCodecFile(file: string): Promise<CodecReport> {
  try {
    return checkCodec(await readCodec(file));
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error;
    return { good: false, shape: null, checks: [{ name: "file", good: false, found: error.message }] };
  }
}
