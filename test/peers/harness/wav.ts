import { readFile, writeFile } from "node:fs/promises";

/** A mono recording. */
export interface Sound {
  readonly rateHz: number;
  readonly samples: Int16Array;
}

/** 0 dBm0 in 16-bit linear samples, RMS: a sine at the top of the µ-law range (32124) is +3.17 dBm0 (ITU-T G.711). */
export const ZERO_DBM0_RMS = 32124 / Math.SQRT2 / 10 ** (3.17 / 20);

const HEADER = 44;

/**
 * Reads 16-bit PCM, mono. A file that is still being written has lengths of 0 in its header: then all that is there
 * counts as sound.
 */
export async function readWav(path: string): Promise<Sound> {
  const file = await readFile(path);
  if (file.length < 12 || file.toString("latin1", 0, 4) !== "RIFF") throw new Error(`${path} is not a WAV file`);
  let rateHz = 8000;
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString("latin1", at, at + 4);
    const length = file.readUInt32LE(at + 4);
    if (name === "fmt ") {
      const [format, channels, bits] = [
        file.readUInt16LE(at + 8),
        file.readUInt16LE(at + 10),
        file.readUInt16LE(at + 22),
      ];
      if ((format !== 1 && format !== 0xfffe) || channels !== 1 || bits !== 16)
        throw new Error(`${path}: format ${format}, ${channels} channels, ${bits} bits; only 16-bit mono PCM is read`);
      rateHz = file.readUInt32LE(at + 12);
    }
    if (name === "data") return { rateHz, samples: samplesOf(file, at + 8, length) };
    at += 8 + length + (length % 2);
  }
  return { rateHz, samples: new Int16Array() };
}

export async function writeWav(path: string, sound: Sound): Promise<void> {
  const octets = sound.samples.length * 2;
  const file = Buffer.alloc(HEADER + octets);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(HEADER - 8 + octets, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sound.rateHz, 24);
  file.writeUInt32LE(sound.rateHz * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(octets, 40);
  for (let n = 0; n < sound.samples.length; n++) file.writeInt16LE(sound.samples[n] ?? 0, HEADER + 2 * n);
  await writeFile(path, file);
}

function samplesOf(file: Buffer, from: number, stated: number): Int16Array {
  const there = file.length - from;
  const octets = stated === 0 || stated > there ? there : stated;
  const samples = new Int16Array(octets >> 1);
  for (let n = 0; n < samples.length; n++) samples[n] = file.readInt16LE(from + 2 * n);
  return samples;
}
