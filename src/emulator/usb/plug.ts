import type { UsbSetup } from "../../vendor/family.ts";
import type { DeviceModel, EndpointDescriptor } from "./device-model.ts";
import { StandardRequests } from "./standard-requests.ts";
import type { Transfer, TransferFault } from "./transfer.ts";

/**
 * A device and the socket it is plugged into: endpoint 0, the transfers that wait for each endpoint, and halts. Who is
 * on the host's side of the socket, the facade or a USB/IP importer, makes no difference here.
 */
export class Plug {
  readonly model: DeviceModel;
  /** Transfers of each endpoint, the one under way first. */
  readonly #queues = new Map<EndpointDescriptor, Transfer[]>();
  readonly #halted = new Set<EndpointDescriptor>();
  readonly #standard: StandardRequests;
  #address = 0;
  #plugged = false;

  constructor(model: DeviceModel) {
    this.model = model;
    this.#standard = new StandardRequests(model.descriptor, {
      configure: () => this.reset(),
      halt: (endpoint) => this.#halted.add(endpoint),
      clearHalt: (endpoint) => this.clearHalt(endpoint),
      isHalted: (endpoint) => this.#halted.has(endpoint),
    });
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
    this.#standard.forget();
    this.model.powerOn();
  }

  /** Everything under way ends with `Disconnected`. */
  pullOut(): void {
    this.#plugged = false;
    this.#halted.clear();
    this.model.powerOff();
    this.endAll("Disconnected");
  }

  /** Bus reset or SET_CONFIGURATION: transfers stay, a host takes its own back. */
  reset(): void {
    this.#halted.clear();
    this.model.reset();
  }

  /** At most `length` octets; null = stall. */
  controlIn(setup: UsbSetup, length: number): Uint8Array | null {
    const answer =
      setup.requestType === "standard" ? this.#standard.controlIn(setup) : this.model.controlIn(setup, length);
    return answer?.slice(0, length) ?? null;
  }

  /** False = stall. */
  controlOut(setup: UsbSetup, data: Uint8Array): boolean {
    if (setup.requestType === "standard") return this.#standard.controlOut(setup);
    return this.model.controlOut(setup, data);
  }

  endpoint(direction: "in" | "out", number: number): EndpointDescriptor | null {
    const { endpoints } = this.model.descriptor;
    return endpoints.find((one) => one.direction === direction && one.number === number) ?? null;
  }

  busy(endpoint: EndpointDescriptor): boolean {
    return this.#queue(endpoint).length > 0;
  }

  /** Puts a transfer on the bus, after those that wait already, and moves it as far as the device lets it. */
  submit(endpoint: EndpointDescriptor, transfer: Transfer): void {
    const queue = this.#queue(endpoint);
    queue.push(transfer);
    if (queue.length === 1) this.#move(endpoint);
  }

  /** Takes a transfer back; false when it is over already. What it had got is lost. */
  cancel(endpoint: EndpointDescriptor, transfer: Transfer): boolean {
    const queue = this.#queue(endpoint);
    const at = queue.indexOf(transfer);
    if (at < 0) return false;
    queue.splice(at, 1);
    transfer.end("Cancelled");
    if (at === 0) this.#move(endpoint);
    return true;
  }

  clearHalt(endpoint: EndpointDescriptor): void {
    this.#halted.delete(endpoint);
  }

  endAll(why: TransferFault): void {
    for (const queue of this.#queues.values()) for (const transfer of queue.splice(0)) transfer.end(why);
  }

  #queue(endpoint: EndpointDescriptor): Transfer[] {
    const queue = this.#queues.get(endpoint) ?? [];
    this.#queues.set(endpoint, queue);
    return queue;
  }

  #ready(direction: "in" | "out", number: number): void {
    const endpoint = this.endpoint(direction, number);
    if (endpoint !== null) this.#move(endpoint);
  }

  /** Moves the first transfer, and when it is over the next. */
  #move(endpoint: EndpointDescriptor): void {
    const queue = this.#queue(endpoint);
    for (let transfer = queue[0]; transfer !== undefined; transfer = queue[0]) {
      const state = this.#halted.has(endpoint) ? "Stall" : transfer.move(this.model, endpoint);
      if (state === "waits") return;
      if (state === "Stall") this.#halted.add(endpoint);
      queue.shift();
      transfer.end(state === "done" ? null : state);
    }
  }
}
