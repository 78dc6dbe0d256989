import type { Duplex } from "node:stream";
import { ms } from "../../../src/message/units.ts";
import type { Clock } from "../../../src/vendor/clock/clock.ts";
import type { UsbBus, UsbDevice, UsbInResult, UsbOutResult, UsbSetup } from "../../../src/vendor/family.ts";
import { type Answer, errno, list, UsbipHost } from "./usbip-host.ts";

const standard = { requestType: "standard", recipient: "device" } as const;

/** What a kernel and the library on it make of a USB/IP server: attaches what is offered, enumerates it, gives objects. */
export class UsbipBus implements UsbBus {
  readonly #connect: () => Duplex;
  readonly #clock: Clock;
  readonly #devices = new Set<UsbipDevice>();

  constructor(connect: () => Duplex, clock: Clock) {
    this.#connect = connect;
    this.#clock = clock;
  }

  async getDevices(): Promise<readonly UsbDevice[]> {
    for (const device of this.#devices) if (device.host.gone) this.#devices.delete(device);
    for (const { busid } of await list(this.#connect())) {
      const host = await UsbipHost.import(this.#connect(), busid);
      if (host instanceof UsbipHost) this.#devices.add(await UsbipDevice.enumerate(host, this.#clock));
    }
    return [...this.#devices];
  }

  onChange(): () => void {
    return () => {};
  }
}

/** The library's object, as far as families and tests use it, on the wire of USB/IP. */
class UsbipDevice implements UsbDevice {
  readonly host: UsbipHost;
  readonly vendorId: number;
  readonly productId: number;
  readonly productName: string;
  readonly serialNumber: string;
  opened = false;
  readonly #clock: Clock;

  private constructor(host: UsbipHost, clock: Clock, descriptor: Buffer, productName: string, serialNumber: string) {
    this.host = host;
    this.#clock = clock;
    this.vendorId = descriptor.readUInt16LE(8);
    this.productId = descriptor.readUInt16LE(10);
    this.productName = productName;
    this.serialNumber = serialNumber;
  }

  static async enumerate(host: UsbipHost, clock: Clock): Promise<UsbipDevice> {
    const describe = async (value: number, index = 0) =>
      (await host.control({ ...standard, request: 6, value, index }, 255)).data;
    const descriptor = await describe(0x0100);
    const text = async (number: number) => (await describe(0x0300 | number, 0x0409)).subarray(2).toString("utf16le");
    await describe(0x0200);
    const [product, serial] = [await text(descriptor.readUInt8(15)), await text(descriptor.readUInt8(16))];
    await host.control({ ...standard, request: 9, value: 1, index: 0 }, new Uint8Array(0));
    return new UsbipDevice(host, clock, descriptor, product, serial);
  }

  async open(): Promise<void> {
    this.opened = true;
  }

  async close(): Promise<void> {
    this.opened = false;
  }

  async selectConfiguration(value: number): Promise<void> {
    await this.controlTransferOut({ ...standard, request: 9, value, index: 0 }, new Uint8Array(0));
  }

  async claimInterface(): Promise<void> {}

  async releaseInterface(): Promise<void> {}

  async reset(): Promise<void> {
    await this.selectConfiguration(1);
  }

  async clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    const setup = { requestType: "standard", recipient: "endpoint", request: 1, value: 0 } as const;
    await this.controlTransferOut({ ...setup, index: endpoint | (direction === "in" ? 0x80 : 0) }, new Uint8Array(0));
  }

  async transferIn(endpoint: number, length: number, timeoutMs = 1000): Promise<UsbInResult> {
    const { data } = await this.#run("transferIn", endpoint, length, timeoutMs);
    return { data: viewOf(data), status: "ok" };
  }

  async transferOut(endpoint: number, data: Uint8Array, timeoutMs = 1000): Promise<UsbOutResult> {
    const { length } = await this.#run("transferOut", endpoint, data, timeoutMs);
    return { bytesWritten: length, status: "ok" };
  }

  async controlTransferIn(setup: UsbSetup, length: number): Promise<UsbInResult> {
    const { status, data } = await this.host.control(setup, length);
    if (status === errno.stall) throw new Error("controlTransferIn error: endpoint stalled");
    return { data: viewOf(data), status: "ok" };
  }

  async controlTransferOut(setup: UsbSetup, data: Uint8Array): Promise<UsbOutResult> {
    const { status, length } = await this.host.control(setup, data);
    if (status === errno.stall) throw new Error("controlTransferOut error: endpoint stalled");
    return { bytesWritten: length, status: "ok" };
  }

  async #run(what: string, endpoint: number, data: number | Uint8Array, timeoutMs: number): Promise<Answer> {
    const { sequence, answer } = this.host.submit(endpoint, data);
    const cancelTimer = this.#clock.after(ms(timeoutMs), () => void this.host.unlink(sequence));
    try {
      const done = await answer;
      if (done.status === 0) return done;
      throw new Error(wordsOf(done.status));
    } catch (error) {
      throw new Error(`${what} error: ${error instanceof Error ? error.message : error}`);
    } finally {
      cancelTimer();
    }
  }
}

function wordsOf(status: number): string {
  if (status === errno.stall) return "Stall";
  return status === errno.unlinked ? "Cancelled" : "Fault";
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}
