import * as words from "../../assembly/endpoint-words.ts";
import type { CallerIdStandard, Tone } from "../message/country.ts";
import { endpointAddress, type VoiceMap } from "./map.ts";

/** A full-scale sine of A-law is +3.14 dBm0 (ITU-T G.711 §4). */
const FULL_SCALE_DBM0 = 3.14;

/** Peak, of 32768, of a sine at this level; never more than full scale. */
export function peakOf(levelDbm0: number): number {
  return Math.min(32767, Math.round(32768 * 10 ** ((levelDbm0 - FULL_SCALE_DBM0) / 20)));
}

/** Phase per sample, of 2^32, as a 32-bit word. */
export function incrementOf(hertz: number): number {
  return Math.round((hertz * 2 ** 32) / 8000) | 0;
}

/** Writes a tone into the endpoint's control words; null ends it. */
export function writeTone(map: VoiceMap, index: number, tone: Tone | null): void {
  const at = endpointAddress(index);
  const sines = (tone?.frequenciesHz ?? []).slice(0, words.MAX_COMPONENTS);
  // An odd cadence ends with an on-phase: its off-phase has no length.
  const cadence = (tone?.cadenceMs ?? []).slice(0, words.MAX_SEGMENTS);
  const peak = tone === null ? 0 : peakOf(tone.levelDbm0);
  sines.forEach((hertz, n) => {
    map.setWord(at + words.TONE_INCREMENTS + 4 * n, incrementOf(hertz));
    map.setWord(at + words.TONE_AMPLITUDES + 4 * n, peak);
  });
  cadence.forEach((length, n) => {
    map.setWord(at + words.TONE_CADENCE + 4 * n, Math.max(1, Math.round(length * 8)));
  });
  map.setWord(at + words.TONE_COMPONENTS, sines.length);
  map.setWord(at + words.TONE_SEGMENTS, cadence.length);
  map.add(at + words.TONE_SERIAL, 1);
}

/** Bell 202 (GR-30) and V.23 channel 1 (EN 300 659-1): mark is a binary 1. Bits before the message, all at 1200 baud. */
const modems = {
  bell202: { markHz: 1200, spaceHz: 2200, seizureBits: 300, markBits: 180 },
  v23: { markHz: 1300, spaceHz: 2100, seizureBits: 300, markBits: 80 },
} as const;
const BAUD = 1200;
const DATA_DBM0 = -14;

/** Writes a message for the modem into the endpoint's control words. */
export function writeData(map: VoiceMap, index: number, standard: CallerIdStandard, message: Uint8Array): void {
  const at = endpointAddress(index);
  const modem = modems[standard];
  const octets = message.subarray(0, words.MAX_MESSAGE);
  map.octets.set(octets, at + words.FRAME_MESSAGE);
  map.setWord(at + words.DATA_LENGTH, octets.length);
  map.setWord(at + words.DATA_MARK_INCREMENT, incrementOf(modem.markHz));
  map.setWord(at + words.DATA_SPACE_INCREMENT, incrementOf(modem.spaceHz));
  map.setWord(at + words.DATA_BAUD_INCREMENT, incrementOf(BAUD));
  map.setWord(at + words.DATA_AMPLITUDE, peakOf(DATA_DBM0));
  map.setWord(at + words.DATA_SEIZURE_BITS, modem.seizureBits);
  map.setWord(at + words.DATA_MARK_BITS, modem.markBits);
  map.add(at + words.DATA_SERIAL, 1);
}
