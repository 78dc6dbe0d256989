import type { DeviceVoice } from "../../../src/message/device-voice.ts";
import type { Event } from "../../../src/message/event.ts";
import type { VoiceFormat } from "../../../src/message/media.ts";
import type { DeviceName } from "../../../src/message/name.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import type { AttachedDevice, Family, UsbDevice } from "../../../src/vendor/family.ts";

export interface Pushed {
  readonly channel: number;
  readonly format: VoiceFormat;
  readonly sequence: number;
  readonly frame: Uint8Array;
}

/** The voice rings' gateway side, as the test plays it. */
export class TestVoice implements DeviceVoice {
  readonly pushed: Pushed[] = [];
  readonly formats = new Map<number, VoiceFormat>();
  /** What `pull` gives next, per channel; when empty, a frame filled with the channel's number + 1. */
  readonly frames = new Map<number, Uint8Array[]>();
  closed = false;
  onChannel: ((channel: number, format: VoiceFormat | null) => void) | null = null;

  push(channel: number, format: VoiceFormat, sequence: number, frame: Uint8Array): void {
    this.pushed.push({ channel, format, sequence, frame: frame.slice() });
  }

  pulled(): number {
    return 0;
  }

  pull(channel: number, into: Uint8Array): number {
    const format = this.formats.get(channel);
    const next = this.frames.get(channel)?.shift();
    if (format === undefined) return 0;
    const frame = next ?? new Uint8Array(format === "L16" ? 320 : 160).fill(channel + 1);
    into.set(frame);
    return frame.length;
  }

  formatOf(channel: number): VoiceFormat | null {
    return this.formats.get(channel) ?? null;
  }

  close(): void {
    this.closed = true;
  }

  /** What the upper half's openUsb and close do. */
  open(channel: number, format: VoiceFormat | null): void {
    if (format === null) this.formats.delete(channel);
    else this.formats.set(channel, format);
    this.onChannel?.(channel, format);
  }
}

export class Bench {
  readonly clock = new VirtualClock(1000);
  readonly events: Event[] = [];
  readonly reports: string[] = [];
  readonly voice = new TestVoice();

  attach(family: Family, device: UsbDevice, firstNumber = 1): Promise<AttachedDevice> {
    const name: DeviceName = `${family.kind}:1`;
    return family.attach(device, {
      device: name,
      firstNumber,
      clock: this.clock,
      post: (event) => this.events.push(event),
      openVoice: () => this.voice,
      report: (problem) => this.reports.push(problem),
    });
  }

  kinds(): string[] {
    return this.events.map((event) => event.kind);
  }

  last(): Event | undefined {
    return this.events.at(-1);
  }
}

/** Lets everything that is due without time passing happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Deterministic random numbers: 32 bits, xorshift. */
export function random(seed: number): (below: number) => number {
  let state = seed || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
