import type { UsbSetup } from "../../vendor/family.ts";
import type { RequestName } from "../../vendor/reference/wire/control.ts";
import {
  DONGLE_PRODUCT,
  DONGLE_PRODUCT_ID,
  PROTOCOL_MAJOR,
  PROTOCOL_MINOR,
} from "../../vendor/reference/wire/descriptor.ts";
import type { Identification } from "../../vendor/reference/wire/identify.ts";
import { direct, linefeeds } from "../../vendor/reference/wire/slic.ts";
import { FIFO_FRAMES } from "../device/play-out.ts";
import type { Firmware, FirmwareHost } from "../device/reference-device.ts";
import type { AnalogPhone } from "../phone/analog-phone.ts";
import { type Frame, silentFrame } from "../sound/frame.ts";
import { Port } from "./port.ts";

/** What tells one dongle from another. */
export interface DongleOptions {
  readonly serialNumber: string;
  /** Port n has phones[n]. */
  readonly phones: readonly AnalogPhone[];
  /** Trans-hybrid loss of the ports, dB. */
  readonly echoDb: number;
}

/** Firmware of the reference FXS dongle. docs/device-protocol.md §7 */
export class DongleFirmware implements Firmware {
  readonly productId = DONGLE_PRODUCT_ID;
  readonly productName = DONGLE_PRODUCT;
  readonly serialNumber: string;
  readonly identification: Identification;
  readonly #host: FirmwareHost;
  readonly #ports: readonly Port[];

  constructor(host: FirmwareHost, { serialNumber, phones, echoDb }: DongleOptions) {
    this.#host = host;
    this.serialNumber = serialNumber;
    this.identification = {
      major: PROTOCOL_MAJOR,
      minor: PROTOCOL_MINOR,
      kind: "dongle",
      channels: phones.length,
      phones: phones.length,
      formats: ["PCMA", "PCMU", "L16"],
      firmware: 0x0100,
      inFifo: FIFO_FRAMES,
      outFifo: FIFO_FRAMES,
      rfpi: "0000000000",
      model: "Emulated FXS dongle",
    };
    this.#ports = phones.map((phone, n) => new Port(host.clock, phone, echoDb, () => this.#interrupt(n)));
    phones.forEach((phone, n) => {
      phone.onLoop = (closed) => this.#hook(n, closed);
    });
  }

  /** The SLIC of a port, for whoever wants to break something. */
  port(n: number): Port | null {
    return this.#ports[n] ?? null;
  }

  get awake(): boolean {
    return this.#ports.some(({ phone }) => phone.hook === "off");
  }

  powerUp(): void {
    for (const port of this.#ports) {
      port.slic.reset();
      port.connect();
    }
  }

  powerDown(): void {
    for (const { slic } of this.#ports) slic.reset();
  }

  session(begins: boolean): void {
    if (begins) return;
    for (const { slic } of this.#ports) slic.write(direct.linefeed, linefeeds.open);
  }

  controlIn(request: RequestName, { value, index }: UsbSetup): Uint8Array | null {
    const slic = this.#ports[index]?.slic;
    if (slic === undefined) return null;
    if (request === "slicRead") {
      const read = slic.read(value);
      return read === null ? null : Uint8Array.of(read);
    }
    if (request !== "slicReadIndirect") return null;
    const read = slic.readIndirect(value);
    return read === null ? null : Uint8Array.of(read & 0xff, read >> 8);
  }

  controlOut(request: RequestName, { value, index }: UsbSetup, data: Uint8Array): boolean {
    const slic = this.#ports[index]?.slic;
    if (slic === undefined) return false;
    const [low = 0, high = 0] = data;
    if (request === "slicWrite") return data.length === 1 && slic.write(value, low);
    if (request === "slicWriteIndirect") return data.length === 2 && slic.writeIndirect(value, low | (high << 8));
    if (request !== "slicReset" || data.length > 0) return false;
    slic.reset();
    this.#ports[index]?.connect();
    return true;
  }

  /** Every port has its channel. */
  tick(): void {}

  speak(channel: number, heard: Frame): Frame {
    return this.#ports[channel]?.speak(heard) ?? silentFrame;
  }

  #hook(port: number, closed: boolean): void {
    this.#ports[port]?.slic.setLoop(closed);
    this.#host.wake();
  }

  /** Reads the registers, stores the event, clears what was seen. */
  #interrupt(port: number): void {
    const slic = this.#ports[port]?.slic;
    if (slic === undefined) return;
    this.#host.event({
      kind: "slic",
      port,
      interrupts: slic.takeInterrupts(),
      dtmf: slic.read(direct.dtmf) ?? 0,
      linefeed: slic.read(direct.linefeed) ?? 0,
      loop: slic.read(direct.loopStatus) ?? 0,
      timestamp: this.#host.samples,
    });
  }
}
