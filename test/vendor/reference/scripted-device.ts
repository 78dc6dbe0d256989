import type { UsbDevice, UsbInResult, UsbOutResult, UsbSetup } from "../../../src/vendor/family.ts";
import { encodeEventState, requestOf } from "../../../src/vendor/reference/wire/control.ts";
import { VENDOR_ID } from "../../../src/vendor/reference/wire/descriptor.ts";
import { type DeviceEvent, encodeEventFrame } from "../../../src/vendor/reference/wire/event-frame.ts";
import { encodeIdentification, type Identification } from "../../../src/vendor/reference/wire/identify.ts";
import { decodeLinkFrame, type LinkFrame } from "../../../src/vendor/reference/wire/link-frame.ts";
import { encodeSubscriptions, type Subscription } from "../../../src/vendor/reference/wire/subscription.ts";
import { encodeVoiceFrame, type VoiceFrame, voiceFlags } from "../../../src/vendor/reference/wire/voice-frame.ts";

interface Reading {
  readonly done: (octets: Uint8Array) => void;
  readonly failed: (error: Error) => void;
}

/**
 * The far end of the bus at the level of transfers, moved by the test: it answers control requests by the protocol,
 * keeps events for replay, and gives the octets the test tells it to. Refuses what the real library refuses.
 */
export class ScriptedDevice implements UsbDevice {
  readonly vendorId = VENDOR_ID;
  readonly productId: number;
  readonly productName = "scripted";
  readonly serialNumber: string;
  opened = false;
  claimed = false;
  plugged = true;
  /** Everything the host did that is not a transfer of sound or a read, in order. */
  readonly log: string[] = [];
  /** Octets of each OUT transfer. */
  readonly sent: Uint8Array[] = [];
  readonly links: LinkFrame[] = [];
  readonly registers: Uint8Array[];
  /** Requests that stall. */
  readonly refuses = new Set<string>();
  /** What register reads give instead of the register, e.g. `0:11` for port 0. */
  readonly reads = new Map<string, number>();
  subscriptions: readonly Subscription[] = [];
  identification: Identification;
  /** Whether OUT transfers are taken at once. */
  takesVoice = true;
  /** The oldest event still held. */
  oldest = 0;

  readonly #events: Uint8Array[] = [];
  #pointer = 0;
  #base = 0;
  readonly #voice: Uint8Array[] = [];
  readonly #reading = new Map<number, Reading>();
  readonly #writing = new Map<number, Reading>();

  constructor(kind: "base" | "dongle", serial = "S1", channels = 2) {
    this.productId = kind === "base" ? 1 : 2;
    this.serialNumber = serial;
    this.registers = Array.from({ length: channels }, () => new Uint8Array(128));
    this.identification = {
      major: 1,
      minor: 0,
      kind,
      channels,
      phones: channels,
      formats: ["PCMA", "PCMU", "L16"],
      firmware: 0x0100,
      inFifo: 5,
      outFifo: 5,
      rfpi: "0102030405",
      model: `Scripted ${kind}`,
    };
  }

  // --- what the test does ---

  /** Stores an event; it is sent when the host reads. */
  event(event: DeviceEvent): void {
    this.eventOctets(encodeEventFrame({ sequence: this.#base + this.#events.length, event }));
  }

  eventOctets(octets: Uint8Array): void {
    this.#events.push(octets);
    this.#serve();
  }

  /** Replaces what is held for an event, so that a replay gives something else. */
  repair(sequence: number, event: DeviceEvent): void {
    this.#events[sequence - this.#base] = encodeEventFrame({ sequence, event });
  }

  /** The next event is taken off the wire without reaching the host: what a timed-out read does. */
  loseNextEvent(): void {
    this.#pointer += 1;
  }

  link(frame: Partial<LinkFrame> & { readonly message: number }): void {
    const link = {
      handset: 1,
      discriminator: 3,
      transaction: { byHandset: false, value: 0 },
      channel: null,
      elements: [],
    };
    this.event({ kind: "link", link: { ...link, ...frame } });
  }

  voice(frame: Partial<VoiceFrame>): void {
    const whole = { sequence: 0, mirror: 0xffff, flags: 0, timestamp: 0, fill: 0, lost: 0, channels: [] };
    this.voiceOctets(encodeVoiceFrame("in", { ...whole, ...frame }));
  }

  voiceOctets(octets: Uint8Array): void {
    this.#voice.push(octets);
    this.#serve();
  }

  /** The outstanding read of this endpoint (1 voice, 2 events) ends by its timeout, or by another error. */
  failRead(endpoint: number, words = "transferIn error: Cancelled"): void {
    const reading = this.#reading.get(endpoint);
    this.#reading.delete(endpoint);
    reading?.failed(new Error(words));
  }

  failWrite(words = "transferOut error: Cancelled"): void {
    const writing = this.#writing.get(1);
    this.#writing.delete(1);
    writing?.failed(new Error(words));
  }

  /** Takes the OUT transfer that waits. */
  takeWrite(): void {
    const writing = this.#writing.get(1);
    this.#writing.delete(1);
    writing?.done(new Uint8Array(0));
  }

  isReading(endpoint: number): boolean {
    return this.#reading.has(endpoint);
  }

  unplug(): void {
    this.plugged = false;
    for (const endpoint of [1, 2]) this.failRead(endpoint, "transferIn error: Disconnected");
    this.failWrite("transferOut error: Disconnected");
  }

  // --- what the host does ---

  async open(): Promise<void> {
    this.#mustBePlugged();
    this.opened = true;
    this.log.push("open");
  }

  async close(): Promise<void> {
    this.#mustBeIdle();
    this.opened = false;
    this.log.push("close");
  }

  async selectConfiguration(value: number): Promise<void> {
    this.#mustBePlugged();
    this.log.push(`configuration ${value}`);
  }

  async claimInterface(number: number): Promise<void> {
    this.#mustBePlugged();
    if (this.claimed) throw new Error("claimInterface error: busy (errno 16)");
    this.claimed = true;
    this.log.push(`claim ${number}`);
  }

  async releaseInterface(number: number): Promise<void> {
    this.#mustBeIdle();
    this.claimed = false;
    this.log.push(`release ${number}`);
  }

  async reset(): Promise<void> {
    this.log.push("reset");
    for (const endpoint of [1, 2]) this.failRead(endpoint, "transferIn error: Disconnected");
  }

  async clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    this.log.push(`clearHalt ${direction} ${endpoint}`);
  }

  transferIn(endpoint: number): Promise<UsbInResult> {
    if (!this.plugged) return Promise.reject(new Error("transferIn error: Disconnected"));
    if (this.#reading.has(endpoint)) return Promise.reject(new Error("transferIn error: endpoint not found"));
    return new Promise((resolve, reject) => {
      const done = (octets: Uint8Array): void => resolve({ data: new DataView(octets.slice().buffer), status: "ok" });
      this.#reading.set(endpoint, { done, failed: reject });
      this.#serve();
    });
  }

  transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult> {
    if (!this.plugged) return Promise.reject(new Error("transferOut error: Disconnected"));
    if (this.#writing.has(endpoint)) return Promise.reject(new Error("transferOut error: endpoint not found"));
    this.sent.push(data.slice());
    if (this.takesVoice) return Promise.resolve({ bytesWritten: data.length, status: "ok" });
    return new Promise((resolve, reject) => {
      this.#writing.set(endpoint, { done: () => resolve({ bytesWritten: data.length, status: "ok" }), failed: reject });
    });
  }

  async controlTransferIn(setup: UsbSetup): Promise<UsbInResult> {
    const name = this.#request(setup);
    return { data: new DataView(this.#answer(name, setup).slice().buffer), status: "ok" };
  }

  async controlTransferOut(setup: UsbSetup, data: Uint8Array): Promise<UsbOutResult> {
    const name = this.#request(setup);
    if (name !== "linkSend")
      this.log.push(`${name} ${setup.value} ${setup.index}${data.length > 0 ? ` = ${data}` : ""}`);
    this.#obey(name, setup, data);
    return { bytesWritten: data.length, status: "ok" };
  }

  #request(setup: UsbSetup): string {
    this.#mustBePlugged();
    const name = requestOf(setup);
    if (name === null || this.refuses.has(name)) throw new Error("controlTransfer error: endpoint stalled");
    return name;
  }

  #answer(name: string, { value, index }: UsbSetup): Uint8Array {
    const next = this.#base + this.#events.length;
    if (name === "identify") return encodeIdentification(this.identification);
    if (name === "eventState") return encodeEventState({ oldest: this.oldest, next, overflowed: false });
    if (name === "subscriptions") return encodeSubscriptions(this.subscriptions);
    if (name === "slicRead") {
      return Uint8Array.of(this.reads.get(`${index}:${value}`) ?? this.registers[index]?.[value] ?? 0);
    }
    throw new Error("controlTransfer error: endpoint stalled");
  }

  #obey(name: string, { value, index }: UsbSetup, data: Uint8Array): void {
    if (name === "session") this.#session(value);
    if (name === "voice" && value === 0) this.voice({ flags: voiceFlags.last });
    if (name === "eventReplay") {
      if (value < this.oldest) throw new Error("controlTransfer error: endpoint stalled");
      this.#pointer = value;
      this.#serve();
    }
    if (name === "slicReset") this.#resetSlic(index);
    if (name === "slicWrite") this.#writeRegister(index, value, data[0] ?? 0);
    if (name === "linkSend") {
      const link = decodeLinkFrame(data.slice());
      if (!link.ok) throw new Error("controlTransfer error: endpoint stalled");
      this.links.push(link.value);
    }
  }

  #session(begin: number): void {
    if (begin === 0) {
      this.voice({ flags: voiceFlags.last });
      this.event({ kind: "quiesced" });
      return;
    }
    this.#events.length = 0;
    this.#voice.length = 0;
    this.#pointer = 0;
    this.#base = 0;
    this.oldest = 0;
  }

  #resetSlic(port: number): void {
    const registers = this.registers[port];
    registers?.fill(0);
    registers?.set([2], 8);
    registers?.set([0x33], 11);
    registers?.set([0x10], 14);
    registers?.set([170], 82);
  }

  #writeRegister(port: number, register: number, octet: number): void {
    // Calibration is done at once; interrupt status is cleared by what is written.
    const kept = register === 96 || (register >= 18 && register <= 20) ? 0 : octet;
    this.registers[port]?.set([kept], register);
  }

  #serve(): void {
    const event = this.#events[this.#pointer - this.#base];
    if (event !== undefined && this.#reading.has(2)) {
      this.#pointer += 1;
      this.#finish(2, event);
    }
    if (this.#voice.length > 0 && this.#reading.has(1)) this.#finish(1, this.#voice.shift() ?? new Uint8Array(0));
  }

  #finish(endpoint: number, octets: Uint8Array): void {
    const reading = this.#reading.get(endpoint);
    this.#reading.delete(endpoint);
    reading?.done(octets);
  }

  #mustBePlugged(): void {
    if (!this.plugged) throw new Error("device not found (errno 19)");
  }

  #mustBeIdle(): void {
    if (this.#reading.size + this.#writing.size > 0) {
      throw new Error("The same native value cannot be borrowed mutably and immutably at the same time");
    }
  }
}
