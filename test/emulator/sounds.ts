import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeWav } from "../../src/emulator/mouth/wav-read.ts";
import { clip } from "../../src/emulator/sound/frame.ts";
import { decodeFrame, encodeFrame } from "../../src/emulator/sound/g711.ts";
import { sinePeak } from "../../src/emulator/sound/level.ts";
import type { CallerIdStandard, Tone } from "../../src/message/country.ts";
import type { VoiceFormat } from "../../src/message/media.ts";

/** Sounds for the tests: made from the definitions, not by the code under test. */

const RATE = 8000;

export function silence(ms: number): Int16Array {
  return new Int16Array((ms * RATE) / 1000);
}

export function sines(frequenciesHz: readonly number[], levelDbm0: number, ms: number): Int16Array {
  return mixed(
    frequenciesHz.map((frequencyHz) => ({ frequencyHz, levelDbm0 })),
    ms,
  );
}

export function mixed(parts: readonly { frequencyHz: number; levelDbm0: number }[], ms: number): Int16Array {
  return Int16Array.from({ length: Math.round((ms * RATE) / 1000) }, (_, n) =>
    clip(
      parts.reduce(
        (sum, part) => sum + sinePeak(part.levelDbm0) * Math.sin((2 * Math.PI * part.frequencyHz * n) / RATE),
        0,
      ),
    ),
  );
}

/** A progress tone as the network sends it. */
export function progressTone(tone: Tone, ms: number): Int16Array {
  const sound = sines(tone.frequenciesHz, tone.levelDbm0, ms);
  const period = tone.cadenceMs.reduce((sum, part) => sum + part, 0);
  if (period === 0) return sound;
  return sound.map((sample, n) => (isOn(tone.cadenceMs, ((n * 1000) / RATE) % period) ? sample : 0));
}

function isOn(cadenceMs: readonly number[], at: number): boolean {
  let end = 0;
  const index = cadenceMs.findIndex((part) => {
    end += part;
    return at < end;
  });
  return index % 2 === 0;
}

/** One message as GR-30 and EN 300 659 send it: seizure, marks, octets with start and stop bit. */
export function fsk(standard: CallerIdStandard, message: Uint8Array, levelDbm0 = -14): Int16Array {
  const bits: number[] = [];
  for (let n = 0; n < 300; n++) bits.push(n % 2);
  for (let n = 0; n < 80; n++) bits.push(1);
  for (const octet of message) bits.push(0, ...Array.from({ length: 8 }, (_, n) => (octet >> n) & 1), 1);
  bits.push(1, 1, 1);
  const [mark, space] = standard === "bell202" ? [1200, 2200] : [1300, 2100];
  let phase = 0;
  return Int16Array.from({ length: Math.ceil((bits.length * RATE) / 1200) }, (_, n) => {
    phase += (2 * Math.PI * (bits[Math.floor((n * 1200) / RATE)] === 1 ? mark : space)) / RATE;
    return clip(sinePeak(levelDbm0) * Math.sin(phase));
  });
}

/** Type, length, content, checksum. */
export function withChecksum(type: number, content: readonly number[]): Uint8Array {
  const octets = [type, content.length, ...content];
  const sum = octets.reduce((all, octet) => all + octet, 0);
  return Uint8Array.from([...octets, -sum & 0xff]);
}

export function mdmf(number: string, name: string): Uint8Array {
  const codes = (text: string) => Array.from(text, (one) => one.charCodeAt(0));
  return withChecksum(0x80, [
    ...[0x01, 8, ...codes("11222150")],
    ...[0x02, number.length, ...codes(number)],
    ...[0x07, name.length, ...codes(name)],
  ]);
}

export function joined(...parts: readonly Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

/** 20 ms pieces; the last one is filled up with silence. */
export function frames(samples: Int16Array): Int16Array[] {
  return Array.from({ length: Math.ceil(samples.length / 160) }, (_, n) => {
    const frame = new Int16Array(160);
    frame.set(samples.subarray(n * 160, n * 160 + 160));
    return frame;
  });
}

/** What is left of a frame after it was coded and decoded. */
export function coded(format: VoiceFormat, frame: Int16Array): Int16Array {
  const out = new Int16Array(160);
  decodeFrame(format, encodeFrame(format, frame), out);
  return out;
}

export const vectors = join(import.meta.dirname, "../../../shared/vectors");

/** Real speech and music, 8 kHz: what must not be taken for a tone. */
export function recordings(...folders: readonly string[]): { name: string; samples: Int16Array }[] {
  return folders.flatMap((folder) => {
    const path = join(vectors, "audio", folder);
    return readdirSync(path)
      .filter((file) => file.endsWith(".wav"))
      .map((name) => ({ name, samples: decodeWav(readFileSync(join(path, name)), name) }));
  });
}
