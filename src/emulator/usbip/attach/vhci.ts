import { access, constants, readdir, readFile, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { deviceId } from "../wire/operation.ts";
import type { Imported } from "./client.ts";

/** Where Linux shows its virtual host controllers (driver vhci_hcd). */
export const VHCI_FOLDER = "/sys/devices/platform/vhci_hcd.0";
/** Where Linux shows the USB devices it has. */
export const USB_FOLDER = "/sys/bus/usb/devices";

/** State of a port: nobody has it, and everything else. */
const FREE = 4;
const HIGH_SPEED_HUB = "hs";

/** A port of the virtual host controllers. */
export interface VhciPort {
  readonly port: number;
  /** A high-speed hub, which takes full-speed devices as well; else a super-speed hub. */
  readonly highSpeed: boolean;
  readonly free: boolean;
  /** Bus and device number at the server; 0 when it is free, and until it is enumerated. */
  readonly device: number;
  /** The device here, e.g. `3-1`; null until it is enumerated. */
  readonly localBusid: string | null;
}

/** The kernel's own side of USB/IP: plugs what a server gave into this machine. */
export class Vhci {
  readonly #folder: string;

  constructor(folder: string = VHCI_FOLDER) {
    this.#folder = folder;
  }

  /** Rejects with a sentence when this machine, or this user, can not attach anything. */
  async check(): Promise<void> {
    const attach = join(this.#folder, "attach");
    await access(attach, constants.F_OK).catch(() => {
      throw new Error("this machine has no virtual USB host — load it: modprobe vhci-hcd");
    });
    await access(attach, constants.W_OK).catch(() => {
      throw new Error("only root can plug devices into this machine — run it with sudo");
    });
  }

  async ports(): Promise<readonly VhciPort[]> {
    // One file for each host controller: status, status.1, ...
    const names = (await readdir(this.#folder)).filter((name) => /^status(\.\d+)?$/.test(name));
    const texts = await Promise.all(names.map((name) => readFile(join(this.#folder, name), "latin1")));
    return texts.flatMap((text) => text.split("\n").flatMap(readPort)).sort((a, b) => a.port - b.port);
  }

  /**
   * Plugs an imported device in; its connection belongs to the kernel from now on. Resolves with the port.
   * Rejects with a sentence; the connection is then closed.
   */
  async attach({ device, socket }: Imported): Promise<number> {
    try {
      const fd = takeOver(socket);
      for (const { port, highSpeed, free } of await this.ports())
        if (highSpeed && free && (await this.#hand(port, fd, deviceId(device), device.speed))) return port;
      throw new Error("no free port on the virtual USB host — detach a device first (`offhook device --detach`)");
    } finally {
      // The kernel has taken its own reference.
      socket.destroy();
    }
  }

  async detach(port: number): Promise<void> {
    await writeFile(join(this.#folder, "detach"), String(port)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EACCES") throw new Error("only root can unplug devices — run it with sudo");
      throw new Error(`port ${port}: the kernel does not let it go (${error.code ?? error.message})`);
    });
  }

  /** False: somebody else took the port in between. */
  async #hand(port: number, fd: number, device: number, speed: number): Promise<boolean> {
    try {
      await writeFile(join(this.#folder, "attach"), `${port} ${fd} ${device} ${speed}`);
      return true;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      if (code === "EBUSY") return false;
      if (code === "EACCES") throw new Error("only root can plug devices into this machine — run it with sudo");
      throw new Error(`port ${port}: the kernel refuses the device (${code})`);
    }
  }
}

/** vendor:product of a device of this machine, e.g. `1209:0002`; null when it is not there. */
export async function localUsbId(busid: string, folder: string = USB_FOLDER): Promise<string | null> {
  const read = (name: string): Promise<string> => readFile(join(folder, busid, name), "latin1");
  const [vendor, product] = await Promise.all([read("idVendor"), read("idProduct")]).catch(() => []);
  return vendor === undefined || product === undefined ? null : `${vendor.trim()}:${product.trim()}`;
}

/** `hs  0000 006 002 00010002 000003 3-1`: hub, port, state, speed, device, socket, busid here. */
function readPort(line: string): VhciPort[] {
  const match = /^(hs|ss)\s+(\d+)\s+(\d+)\s+\d+\s+([0-9a-f]+)\s+\d+\s+(\S+)/.exec(line);
  if (match === null) return [];
  const [, hub, port, state, device = "", busid = ""] = match;
  const free = Number(state) === FREE;
  return [
    {
      port: Number(port),
      highSpeed: hub === HIGH_SPEED_HUB,
      free,
      device: Number.parseInt(device, 16),
      localBusid: free || busid === "0-0" ? null : busid,
    },
  ];
}

/**
 * Stops Node from reading the socket, and tells the number of its file descriptor: there is no public way to either,
 * and the kernel wants nothing else. What came for the kernel from then on, Node would take away from it.
 * @throws Error with a sentence
 */
function takeOver(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, "_handle");
  if (typeof handle === "object" && handle !== null && "fd" in handle && "readStop" in handle) {
    const { fd, readStop } = handle;
    if (typeof fd === "number" && fd >= 0 && typeof readStop === "function") {
      readStop.call(handle);
      return fd;
    }
  }
  throw new Error("this version of Node does not tell a socket's descriptor — use `usbip attach`");
}
