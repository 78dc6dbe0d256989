import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../../vendor/clock/clock.ts";
import type { UsbSetup } from "../../vendor/family.ts";
import type { UsbTrouble } from "../contract.ts";
import type { DeviceDescriptor, DeviceModel, EndpointDescriptor } from "./device-model.ts";

/**
 * A device that can be made to misbehave on its bus, as cables, hubs and firmware do. Between its troubles it is the
 * device it holds.
 */
export class TroubledDevice implements DeviceModel {
  onReady: DeviceModel["onReady"] = null;
  readonly descriptor: DeviceDescriptor;
  readonly #device: DeviceModel;
  readonly #clock: Clock;
  /** What waits to happen, at most one of them at an endpoint. */
  readonly #waiting = new Map<EndpointDescriptor, UsbTrouble["kind"]>();
  #deafUntil: Cancel | null = null;

  constructor(device: DeviceModel, clock: Clock) {
    this.#device = device;
    this.#clock = clock;
    this.descriptor = device.descriptor;
    device.onReady = (direction, endpoint) => this.onReady?.(direction, endpoint);
  }

  /** Throws a sentence when the device has no such endpoint, or the trouble can not happen there. */
  trouble(trouble: UsbTrouble): void {
    if (trouble.kind === "nak") return this.#goDeaf(trouble.ms);
    const [, direction, number] = /^(in|out)(\d)$/.exec(trouble.endpoint) ?? [];
    const found = this.#endpoint(direction, Number(number));
    if (found === null) {
      const known = this.descriptor.endpoints.map((one) => `${one.direction}${one.number}`).join(", ");
      throw new Error(`it has no endpoint ${trouble.endpoint}; it has: ${known}`);
    }
    if (found.direction === "out" && trouble.kind !== "stall")
      throw new Error(`${trouble.kind} is what a device does when it sends: name an endpoint in…`);
    this.#waiting.set(found, trouble.kind);
    // A transfer that waits there meets it at once.
    this.onReady?.(found.direction, found.number);
  }

  powerOn(): void {
    this.#device.powerOn();
  }

  powerOff(): void {
    this.#waiting.clear();
    this.#deafUntil?.();
    this.#deafUntil = null;
    this.#device.powerOff();
  }

  reset(): void {
    this.#device.reset();
  }

  controlIn(setup: UsbSetup, length: number): Uint8Array | null {
    return this.#device.controlIn(setup, length);
  }

  controlOut(setup: UsbSetup, data: Uint8Array): boolean {
    return this.#device.controlOut(setup, data);
  }

  receive(endpoint: number, data: Uint8Array): "ack" | "nak" | "stall" {
    if (this.#deafUntil !== null) return "nak";
    const found = this.#endpoint("out", endpoint);
    if (found !== null && this.#waiting.delete(found)) return "stall";
    return this.#device.receive(endpoint, data);
  }

  packet(endpoint: number): Uint8Array | "nak" | "stall" {
    if (this.#deafUntil !== null) return "nak";
    const found = this.#endpoint("in", endpoint);
    const kind = found === null ? undefined : this.#waiting.get(found);
    if (found === null || kind === undefined) return this.#device.packet(endpoint);
    if (kind === "stall") {
      this.#waiting.delete(found);
      return "stall";
    }
    const packet = this.#device.packet(endpoint);
    return typeof packet === "string" ? packet : this.#spoil(kind, packet, found);
  }

  /** The packet as it comes out; the trouble is over when it has happened. */
  #spoil(kind: UsbTrouble["kind"], packet: Uint8Array, endpoint: EndpointDescriptor): Uint8Array {
    const isLast = packet.length < endpoint.packet;
    // Two transfers grow together where the first one ends.
    if (kind === "merge" && !isLast) return packet;
    this.#waiting.delete(endpoint);
    if (kind === "merge") return resized(packet, endpoint.packet);
    if (kind === "babble") return resized(packet, endpoint.packet + 1);
    if (kind === "corrupt") return packet.map((octet, n) => (n === packet.length - 1 ? octet ^ 0x10 : octet));
    if (!isLast) this.#skipTransfer(endpoint);
    return packet.slice(0, packet.length >> 1);
  }

  /** The rest of a transfer that was cut short. */
  #skipTransfer({ number, packet: full }: EndpointDescriptor): void {
    for (;;) {
      const packet = this.#device.packet(number);
      if (typeof packet === "string" || packet.length < full) return;
    }
  }

  #goDeaf(forMs: number): void {
    this.#deafUntil?.();
    this.#deafUntil = this.#clock.after(ms(forMs), () => {
      this.#deafUntil = null;
      for (const { direction, number } of this.descriptor.endpoints) this.onReady?.(direction, number);
    });
  }

  #endpoint(direction: string | undefined, number: number): EndpointDescriptor | null {
    return this.descriptor.endpoints.find((one) => one.direction === direction && one.number === number) ?? null;
  }
}

function resized(packet: Uint8Array, length: number): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(packet);
  return longer;
}
