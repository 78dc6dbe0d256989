import { SAMPLES_PER_FRAME } from "../../message/device-voice.ts";

/** 20 ms of sound: 160 samples, 16-bit linear, 8000 samples/s. */
export type Frame = Int16Array;

/** Frame of digital silence; never written to. */
export const silentFrame: Frame = new Int16Array(SAMPLES_PER_FRAME);

/** True when every sample is the same: nothing sounds (A-law idle decodes to a constant 8, not to 0). */
export function isSilent(frame: Frame): boolean {
  if (frame === silentFrame) return true;
  const first = frame[0] ?? 0;
  for (const sample of frame) if (sample !== first) return false;
  return true;
}

/** Cuts to the 16-bit range and rounds. */
export function clip(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)));
}
