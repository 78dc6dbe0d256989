import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { DeviceName } from "../../message/name.ts";
import type { Clock } from "../../vendor/clock/clock.ts";
import type { Plugs, Sockets } from "../house.ts";
import type { Plug } from "../usb/plug.ts";
import { Connection, type Taken } from "./connection.ts";
import { Importer } from "./importer.ts";
import { type ExportedDevice, FULL_SPEED, type replies } from "./wire/operation.ts";

/** Clients at a time; those that have a device are few. */
const MOST_CLIENTS = 32;
/** A peer that is gone without a word is noticed by TCP after this and a few tries. */
const KEEP_ALIVE_MS = 10_000;
/** The bus that the exported devices are said to be on. */
const BUS = 1;
/** Device number 1 is the hub of the bus. */
const FIRST_DEVICE = 2;

export interface UsbipContext {
  readonly clock: Clock;
  /** Refused input of a peer, in words. */
  report(peer: string, problem: string): void;
  /** A device was plugged into the machine of a peer, or pulled out of it. */
  changed(device: DeviceName, peer: string, imported: boolean): void;
}

/** A device that is offered. */
interface Offer {
  readonly device: DeviceName;
  readonly plug: Plug;
  readonly exported: ExportedDevice;
  /** Withdrawn: nobody can import it. */
  offered: boolean;
  importer: Connection | null;
}

/** What a device is at, for people. */
export interface OfferView {
  readonly device: DeviceName;
  readonly exported: ExportedDevice;
  readonly productName: string;
  readonly offered: boolean;
  /** Who has it, address and port. */
  readonly importer: string | null;
}

/**
 * Gives emulated devices to other machines by USB/IP. A device is plugged in while somebody has it imported: one at a
 * time, and it forgets everything when that one goes.
 */
export class UsbipServer implements Sockets {
  readonly #context: UsbipContext;
  readonly #offers: readonly Offer[];
  readonly #clients = new Set<Connection>();
  #server: Server | null = null;
  #closed = false;

  constructor(plugs: Plugs, context: UsbipContext) {
    this.#context = context;
    this.#offers = [...plugs].map(([device, plug], n) => offer(device, plug, n));
  }

  get offers(): readonly OfferView[] {
    return this.#offers.map(({ device, plug, exported, offered, importer }) => {
      const { productName } = plug.model.descriptor;
      return { device, exported, productName, offered, importer: importer?.peer ?? null };
    });
  }

  /** Listens; port 0 takes any. Rejects with a sentence. */
  async listen(address: string, port: number): Promise<{ readonly address: string; readonly port: number }> {
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) =>
      this.accept(socket, peerOf(socket)),
    );
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(new Error(whyNot(address, port, error))));
      server.listen({ host: address, port }, resolve);
    });
    server.on("error", (error) => this.#context.report("", `cannot accept: ${error.message}`));
    this.#server = server;
    const at = server.address();
    return at !== null && typeof at === "object" ? { address: at.address, port: at.port } : { address, port };
  }

  /** Serves a client that has come, by TCP or else. */
  accept(stream: Duplex, peer: string): void {
    const counter = { list: () => this.#list(), take: this.#take.bind(this) };
    const { clock, report } = this.#context;
    const client = new Connection(stream, peer, { clock, counter, report });
    if (this.#closed) return client.close();
    client.onClosed = () => this.#gone(client);
    this.#clients.add(client);
    if (this.#clients.size > MOST_CLIENTS) client.refuse(`is one of more than ${MOST_CLIENTS} clients`);
  }

  has(plug: Plug): boolean {
    return this.#offers.some((one) => one.plug === plug && one.offered);
  }

  plug(plug: Plug): void {
    for (const one of this.#offers) if (one.plug === plug) one.offered = true;
  }

  /** Withdraws the offer: whoever has the device loses it. */
  unplug(plug: Plug): void {
    for (const one of this.#offers) {
      if (one.plug !== plug) continue;
      one.offered = false;
      one.importer?.close();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const server = this.#server;
    const closed = new Promise<void>((resolve) => {
      if (server === null) resolve();
      else server.close(() => resolve());
    });
    for (const client of [...this.#clients]) client.close();
    await closed;
  }

  #list(): readonly ExportedDevice[] {
    return this.#offers.filter(({ offered, importer }) => offered && importer === null).map(({ exported }) => exported);
  }

  #take(busid: string, client: Connection): Taken | keyof typeof replies {
    const found = this.#offers.find(({ exported, offered }) => offered && exported.busid === busid);
    if (found === undefined) return "noDevice";
    if (found.importer !== null) return "busy";
    found.importer = client;
    const { plug, exported, device } = found;
    const importer = new Importer(plug, exported.deviceNumber, (octets) => client.send(octets));
    this.#context.changed(device, client.peer, true);
    return { device: exported, importer };
  }

  #gone(client: Connection): void {
    this.#clients.delete(client);
    for (const one of this.#offers) {
      if (one.importer !== client) continue;
      one.importer = null;
      this.#context.changed(one.device, client.peer, false);
    }
  }
}

function offer(device: DeviceName, plug: Plug, n: number): Offer {
  const it = plug.model.descriptor;
  const busid = `${BUS}-${n + 1}`;
  const exported = {
    busid,
    path: `/sys/devices/platform/offhook/usb${BUS}/${busid}`,
    busNumber: BUS,
    deviceNumber: FIRST_DEVICE + n,
    speed: FULL_SPEED,
    vendorId: it.vendorId,
    productId: it.productId,
    release: it.release,
    class: it.class,
    configuration: it.configuration,
    interfaces: it.interfaces,
  };
  return { device, plug, exported, offered: true, importer: null };
}

function peerOf(socket: Socket): string {
  const { remoteAddress = "somebody", remotePort = 0 } = socket;
  return `${remoteAddress}:${remotePort}`;
}

function whyNot(address: string, port: number, { code, message }: NodeJS.ErrnoException): string {
  if (code === "EADDRINUSE")
    return `--listen ${address}:${port}: somebody listens there already — stop it, or name another port`;
  if (code === "EADDRNOTAVAIL") return `--listen ${address}:${port}: this machine has no such address`;
  if (code === "EACCES") return `--listen ${address}:${port}: not allowed — name a port above 1023`;
  return `--listen ${address}:${port}: ${message}`;
}
