import { ms } from "../../message/units.ts";
import type { Clock } from "../../vendor/clock/clock.ts";
import type { UsbDevice, UsbInResult, UsbOutResult, UsbSetup } from "../../vendor/family.ts";
import type { EndpointDescriptor } from "./device-model.ts";
import type { Plug } from "./plug.ts";
import { InTransfer, OutTransfer, type Transfer, type TransferFault } from "./transfer.ts";

const BORROWED = "The same native value cannot be borrowed mutably while another borrow is active";
const DEFAULT_TIMEOUT_MS = 1000;
/** How long a port reset takes (measured: reads that wait end after about 310 ms). */
const RESET_MS = 310;
/** Taking a transfer back needs a moment, as on Linux: what the device sends in it is lost. */
const CANCEL_MS = 1;

/** Interface -> the object that holds it, of one plugged device. A claim outlives close(), as in the library. */
export type Claims = Map<number, FacadeDevice>;

/**
 * One object of npm `usb` 3 for an emulated device, with that library's rules and error texts:
 * one transfer per endpoint and direction, a stall throws, a read that times out loses what it had got,
 * and while a transfer waits the object is locked for everything but transfers.
 */
export class FacadeDevice implements UsbDevice {
  readonly #plug: Plug;
  readonly #claims: Claims;
  readonly #clock: Clock;
  readonly #address: number;
  #opened = false;
  #pending = 0;

  constructor(plug: Plug, claims: Claims, clock: Clock) {
    this.#plug = plug;
    this.#claims = claims;
    this.#clock = clock;
    this.#address = plug.address;
  }

  /** The same for all objects of one device while it is plugged; another one after a re-plug. */
  get handle(): string {
    return `emulated:${this.#address}`;
  }

  get vendorId(): number {
    this.#lock();
    return this.#plug.model.descriptor.vendorId;
  }

  get productId(): number {
    this.#lock();
    return this.#plug.model.descriptor.productId;
  }

  get productName(): string {
    this.#lock();
    return this.#plug.model.descriptor.productName;
  }

  get serialNumber(): string {
    this.#lock();
    return this.#plug.model.descriptor.serialNumber;
  }

  get opened(): boolean {
    return this.#opened;
  }

  async open(): Promise<void> {
    this.#lock();
    if (this.#gone) throw new Error("open error: device not found");
    this.#opened = true;
  }

  async close(): Promise<void> {
    this.#lock();
    this.#opened = false;
  }

  async selectConfiguration(value: number): Promise<void> {
    this.#lock();
    this.#need("selectConfiguration");
    if (value !== this.#plug.model.descriptor.configuration)
      throw new Error("selectConfiguration error: invalid configuration");
    this.#plug.reset();
  }

  async claimInterface(number: number): Promise<void> {
    this.#lock();
    this.#need("claimInterface");
    if (!this.#plug.model.descriptor.interfaces.some((one) => one.number === number))
      throw new Error("claimInterface error: interface not found");
    if (this.#claims.has(number)) throw new Error("claimInterface error: interface is busy");
    this.#claims.set(number, this);
  }

  async releaseInterface(number: number): Promise<void> {
    this.#lock();
    if (!this.#opened) throw new Error("releaseInterface error: invalid state");
    if (this.#gone) return;
    if (this.#claims.get(number) !== this) throw new Error("releaseInterface error: not claimed");
    this.#claims.delete(number);
  }

  async reset(): Promise<void> {
    this.#need("reset");
    this.#plug.reset();
    await new Promise<void>((resolve) => {
      this.#clock.after(ms(RESET_MS), resolve);
    });
    this.#plug.endAll("Disconnected");
  }

  async clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    const found = this.#endpoint(direction, endpoint);
    if (found === null || this.#plug.busy(found)) throw new Error("clearHalt error: endpoint not found");
    this.#plug.clearHalt(found);
  }

  async transferIn(endpoint: number, length: number, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<UsbInResult> {
    const found = this.#free("transferIn", "in", endpoint);
    if (!(length > 0)) throw new Error("transferIn error: InvalidArgument");
    const rounded = Math.ceil(length / found.packet) * found.packet;
    const transfer = await this.#run("transferIn", found, timeoutMs, (over) => new InTransfer(rounded, over));
    // The rest of the last packet is lost, as in the library.
    return { data: viewOf(transfer.data.slice(0, length)), status: "ok" };
  }

  async transferOut(endpoint: number, data: Uint8Array, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<UsbOutResult> {
    const found = this.#free("transferOut", "out", endpoint);
    // The library has sent the octets when it returns: what the caller does with its buffer then is its own.
    const octets = data.slice();
    await this.#run("transferOut", found, timeoutMs, (over) => new OutTransfer(octets, over));
    return { bytesWritten: octets.length, status: "ok" };
  }

  async controlTransferIn(setup: UsbSetup, length: number): Promise<UsbInResult> {
    this.#control("controlTransferIn", setup);
    const data = this.#plug.controlIn(setup, length);
    await this.#turn();
    if (data === null) throw new Error("controlTransferIn error: endpoint stalled");
    return { data: viewOf(data), status: "ok" };
  }

  async controlTransferOut(setup: UsbSetup, data: Uint8Array): Promise<UsbOutResult> {
    this.#control("controlTransferOut", setup);
    const taken = this.#plug.controlOut(setup, data.slice());
    await this.#turn();
    if (!taken) throw new Error("controlTransferOut error: endpoint stalled");
    return { bytesWritten: data.length, status: "ok" };
  }

  get #gone(): boolean {
    return !this.#plug.plugged || this.#plug.address !== this.#address;
  }

  #lock(): void {
    if (this.#pending > 0) throw Object.assign(new Error(BORROWED), { code: "InvalidArg" });
  }

  #need(what: string): void {
    if (!this.#opened) throw new Error(`${what} error: invalid state`);
    if (this.#gone) throw new Error(`${what} error: device disconnected`);
  }

  #control(what: string, setup: UsbSetup): void {
    this.#need(what);
    const claimed = [...this.#claims.values()].includes(this);
    if (setup.recipient === "interface" && !claimed) throw new Error(`${what} error: interface not found`);
  }

  /** An endpoint of an interface that this object holds. */
  #endpoint(direction: "in" | "out", number: number): EndpointDescriptor | null {
    const found = this.#plug.endpoint(direction, number);
    return found !== null && this.#claims.get(found.interface) === this ? found : null;
  }

  #free(what: string, direction: "in" | "out", number: number): EndpointDescriptor {
    if (this.#opened && this.#gone) throw new Error(`${what} error: Disconnected`);
    const found = this.#opened ? this.#endpoint(direction, number) : null;
    if (found === null || this.#plug.busy(found)) throw new Error(`${what} error: endpoint not found`);
    return found;
  }

  #run<Kind extends Transfer>(
    what: string,
    endpoint: EndpointDescriptor,
    timeoutMs: number,
    make: (over: (fault: TransferFault | null) => void) => Kind,
  ): Promise<Kind> {
    this.#pending++;
    return new Promise<Kind>((resolve, reject) => {
      let cancelTimer: (() => void) | null = null;
      let over = false;
      const transfer = make((fault) => {
        over = true;
        cancelTimer?.();
        if (fault === null) resolve(transfer);
        else reject(new Error(`${what} error: ${fault}`));
      });
      this.#plug.submit(endpoint, transfer);
      // As the library does: what is no number counts as 0, the rest wraps at 32 bits.
      const timeout = ms(Number.isFinite(timeoutMs) ? timeoutMs >>> 0 : 0);
      const cancel = (): void => {
        cancelTimer = this.#clock.after(ms(CANCEL_MS), () => this.#plug.cancel(endpoint, transfer));
      };
      if (!over) cancelTimer = this.#clock.after(timeout, cancel);
    }).finally(() => {
      this.#pending--;
    });
  }

  /** A control request takes at least one turn of the event loop's microtasks. */
  async #turn(): Promise<void> {
    this.#pending++;
    await Promise.resolve();
    this.#pending--;
  }
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}
