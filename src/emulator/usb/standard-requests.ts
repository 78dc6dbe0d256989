import type { UsbSetup } from "../../vendor/family.ts";
import { configurationDescriptor, deviceDescriptor, stringDescriptor } from "./descriptors.ts";
import type { DeviceDescriptor, EndpointDescriptor } from "./device-model.ts";

/** bRequest of the standard requests (USB 2.0 table 9-4). */
const requests = {
  getStatus: 0,
  clearFeature: 1,
  setFeature: 3,
  setAddress: 5,
  getDescriptor: 6,
  getConfiguration: 8,
  setConfiguration: 9,
  getInterface: 10,
  setInterface: 11,
} as const;

const descriptorTypes = { device: 1, configuration: 2, string: 3 } as const;
const ENDPOINT_HALT = 0;

/** What standard requests do to the device. */
export interface Effects {
  /** SET_CONFIGURATION. */
  configure(): void;
  halt(endpoint: EndpointDescriptor): void;
  clearHalt(endpoint: EndpointDescriptor): void;
  isHalted(endpoint: EndpointDescriptor): boolean;
}

/** Endpoint 0 as far as USB itself defines it (USB 2.0 chapter 9), answered from the device's descriptors. */
export class StandardRequests {
  readonly #descriptor: DeviceDescriptor;
  readonly #effects: Effects;
  #configuration = 0;

  constructor(descriptor: DeviceDescriptor, effects: Effects) {
    this.#descriptor = descriptor;
    this.#effects = effects;
  }

  /** Plugged in anew: not configured. */
  forget(): void {
    this.#configuration = 0;
  }

  /** Null = stall. */
  controlIn(setup: UsbSetup): Uint8Array | null {
    switch (setup.request) {
      case requests.getDescriptor:
        return setup.recipient === "device" ? this.#describe(setup.value >> 8, setup.value & 0xff, setup.index) : null;
      case requests.getStatus:
        return this.#status(setup);
      case requests.getConfiguration:
        return Uint8Array.of(this.#configuration);
      case requests.getInterface:
        return this.#hasInterface(setup.index) ? Uint8Array.of(0) : null;
      default:
        return null;
    }
  }

  /** False = stall. */
  controlOut(setup: UsbSetup): boolean {
    switch (setup.request) {
      case requests.setConfiguration:
        return this.#configure(setup.value);
      case requests.setInterface:
        return setup.value === 0 && this.#hasInterface(setup.index);
      case requests.clearFeature:
      case requests.setFeature:
        return this.#feature(setup);
      case requests.setAddress:
        return true;
      default:
        return false;
    }
  }

  #describe(type: number, number: number, language: number): Uint8Array | null {
    if (type === descriptorTypes.device) return deviceDescriptor(this.#descriptor);
    if (type === descriptorTypes.configuration && number === 0) return configurationDescriptor(this.#descriptor);
    if (type === descriptorTypes.string) return stringDescriptor(this.#descriptor, number, language);
    return null;
  }

  /** Bus-powered, no remote wake-up; of an endpoint whether it is halted. */
  #status({ recipient, index }: UsbSetup): Uint8Array | null {
    if (recipient === "device") return Uint8Array.of(0, 0);
    if (recipient === "interface") return this.#hasInterface(index) ? Uint8Array.of(0, 0) : null;
    if (index === 0 || index === 0x80) return Uint8Array.of(0, 0);
    const endpoint = this.#endpoint(index);
    return endpoint === null ? null : Uint8Array.of(this.#effects.isHalted(endpoint) ? 1 : 0, 0);
  }

  /** Value 0 takes the configuration away: the device then rests as after power-up. */
  #configure(value: number): boolean {
    if (value !== 0 && value !== this.#descriptor.configuration) return false;
    this.#configuration = value;
    this.#effects.configure();
    return true;
  }

  #feature({ request, recipient, value, index }: UsbSetup): boolean {
    if (recipient !== "endpoint" || value !== ENDPOINT_HALT) return false;
    const endpoint = this.#endpoint(index);
    if (endpoint === null) return false;
    if (request === requests.setFeature) this.#effects.halt(endpoint);
    else this.#effects.clearHalt(endpoint);
    return true;
  }

  #hasInterface(number: number): boolean {
    return this.#descriptor.interfaces.some((one) => one.number === number);
  }

  /** wIndex: bit 7 = IN, bits 3-0 the number. */
  #endpoint(index: number): EndpointDescriptor | null {
    const direction = index & 0x80 ? "in" : "out";
    const { endpoints } = this.#descriptor;
    return endpoints.find((one) => one.direction === direction && one.number === (index & 0x0f)) ?? null;
  }
}
