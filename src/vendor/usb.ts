import { createRequire } from "node:module";
import type { UsbBus, UsbClaim, UsbDevice, UsbInResult, UsbOutResult, UsbSetup } from "./family.ts";
import { DeviceNodes } from "./usb-nodes.ts";
import { isPlugged } from "./usb-presence.ts";

const POLL_MS = 2000;
/** After a device node appears it takes a moment until the device may be opened. */
const SETTLE_MS = 60;

/** What the library's device has beyond `UsbDevice`: a handle that is the same for all objects of one plugged device. */
interface LibraryDevice extends UsbDevice {
  readonly handle: string;
}

/** What we use of the library. */
export interface UsbLibrary {
  getDevices(): Promise<readonly LibraryDevice[]>;
  addEventListener(type: "connect" | "disconnect", listener: () => void): void;
  removeEventListener(type: "connect" | "disconnect", listener: () => void): void;
}

/**
 * The machine's own USB. Null, after one report, when it has none: the library would bring the process down if it
 * were asked to listen there. The library is native code: it is loaded when a claimed device is plugged, not before.
 */
export async function machineBus(
  claims: readonly UsbClaim[],
  report: (problem: string) => void,
): Promise<UsbBus | null> {
  const isWanted = async (): Promise<boolean> => process.platform !== "linux" || (await isPlugged(claims));
  try {
    await isWanted();
    return new MachineBus(async () => ((await isWanted()) ? await loadLibrary() : null), report);
  } catch (error) {
    report(unusable(error));
    return null;
  }
}

/** By `require`: an import of CommonJS would load Node's reader of its exports as well, 3 MB of it. */
async function loadLibrary(): Promise<UsbLibrary> {
  // `as`: the library's types are WebUSB's, ours are the part of them that we use.
  const { usb } = createRequire(import.meta.url)("usb") as { readonly usb: UsbLibrary };
  await usb.getDevices();
  return usb;
}

/** Gives the same object for a device for as long as it is plugged; the library makes new ones at every look. */
export class MachineBus implements UsbBus {
  readonly #load: () => Promise<UsbLibrary | null>;
  readonly #report: (problem: string) => void;
  readonly #devices = new Map<string, MachineDevice>();
  /** Who listens, with what the library is told to call. */
  readonly #listeners = new Map<() => void, () => void>();
  #library: UsbLibrary | null = null;
  #unusable = false;

  /** `load` gives null as long as nothing is plugged that the library is needed for. */
  constructor(load: () => Promise<UsbLibrary | null>, report: (problem: string) => void) {
    this.#load = load;
    this.#report = report;
  }

  async getDevices(): Promise<readonly UsbDevice[]> {
    const library = this.#library ?? (await this.#wake());
    if (library === null) return [];
    const found = await library.getDevices();
    const handles = new Set<string>();
    for (const device of found) {
      const { handle } = device;
      handles.add(handle);
      if (!this.#devices.has(handle)) this.#devices.set(handle, new MachineDevice(device));
    }
    for (const handle of this.#devices.keys()) if (!handles.has(handle)) this.#devices.delete(handle);
    return [...this.#devices.values()];
  }

  /**
   * Events of the library come only where udev runs; the device nodes tell it elsewhere; the poll tells it where there
   * are neither. None of them keeps the process alive but the library's.
   */
  onChange(listener: () => void): () => void {
    const settle = (): void => {
      listener();
      setTimeout(listener, SETTLE_MS).unref();
    };
    this.#listeners.set(listener, settle);
    if (this.#library !== null) listen(this.#library, listener, settle);
    const nodes = new DeviceNodes(settle, this.#report);
    void nodes.renew();
    const look = (): void => {
      void nodes.renew();
      listener();
    };
    const poll = setInterval(look, POLL_MS).unref();
    return () => {
      clearInterval(poll);
      nodes.close();
      this.#listeners.delete(listener);
      this.#library?.removeEventListener("connect", settle);
      this.#library?.removeEventListener("disconnect", listener);
    };
  }

  async #wake(): Promise<UsbLibrary | null> {
    if (this.#unusable) return null;
    try {
      const library = await this.#load();
      if (library === null || this.#library !== null) return this.#library;
      this.#library = library;
      for (const [listener, settle] of this.#listeners) listen(library, listener, settle);
      return library;
    } catch (error) {
      this.#unusable = true;
      this.#report(unusable(error));
      return null;
    }
  }
}

function listen(library: UsbLibrary, listener: () => void, settle: () => void): void {
  library.addEventListener("connect", settle);
  library.addEventListener("disconnect", listener);
}

function unusable(error: unknown): string {
  return `this machine's USB cannot be used, only emulated devices can: ${wordsOf(error)}`;
}

/** A device of the library, with what identifies it copied: the library refuses to tell while a transfer is pending. */
class MachineDevice implements UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName: string | null;
  readonly serialNumber: string | null;
  readonly #device: LibraryDevice;

  constructor(device: LibraryDevice) {
    this.#device = device;
    this.vendorId = device.vendorId;
    this.productId = device.productId;
    this.productName = device.productName ?? null;
    this.serialNumber = device.serialNumber ?? null;
  }

  get opened(): boolean {
    return this.#device.opened;
  }

  // The library throws some of its refusals at once; async turns them into rejections.
  async open(): Promise<void> {
    await this.#device.open();
  }

  async close(): Promise<void> {
    await this.#device.close();
  }

  async selectConfiguration(value: number): Promise<void> {
    await this.#device.selectConfiguration(value);
  }

  async claimInterface(number: number): Promise<void> {
    await this.#device.claimInterface(number);
  }

  async releaseInterface(number: number): Promise<void> {
    await this.#device.releaseInterface(number);
  }

  async reset(): Promise<void> {
    await this.#device.reset();
  }

  async clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    await this.#device.clearHalt(direction, endpoint);
  }

  async transferIn(endpoint: number, length: number, timeoutMs?: number): Promise<UsbInResult> {
    return await this.#device.transferIn(endpoint, length, timeoutMs);
  }

  async transferOut(endpoint: number, data: Uint8Array, timeoutMs?: number): Promise<UsbOutResult> {
    return await this.#device.transferOut(endpoint, data, timeoutMs);
  }

  async controlTransferIn(setup: UsbSetup, length: number, timeoutMs?: number): Promise<UsbInResult> {
    return await this.#device.controlTransferIn(setup, length, timeoutMs);
  }

  async controlTransferOut(setup: UsbSetup, data: Uint8Array, timeoutMs?: number): Promise<UsbOutResult> {
    return await this.#device.controlTransferOut(setup, data, timeoutMs);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
