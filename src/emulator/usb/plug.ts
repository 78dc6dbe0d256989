import { ms } from "../../message/units.ts";
import type { Clock } from "../../vendor/clock/clock.ts";
import type { DeviceModel, EndpointDescriptor } from "./device-model.ts";
import type { Transfer } from "./transfer.ts";

/** A device and the socket it is plugged into: what all of the host's objects for it share. */
export class Plug {
  readonly model: DeviceModel;
  readonly clock: Clock;
  /** Interface -> the object that holds it. A claim outlives close(), as in the library. */
  readonly claims = new Map<number, object>();
  readonly #transfers = new Map<EndpointDescriptor, Transfer>();
  readonly #halted = new Set<EndpointDescriptor>();
  #address = 0;
  #plugged = false;

  constructor(model: DeviceModel, clock: Clock) {
    this.model = model;
    this.clock = clock;
    model.onReady = (direction, endpoint) => this.#ready(direction, endpoint);
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  /** Changes with every plug-in. */
  get address(): number {
    return this.#address;
  }

  plugIn(address: number): void {
    this.#address = address;
    this.#plugged = true;
    this.model.powerOn();
  }

  /** Everything under way ends with `Disconnected`. */
  pullOut(): void {
    this.#plugged = false;
    this.claims.clear();
    this.#halted.clear();
    this.model.powerOff();
    this.endAll("Disconnected");
  }

  endpoint(direction: "in" | "out", number: number): EndpointDescriptor | null {
    return this.model.endpoints.find((one) => one.direction === direction && one.number === number) ?? null;
  }

  busy(endpoint: EndpointDescriptor): boolean {
    return this.#transfers.has(endpoint);
  }

  /** Puts a transfer on the bus and moves it as far as the device lets it. */
  submit(endpoint: EndpointDescriptor, transfer: Transfer): void {
    this.#transfers.set(endpoint, transfer);
    this.#move(endpoint, transfer);
  }

  /**
   * Takes a transfer back. As on Linux the taking back needs a moment: what the device sends in it is lost.
   */
  cancel(endpoint: EndpointDescriptor, transfer: Transfer): void {
    this.clock.after(ms(1), () => {
      if (this.#transfers.get(endpoint) === transfer) this.#end(endpoint, transfer, "Cancelled");
    });
  }

  clearHalt(endpoint: EndpointDescriptor): void {
    this.#halted.delete(endpoint);
  }

  endAll(why: "Disconnected" | "Cancelled"): void {
    for (const [endpoint, transfer] of [...this.#transfers]) this.#end(endpoint, transfer, why);
  }

  #ready(direction: "in" | "out", number: number): void {
    const endpoint = this.endpoint(direction, number);
    const transfer = endpoint === null ? undefined : this.#transfers.get(endpoint);
    if (endpoint !== null && transfer !== undefined) this.#move(endpoint, transfer);
  }

  #move(endpoint: EndpointDescriptor, transfer: Transfer): void {
    if (this.#halted.has(endpoint)) {
      this.#end(endpoint, transfer, "Stall");
      return;
    }
    const state = transfer.move(this.model, endpoint);
    if (state === "waits") return;
    if (state === "stall") this.#halted.add(endpoint);
    this.#end(endpoint, transfer, state === "stall" ? "Stall" : null);
  }

  #end(endpoint: EndpointDescriptor, transfer: Transfer, failure: string | null): void {
    this.#transfers.delete(endpoint);
    transfer.end(failure);
  }
}
