import type { VoiceFormat } from "../../message/media.ts";
import type { Clock } from "../../vendor/clock/clock.ts";
import type { UsbSetup } from "../../vendor/family.ts";
import { encodeCounters, encodeEventState, type RequestName, requestOf } from "../../vendor/reference/wire/control.ts";
import {
  CONFIGURATION,
  EVENT_ENDPOINT,
  EVENT_INTERVAL_MS,
  INTERFACE,
  MANUFACTURER,
  MILLIAMPS,
  PACKET,
  VENDOR_CLASS,
  VENDOR_ID,
  VOICE_ENDPOINT,
} from "../../vendor/reference/wire/descriptor.ts";
import type { DeviceEvent } from "../../vendor/reference/wire/event-frame.ts";
import { encodeIdentification, type Identification } from "../../vendor/reference/wire/identify.ts";
import { FORMAT_NONE, formatOfCode } from "../../vendor/reference/wire/voice-frame.ts";
import type { Frame } from "../sound/frame.ts";
import type { DeviceDescriptor, DeviceModel, EndpointDescriptor } from "../usb/device-model.ts";
import { Packets } from "../usb/packets.ts";
import { EventStore } from "./event-store.ts";
import { FrameClock } from "./frame-clock.ts";
import { VoicePath } from "./voice-path.ts";

/** What a base and a dongle do differently. */
export interface Firmware {
  readonly productId: number;
  readonly productName: string;
  readonly serialNumber: string;
  readonly identification: Identification;
  /** Power-up and bus reset: everything as from the factory. */
  powerUp(): void;
  powerDown(): void;
  /** A host begins or ends its session. */
  session(begins: boolean): void;
  /** Requests of this kind of device only; null or false = stall. */
  controlIn(request: RequestName, setup: UsbSetup): Uint8Array | null;
  controlOut(request: RequestName, setup: UsbSetup, data: Uint8Array): boolean;
  /** A phone needs the 20 ms clock, voice or not. */
  readonly awake: boolean;
  /** 20 ms begin: for the phones that are on no channel. */
  tick(): void;
  /** 20 ms of a channel: hears `heard`, returns what is said. */
  speak(channel: number, heard: Frame): Frame;
}

/** What the firmware can ask of the device around it. */
export interface FirmwareHost {
  readonly clock: Clock;
  /** Sample counter of the voice path. */
  readonly samples: number;
  event(event: DeviceEvent): void;
  /** `awake` may have changed. */
  wake(): void;
}

const voiceEndpoint = {
  number: VOICE_ENDPOINT,
  interface: INTERFACE,
  type: "bulk",
  packet: PACKET,
  interval: 0,
} as const;

const endpoints: readonly EndpointDescriptor[] = [
  { ...voiceEndpoint, direction: "in" },
  { ...voiceEndpoint, direction: "out" },
  {
    direction: "in",
    number: EVENT_ENDPOINT,
    interface: INTERFACE,
    type: "interrupt",
    packet: PACKET,
    interval: EVENT_INTERVAL_MS,
  },
];

/** docs/device-protocol.md §2 */
function describe({ productId, productName, serialNumber, identification }: Firmware): DeviceDescriptor {
  const protocol = identification.kind === "base" ? 1 : 2;
  return {
    vendorId: VENDOR_ID,
    productId,
    release: identification.firmware,
    class: VENDOR_CLASS,
    manufacturer: MANUFACTURER,
    productName,
    serialNumber,
    configuration: CONFIGURATION,
    milliamps: MILLIAMPS,
    interfaces: [{ number: INTERFACE, class: VENDOR_CLASS, subclass: 0, protocol }],
    endpoints,
  };
}

/** The part that both reference devices share: session, events, voice. docs/device-protocol.md §3-6 */
export class ReferenceDevice implements DeviceModel, FirmwareHost {
  readonly descriptor: DeviceDescriptor;
  readonly clock: Clock;
  onReady: DeviceModel["onReady"] = null;
  readonly #firmware: Firmware;
  readonly #frames: FrameClock;
  readonly #events = new EventStore();
  readonly #eventPackets = new Packets(PACKET);
  readonly #voice: VoicePath;
  #powered = false;
  /** Nothing is sent before the first session. */
  #session = false;

  constructor(clock: Clock, makeFirmware: (host: FirmwareHost) => Firmware) {
    this.clock = clock;
    this.#frames = new FrameClock(clock, (skipped) => this.#tick(skipped));
    this.#firmware = makeFirmware(this);
    this.descriptor = describe(this.#firmware);
    this.#voice = new VoicePath(this.#firmware.identification.channels);
  }

  get samples(): number {
    return this.#frames.samples;
  }

  powerOn(): void {
    this.#powered = true;
    this.#session = false;
    this.#restart();
    this.#firmware.powerUp();
    this.wake();
  }

  powerOff(): void {
    this.#powered = false;
    this.#firmware.powerDown();
    this.#frames.rest();
  }

  reset(): void {
    this.#session = true;
    this.#restart();
    this.#firmware.powerUp();
    this.wake();
  }

  event(event: DeviceEvent): void {
    if (!this.#powered) return;
    this.#events.push(event);
    this.onReady?.("in", EVENT_ENDPOINT);
  }

  wake(): void {
    const needed = this.#powered && (this.#voice.running || this.#firmware.awake);
    if (needed) this.#frames.run();
    else this.#frames.rest();
  }

  controlIn(setup: UsbSetup, length: number): Uint8Array | null {
    const request = requestOf(setup);
    return request === null ? null : (this.#answer(request, setup)?.subarray(0, length) ?? null);
  }

  controlOut(setup: UsbSetup, data: Uint8Array): boolean {
    const request = requestOf(setup);
    if (request === null) return false;
    switch (request) {
      case "session":
        return data.length === 0 && setup.value <= 1 && this.#beginOrEnd(setup.value === 1);
      case "voice":
        return data.length === 0 && setup.value <= 1 && this.#runOrStop(setup.value === 1);
      case "channel":
        return data.length === 0 && this.#channel(setup.index, setup.value);
      case "eventReplay":
        return data.length === 0 && this.#replay(setup.value);
      default:
        return this.#firmware.controlOut(request, setup, data);
    }
  }

  receive(endpoint: number, data: Uint8Array): "ack" | "stall" {
    if (endpoint !== VOICE_ENDPOINT) return "stall";
    this.#voice.receive(data);
    return "ack";
  }

  packet(endpoint: number): Uint8Array | "nak" | "stall" {
    if (!this.#session) return "nak";
    if (endpoint === VOICE_ENDPOINT) return this.#voice.packet();
    if (endpoint !== EVENT_ENDPOINT) return "stall";
    if (this.#eventPackets.length === 0) {
      const transfer = this.#events.take();
      if (transfer !== null) this.#eventPackets.push(transfer);
    }
    return this.#eventPackets.next();
  }

  #answer(request: RequestName, setup: UsbSetup): Uint8Array | null {
    switch (request) {
      case "identify":
        return encodeIdentification(this.#firmware.identification);
      case "eventState":
        return encodeEventState(this.#events.state);
      case "counters":
        return encodeCounters({ ...this.#voice.counters, eventsLost: this.#events.lost });
      default:
        return this.#firmware.controlIn(request, setup);
    }
  }

  #restart(): void {
    this.#voice.begin();
    this.#events.clear();
    this.#eventPackets.clear();
    this.#frames.restart();
  }

  #beginOrEnd(begins: boolean): true {
    if (begins) {
      this.#session = true;
      this.#restart();
    } else this.#runOrStop(false);
    this.#firmware.session(begins);
    if (!begins) this.event({ kind: "quiesced" });
    this.wake();
    return true;
  }

  #runOrStop(run: boolean): true {
    if (run) this.#voice.run();
    else this.#voice.stop(this.#frames.samples);
    this.wake();
    if (!run) this.onReady?.("in", VOICE_ENDPOINT);
    return true;
  }

  #channel(channel: number, code: number): boolean {
    const { channels, formats } = this.#firmware.identification;
    const format: VoiceFormat | null = formatOfCode(code);
    if (channel >= channels || (format === null && code !== FORMAT_NONE)) return false;
    if (format !== null && !formats.includes(format)) return false;
    this.#voice.open(channel, format);
    return true;
  }

  #replay(sequence: number): boolean {
    if (!this.#events.replay(sequence)) return false;
    this.#eventPackets.clear();
    this.onReady?.("in", EVENT_ENDPOINT);
    return true;
  }

  #tick(skipped: number): void {
    this.#firmware.tick();
    this.#voice.tick(this.#frames.frameSamples, skipped, (channel, heard) => this.#firmware.speak(channel, heard));
    this.onReady?.("in", VOICE_ENDPOINT);
  }
}
