import type { DeviceVoice } from "../../../message/device-voice.ts";
import type { VoiceFormat } from "../../../message/media.ts";
import type { FamilyContext } from "../../family.ts";
import { voiceReadLength } from "../wire/descriptor.ts";
import {
  type ChannelFrame,
  decodeVoiceFrame,
  encodeVoiceFrame,
  FORMAT_NONE,
  formatCodes,
  payloadLengths,
  type VoiceFrame,
  voiceFlags,
} from "../wire/voice-frame.ts";
import { wordsOf } from "./bus-fault.ts";
import type { Connection, Transfer } from "./connection.ts";

/** Frames that wait for the OUT endpoint; the oldest goes when another comes. */
const OUT_QUEUE_MAX = 3;
/** Frames out whose place in the rings is remembered: more than a device keeps before it plays them. */
const REMEMBERED = 32;
/** Transfers in a row that time out before the device is given up: 3 s. */
const SILENT_MAX = 3;
/** Frames in a row that are refused before the device is given up: 3 s. */
const REFUSED_MAX = 150;

const complaints: readonly (readonly [flag: number, words: string])[] = [
  [voiceFlags.overrun, "voice frames lost: the host was late"],
  [voiceFlags.underrun, "voice frames missing: the device ran out of sound"],
  [voiceFlags.refused, "voice frame refused by the device"],
  [voiceFlags.overflow, "voice frames lost: the device had too many"],
];

/**
 * Moves the sound of all channels of a device. The device is the clock: each IN frame is answered by one OUT frame
 * (docs/device-protocol.md §5). Runs only while a channel is open.
 */
export class VoiceLoop {
  readonly #connection: Connection;
  readonly #context: FamilyContext;
  readonly #voice: DeviceVoice;
  readonly #open = new Set<number>();
  readonly #scratch: readonly Uint8Array[];
  readonly #queue: Uint8Array[] = [];
  #running = false;
  #reading = false;
  #sending = false;
  #sequence = 0;
  /** Which frames of the rings went out under the last sequence numbers: a device mirrors the number it played. */
  readonly #played = new Map<number, ReadonlyMap<number, number>>();
  #refused = 0;
  #silentIn = 0;
  #silentOut = 0;

  constructor(connection: Connection, context: FamilyContext, voice: DeviceVoice) {
    this.#connection = connection;
    this.#context = context;
    this.#voice = voice;
    this.#scratch = Array.from({ length: connection.identification.channels }, () => new Uint8Array(320));
    voice.onChannel = (channel, format) => this.#setChannel(channel, format);
  }

  /** Lets the rings go; the transfers end with the connection. */
  close(): void {
    this.#voice.onChannel = null;
    this.#voice.close();
  }

  #setChannel(channel: number, format: VoiceFormat | null): void {
    if (channel >= this.#scratch.length || this.#connection.over) return;
    if (format === null) this.#open.delete(channel);
    else this.#open.add(channel);
    this.#tell("channel", format === null ? FORMAT_NONE : formatCodes[format], channel);
    if (this.#open.size > 0 && !this.#running) this.#start();
    if (this.#open.size === 0 && this.#running) this.#stop();
  }

  #start(): void {
    this.#running = true;
    this.#silentIn = 0;
    this.#refused = 0;
    this.#tell("voice", 1, 0);
    if (!this.#reading) void this.#read();
  }

  #stop(): void {
    this.#running = false;
    this.#queue.length = 0;
    this.#tell("voice", 0, 0);
  }

  #tell(name: "channel" | "voice", value: number, index: number): void {
    this.#connection.tell(name, value, index).catch((error: unknown) => {
      if (!this.#connection.over) this.#context.report(`voice not switched: ${wordsOf(error)}`);
    });
  }

  /** One read is always outstanding, posted again before its predecessor's frame is handled. */
  async #read(): Promise<void> {
    this.#reading = true;
    const length = voiceReadLength(this.#scratch.length);
    let next = this.#connection.readVoice(length);
    for (;;) {
      const transfer = await next;
      const frame = this.#frameOf(transfer);
      if (transfer.kind === "over" || this.#endsWith(transfer, frame)) break;
      next = this.#connection.readVoice(length);
      if (frame !== null) this.#exchange(frame);
    }
    this.#reading = false;
  }

  #frameOf(transfer: Transfer): VoiceFrame | null {
    if (transfer.kind !== "done") return null;
    this.#silentIn = 0;
    const read = decodeVoiceFrame("in", transfer.octets);
    if (read.ok) {
      this.#refused = 0;
      return read.value;
    }
    this.#context.report(`voice frame refused: ${read.fault}`);
    this.#refused += 1;
    if (this.#refused >= REFUSED_MAX) this.#connection.fail("sends nothing but malformed voice frames");
    return null;
  }

  /** Whether reading ends: voice was stopped and the device has said its last, or nothing more comes. */
  #endsWith(transfer: Transfer, frame: VoiceFrame | null): boolean {
    const last = frame !== null && (frame.flags & voiceFlags.last) !== 0;
    if (!this.#running) return last || transfer.kind === "timeout";
    if (transfer.kind !== "timeout") return false;
    this.#silentIn += 1;
    if (this.#silentIn >= SILENT_MAX) this.#connection.fail("sent no voice for 3 s");
    return false;
  }

  #exchange(frame: VoiceFrame): void {
    for (const [flag, words] of complaints) if (frame.flags & flag) this.#context.report(words);
    if (frame.flags & voiceFlags.last) return;
    for (const { channel, format, payload } of frame.channels) {
      const heard = this.#played.get(frame.mirror)?.get(channel);
      if (this.#open.has(channel)) this.#voice.push(channel, format, frame.sequence, payload, heard);
    }
    if (this.#running) this.#answer(frame);
  }

  #answer(to: VoiceFrame): void {
    const channels: ChannelFrame[] = [];
    const positions = new Map<number, number>();
    for (const channel of this.#open) {
      const sound = this.#pull(channel);
      if (sound === null) continue;
      channels.push(sound);
      positions.set(channel, this.#voice.pulled(channel));
    }
    this.#played.set(this.#sequence, positions);
    this.#played.delete((this.#sequence - REMEMBERED) & 0xffff);
    const frame = {
      sequence: this.#sequence,
      mirror: to.sequence,
      flags: 0,
      timestamp: to.timestamp,
      fill: 0,
      lost: 0,
    };
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#queue.push(encodeVoiceFrame("out", { ...frame, channels }));
    if (this.#queue.length > OUT_QUEUE_MAX) {
      this.#queue.shift();
      this.#context.report("voice frames lost: the device does not take them");
    }
    if (!this.#sending) void this.#send();
  }

  #pull(channel: number): ChannelFrame | null {
    const into = this.#scratch[channel];
    const format = this.#voice.formatOf(channel);
    if (into === undefined || format === null) return null;
    const length = this.#voice.pull(channel, into);
    if (length !== payloadLengths[format]) return null;
    return { channel, format, flags: 0, payload: into.subarray(0, length) };
  }

  async #send(): Promise<void> {
    this.#sending = true;
    for (let octets = this.#queue.shift(); octets !== undefined; octets = this.#queue.shift()) {
      const { kind } = await this.#connection.writeVoice(octets);
      if (kind === "over") break;
      this.#silentOut = kind === "timeout" ? this.#silentOut + 1 : 0;
      if (this.#silentOut >= SILENT_MAX) this.#connection.fail("took no voice for 3 s");
    }
    this.#sending = false;
  }
}
