import { decodeFrame, encodeFrame } from "../../src/emulator/sound/g711.ts";
import type { VoiceFormat } from "../../src/message/media.ts";
import type { UsbBus, UsbDevice } from "../../src/vendor/family.ts";
import { type RequestName, vendorSetup } from "../../src/vendor/reference/wire/control.ts";
import { EVENT_READ, INTERFACE, voiceReadLength } from "../../src/vendor/reference/wire/descriptor.ts";
import { type DeviceEvent, decodeEventFrame } from "../../src/vendor/reference/wire/event-frame.ts";
import { decodeIdentification, type Identification } from "../../src/vendor/reference/wire/identify.ts";
import type { LinkFrame } from "../../src/vendor/reference/wire/link-frame.ts";
import { encodeLinkFrame } from "../../src/vendor/reference/wire/link-frame.ts";
import {
  decodeVoiceFrame,
  encodeVoiceFrame,
  formatCodes,
  type VoiceFrame,
  voiceFlags,
} from "../../src/vendor/reference/wire/voice-frame.ts";

type SlicSeen = Extract<DeviceEvent, { kind: "slic" }>;

/** A host that speaks the device protocol, written from docs/device-protocol.md and nothing else. */
export class WireHost {
  readonly device: UsbDevice;
  readonly events: DeviceEvent[] = [];
  readonly voice: VoiceFrame[] = [];
  /** What is sent on a channel; null = no block. */
  sound: (channel: number) => Int16Array | null = () => null;
  /** Octets to send instead of the next OUT frame. */
  nonsense: Uint8Array[] = [];
  identification: Identification | null = null;
  readonly #formats = new Map<number, VoiceFormat>();
  readonly #heard = new Map<number, Int16Array[]>();
  #sequence = 0;
  ended: Promise<unknown> = Promise.resolve();

  private constructor(device: UsbDevice) {
    this.device = device;
  }

  static async attach(bus: UsbBus, productId: number): Promise<WireHost> {
    const device = (await bus.getDevices()).find((one) => one.productId === productId);
    if (device === undefined) throw new Error(`no device ${productId}`);
    const host = new WireHost(device);
    await device.open();
    await device.selectConfiguration(1);
    await device.claimInterface(INTERFACE);
    const reply = decodeIdentification(await host.ask("identify", 0, 0, 64));
    if (reply.ok) host.identification = reply.value;
    await host.tell("session", 1, 0);
    host.ended = Promise.allSettled([host.#readEvents()]);
    return host;
  }

  async tell(request: RequestName, value: number, index: number, data: readonly number[] | Uint8Array = []) {
    await this.device.controlTransferOut(vendorSetup(request, value, index), Uint8Array.from(data), 1000);
  }

  async ask(request: RequestName, value: number, index: number, length: number): Promise<Uint8Array> {
    const { data } = await this.device.controlTransferIn(vendorSetup(request, value, index), length, 1000);
    return data === null || data === undefined
      ? new Uint8Array(0)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }

  async read(register: number, port = 0): Promise<number> {
    return (await this.ask("slicRead", register, port, 1))[0] ?? -1;
  }

  async write(register: number, value: number, port = 0): Promise<void> {
    await this.tell("slicWrite", register, port, [value]);
  }

  async link(frame: LinkFrame): Promise<void> {
    await this.tell("linkSend", 0, 0, encodeLinkFrame(frame));
  }

  get slic(): readonly SlicSeen[] {
    return this.events.filter((event): event is SlicSeen => event.kind === "slic");
  }

  get links(): readonly LinkFrame[] {
    return this.events.flatMap((event) => (event.kind === "link" ? [event.link] : []));
  }

  async open(channel: number, format: VoiceFormat): Promise<void> {
    this.#formats.set(channel, format);
    await this.tell("channel", formatCodes[format], channel);
  }

  async run(): Promise<void> {
    await this.tell("voice", 1, 0);
    this.ended = Promise.allSettled([this.ended, this.#readVoice()]);
  }

  /** Everything a channel brought so far, in one piece. */
  heard(channel: number): Int16Array {
    return Int16Array.from((this.#heard.get(channel) ?? []).flatMap((frame) => [...frame]));
  }

  forget(): void {
    this.#heard.clear();
    this.voice.length = 0;
    this.events.length = 0;
  }

  /** Ends the session; the reads that wait end with it. */
  async detach(): Promise<void> {
    await this.tell("session", 0, 0);
    await this.ended;
    await this.device.releaseInterface(INTERFACE);
    await this.device.close();
  }

  async #readEvents(): Promise<void> {
    for (;;) {
      const octets = await this.#transfer(2, EVENT_READ);
      if (octets === null) continue;
      const frame = decodeEventFrame(octets);
      if (!frame.ok) throw new Error(frame.fault);
      if (frame.value.event.kind === "quiesced") return;
      this.events.push(frame.value.event);
    }
  }

  async #readVoice(): Promise<void> {
    for (;;) {
      const octets = await this.#transfer(1, voiceReadLength(this.identification?.channels ?? 8));
      if (octets === null) continue;
      const frame = decodeVoiceFrame("in", octets.slice());
      if (!frame.ok) throw new Error(frame.fault);
      this.voice.push(frame.value);
      if (frame.value.flags & voiceFlags.last) return;
      this.#take(frame.value);
      await this.device.transferOut(1, this.nonsense.shift() ?? this.#answer(frame.value), 1000);
    }
  }

  async #transfer(endpoint: number, length: number): Promise<Uint8Array | null> {
    try {
      const { data } = await this.device.transferIn(endpoint, length, 1000);
      return data === null || data === undefined ? null : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    } catch (error) {
      if (error instanceof Error && error.message.includes("Cancelled")) return null;
      throw error;
    }
  }

  #take(frame: VoiceFrame): void {
    for (const { channel, format, payload } of frame.channels) {
      const samples = new Int16Array(160);
      decodeFrame(format, payload, samples);
      const heard = this.#heard.get(channel) ?? [];
      heard.push(samples);
      this.#heard.set(channel, heard);
    }
  }

  #answer(frame: VoiceFrame): Uint8Array {
    const channels = [...this.#formats].flatMap(([channel, format]) => {
      const sound = this.sound(channel);
      return sound === null ? [] : [{ channel, format, flags: 0, payload: encodeFrame(format, sound) }];
    });
    return encodeVoiceFrame("out", {
      sequence: this.#sequence++ & 0xffff,
      mirror: frame.sequence,
      flags: 0,
      timestamp: frame.timestamp,
      fill: 0,
      lost: 0,
      channels,
    });
  }
}

/** Plays samples once, then silence. */
export function player(samples: Int16Array): () => Int16Array {
  let at = 0;
  return () => {
    const frame = new Int16Array(160);
    frame.set(samples.subarray(at, at + 160));
    at += 160;
    return frame;
  };
}
