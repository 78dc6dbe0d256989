import { SAMPLE_RATE_HZ } from "../../message/device-voice.ts";
import type { Digit } from "../../message/name.ts";
import { dtmfOf } from "../slic/dtmf.ts";
import { clip } from "../sound/frame.ts";
import { sinePeak } from "../sound/level.ts";

/** One sine of a sound. */
export interface Sine {
  readonly frequencyHz: number;
  readonly levelDbm0: number;
}

/** How long a key sounds and pauses: twice what ITU-T Q.24 asks for. */
export const KEY_ON_MS = 80;
export const KEY_OFF_MS = 80;
/** The high tone is 2 dB above the low one (ETSI ES 201 235-2: 1 to 4 dB), so that both arrive alike. */
const LOW_DBM0 = -11;
const HIGH_DBM0 = -9;
const RAMP_MS = 2;

/** Sines that sound together for a time, with soft edges. */
export function renderSines(sines: readonly Sine[], ms: number): Int16Array {
  const length = Math.round((ms * SAMPLE_RATE_HZ) / 1000);
  const ramp = (RAMP_MS * SAMPLE_RATE_HZ) / 1000;
  const parts = sines.map((sine) => ({
    step: (2 * Math.PI * sine.frequencyHz) / SAMPLE_RATE_HZ,
    peak: sinePeak(sine.levelDbm0),
  }));
  return Int16Array.from({ length }, (_, n) => {
    const edge = Math.min(1, (n + 0.5) / ramp, (length - n - 0.5) / ramp);
    return clip(edge * parts.reduce((sum, part) => sum + part.peak * Math.sin(part.step * n), 0));
  });
}

/** A key as the phone sounds it, with the pause behind it. */
export function renderKey(digit: Digit): Int16Array {
  const { low, high } = dtmfOf(digit);
  const sound = renderSines(
    [
      { frequencyHz: low, levelDbm0: LOW_DBM0 },
      { frequencyHz: high, levelDbm0: HIGH_DBM0 },
    ],
    KEY_ON_MS,
  );
  const samples = new Int16Array(sound.length + (KEY_OFF_MS * SAMPLE_RATE_HZ) / 1000);
  samples.set(sound);
  return samples;
}
