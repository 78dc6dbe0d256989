import type { VoiceFormat } from "./media.ts";

/** One voice frame of a device, unless it says that it has 10 ms: 160 samples, 160 octets of G.711 or 320 of L16. */
export const FRAME_MS = 20;
export const SAMPLES_PER_FRAME = 160;
export const SAMPLE_RATE_HZ = 8000;

/**
 * The voice of one USB device, as the family that drives it sees it: rings in shared memory.
 * Called on the thread that does the device's transfers; nothing here blocks or allocates.
 */
export interface DeviceVoice {
  /**
   * Device -> gateway. A full ring drops its oldest frame; a gap in `sequence` (uint16) is concealed. `heard`: what
   * `pulled` said of the frame that was played while this one was recorded; its echo is in it. 0 = not known.
   */
  push(channel: number, format: VoiceFormat, sequence: number, frame: Uint8Array, heard?: number): void;
  /** Gateway -> device: copies the next frame into `into`; returns its length in octets, 0 when there is none yet. */
  pull(channel: number, into: Uint8Array): number;
  /** Which frame `pull` gave last, for `heard`. */
  pulled(channel: number): number;
  /** Which format the frames of `pull` are in now; null = channel closed. */
  formatOf(channel: number): VoiceFormat | null;
  /** Told when the upper half opens, changes or closes a channel, so that the family can tell the device. */
  onChannel: ((channel: number, format: VoiceFormat | null) => void) | null;
  /** The device is gone: its channels close. */
  close(): void;
}
