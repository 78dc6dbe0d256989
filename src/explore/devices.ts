import type { DectEvent } from "../message/dect.ts";
import type { FxsCommand, FxsEvent } from "../message/fxs.ts";
import { type DeviceName, type Endpoint, type HandsetName, type PortName, usbEndpoint } from "../message/name.ts";

/** An analog phone, as whoever stands before it sees it. */
export interface Socket {
  readonly device: DeviceName;
  offHook: boolean;
  rings: boolean;
}

/** What is plugged in, and the hooks of the phones that hang on it. */
export class Devices {
  readonly ports = new Map<PortName, Socket>();
  readonly #portAt = new Map<Endpoint, PortName>();
  readonly #bases = new Map<HandsetName, DeviceName>();
  readonly #attached = new Set<DeviceName>();

  copy(): Devices {
    const copy = new Devices();
    for (const [port, socket] of this.ports) copy.ports.set(port, { ...socket });
    for (const [endpoint, port] of this.#portAt) copy.#portAt.set(endpoint, port);
    for (const [handset, base] of this.#bases) copy.#bases.set(handset, base);
    for (const device of this.#attached) copy.#attached.add(device);
    return copy;
  }

  isAttached(device: DeviceName): boolean {
    return this.#attached.has(device);
  }

  baseOf(handset: HandsetName): DeviceName | null {
    return this.#bases.get(handset) ?? null;
  }

  /** The base of a handset is there. */
  reaches(handset: HandsetName): boolean {
    const base = this.#bases.get(handset);
    return base !== undefined && this.#attached.has(base);
  }

  /** The port whose phone speaks there, or the endpoint itself. */
  portAt(endpoint: Endpoint): PortName | Endpoint {
    return this.#portAt.get(endpoint) ?? endpoint;
  }

  /** The house rests: every phone is on-hook, whatever it was when it was plugged in. */
  rest(): void {
    for (const socket of this.ports.values()) Object.assign(socket, { offHook: false, rings: false });
  }

  dect(event: DectEvent): void {
    if (event.kind === "detached") this.#attached.delete(event.base);
    if (event.kind !== "attached") return;
    this.#attached.add(event.base);
    for (const { handset } of event.handsets) this.#bases.set(handset, event.base);
  }

  fxs(event: FxsEvent): void {
    switch (event.kind) {
      case "attached":
        return this.#attach(event);
      case "detached":
        this.#attached.delete(event.dongle);
        return;
      case "wentOffHook":
      case "wentOnHook":
      case "lineFault": {
        const socket = this.ports.get(event.port);
        if (socket !== undefined) socket.offHook = event.kind === "wentOffHook";
        return;
      }
      default:
        return;
    }
  }

  command(command: FxsCommand): void {
    const socket = this.ports.get(command.port);
    if (socket !== undefined && command.kind !== "linefeed") socket.rings = command.kind === "ring";
  }

  #attach({ dongle, ports }: Extract<FxsEvent, { kind: "attached" }>): void {
    this.#attached.add(dongle);
    for (const [channel, { port, offHook }] of ports.entries()) {
      this.ports.set(port, { device: dongle, offHook, rings: false });
      this.#portAt.set(usbEndpoint(dongle, channel), port);
    }
  }
}
