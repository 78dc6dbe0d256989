import type { VoiceFormat } from "../../message/media.ts";
import { PACKET } from "../../vendor/reference/wire/descriptor.ts";
import {
  type ChannelFrame,
  decodeVoiceFrame,
  encodeVoiceFrame,
  voiceFlags,
} from "../../vendor/reference/wire/voice-frame.ts";
import { type Frame, silentFrame } from "../sound/frame.ts";
import { decodeFrame, encodeFrame, isIdle } from "../sound/g711.ts";
import { Packets } from "../usb/packets.ts";
import { FIFO_FRAMES, PlayOut } from "./play-out.ts";

/** What a channel says and hears: given 20 ms from the host, gives 20 ms to it. */
export type Speak = (channel: number, heard: Frame) => Frame;

/** The voice endpoints of a reference device. docs/device-protocol.md §5 */
export class VoicePath {
  readonly #in = new Packets(PACKET);
  readonly #out = new PlayOut();
  readonly #formats: (VoiceFormat | null)[];
  readonly #heard: Int16Array[];
  #running = false;
  #sequence = 0;
  #refused = 0;
  #inDropped = 0;
  /** Flags for the next IN frame. */
  #flags = 0;

  constructor(channels: number) {
    this.#formats = Array.from({ length: channels }, () => null);
    this.#heard = Array.from({ length: channels }, () => new Int16Array(silentFrame.length));
  }

  get running(): boolean {
    return this.#running;
  }

  get counters(): { inDropped: number; outRefused: number; outDropped: number; underruns: number } {
    return {
      inDropped: this.#inDropped,
      outRefused: this.#refused,
      outDropped: this.#out.dropped,
      underruns: this.#out.underruns,
    };
  }

  begin(): void {
    this.#running = false;
    this.#formats.fill(null);
    this.#in.clear();
    this.#out.clear();
    this.#sequence = 0;
    this.#refused = 0;
    this.#inDropped = 0;
    this.#flags = 0;
  }

  open(channel: number, format: VoiceFormat | null): void {
    this.#formats[channel] = format;
  }

  run(): void {
    this.#running = true;
  }

  /** Ends the read of the host that is outstanding. */
  stop(timestamp: number): void {
    if (!this.#running) return;
    this.#running = false;
    this.#in.clear();
    this.#out.empty();
    this.#flags = voiceFlags.last;
    this.#send([], timestamp);
  }

  receive(transfer: Uint8Array): void {
    const frame = decodeVoiceFrame("out", transfer);
    if (!frame.ok) {
      this.#refused++;
      this.#flags |= voiceFlags.refused;
    } else if (this.#running) this.#out.push(frame.value);
  }

  packet(): Uint8Array | "nak" {
    return this.#in.next();
  }

  /** 20 ms: plays what the host sent, hears the phones, makes the next IN frame. */
  tick(timestamp: number, skipped: number, speak: Speak): void {
    const played = this.#running ? this.#out.next() : [];
    const channels: ChannelFrame[] = [];
    this.#formats.forEach((format, channel) => {
      const said = speak(channel, format === null ? silentFrame : this.#play(played, channel, format));
      if (format !== null) channels.push({ channel, format, flags: 0, payload: encodeFrame(format, said) });
    });
    if (!this.#running) return;
    this.#skip(skipped);
    this.#report();
    this.#send(channels, timestamp);
  }

  #play(played: readonly ChannelFrame[], channel: number, format: VoiceFormat): Frame {
    const block = played.find((one) => one.channel === channel && one.format === format);
    const heard = this.#heard[channel];
    if (block === undefined || heard === undefined || isIdle(format, block.payload)) return silentFrame;
    decodeFrame(format, block.payload, heard);
    return heard;
  }

  /** The clock was held up: frames that were never made count as dropped. */
  #skip(frames: number): void {
    if (frames === 0) return;
    this.#sequence = (this.#sequence + frames) & 0xffff;
    this.#inDropped += frames;
    this.#flags |= voiceFlags.overrun;
  }

  #report(): void {
    const { underrun, overflow } = this.#out.report();
    if (underrun) this.#flags |= voiceFlags.underrun;
    if (overflow) this.#flags |= voiceFlags.overflow;
    while (this.#in.length >= FIFO_FRAMES && this.#in.dropOldest()) {
      this.#inDropped++;
      this.#flags |= voiceFlags.overrun;
    }
  }

  #send(channels: readonly ChannelFrame[], timestamp: number): void {
    const frame = {
      sequence: this.#sequence,
      mirror: this.#out.mirror,
      flags: this.#flags,
      timestamp,
      fill: this.#out.fill,
      lost: (this.#refused + this.#out.dropped) & 0xff,
      channels,
    };
    this.#in.push(encodeVoiceFrame("in", frame));
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#flags = 0;
  }
}
