import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Channel, CodecName } from "../assembly/codec-rig.ts";
import { CodecRig } from "../assembly/codec-rig.ts";

/** Of the vectors: speech at 16 kHz, which is taken for sound at 8 kHz as well. */
const SPEECH = "codec/g722/inpsp.bin";
const UNITS = 160;
const FRAMES = 250;
const frameSamples = { g722: 320, g726: 160 } as const;

type Update = (octets: Uint8Array) => void;

/** What a codec's coder and decoder make of speech, and eight of them side by side of eight parts of it. */
export function hashCodec(codec: CodecName): (update: Update, vectors: string) => void {
  return (update, vectors) => {
    const file = readFileSync(join(vectors, SPEECH));
    const speech = new Int16Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
    const encoder = new CodecRig(codec, "Encode", UNITS);
    const decoder = new CodecRig(codec, "Decode", UNITS);
    const sides = Array.from({ length: 9 }, () => ({ coded: encoder.open(), heard: decoder.open() }));
    const size = frameSamples[codec];
    for (let frame = 0; frame < FRAMES; frame++) {
      for (const [lane, { coded }] of sides.entries()) {
        const at = ((frame + 30 * lane) % FRAMES) * size;
        encoder.put(coded, speech.subarray(at, at + size));
      }
      const octets = code(
        encoder,
        sides.map(({ coded }) => coded),
      );
      for (const [lane, coded] of octets.entries()) {
        update(coded);
        const heard = sides[lane]?.heard;
        if (heard !== undefined) decoder.put(heard, coded);
      }
      for (const samples of code(
        decoder,
        sides.map(({ heard }) => heard),
      ))
        update(samples);
    }
  };
}

/** The first alone, the others side by side. */
function code(rig: CodecRig, channels: readonly Channel[]): readonly Uint8Array[] {
  const [first, ...others] = channels;
  if (first === undefined) return [];
  return [rig.alone(first, UNITS), ...rig.sideBySide(others, UNITS)];
}
