import type { DeviceDescriptor, EndpointDescriptor, InterfaceDescriptor } from "./device-model.ts";

/** Packets of endpoint 0, octets. */
const PACKET_0 = 64;
/** bmAttributes of the configuration: bus-powered. */
const BUS_POWERED = 0x80;
/** The only language of the strings: English (United States). */
const LANGUAGE = 0x0409;

const types = { device: 1, configuration: 2, string: 3, interface: 4, endpoint: 5 } as const;
/** Numbers of the strings. */
const strings = { manufacturer: 1, product: 2, serialNumber: 3 } as const;
const transferTypes = { bulk: 2, interrupt: 3 } as const;

/** Device descriptor, 18 octets (USB 2.0 table 9-8). */
export function deviceDescriptor(it: DeviceDescriptor): Uint8Array {
  return Uint8Array.of(
    ...[18, types.device, ...low(0x0200), it.class, 0, 0, PACKET_0],
    ...[...low(it.vendorId), ...low(it.productId), ...low(it.release)],
    ...[strings.manufacturer, strings.product, strings.serialNumber, 1],
  );
}

/** Configuration descriptor with its interfaces and endpoints (USB 2.0 tables 9-10, 9-12, 9-13). */
export function configurationDescriptor(it: DeviceDescriptor): Uint8Array {
  const parts = it.interfaces.flatMap((one) => {
    const endpoints = it.endpoints.filter((endpoint) => endpoint.interface === one.number);
    return [...interfaceDescriptor(one, endpoints.length), ...endpoints.flatMap(endpointDescriptor)];
  });
  const head = [9, types.configuration, ...low(9 + parts.length), it.interfaces.length, it.configuration, 0];
  return Uint8Array.of(...head, BUS_POWERED, it.milliamps / 2, ...parts);
}

/** String descriptor; number 0 is the table of languages. Null: there is no such string. */
export function stringDescriptor(it: DeviceDescriptor, number: number, language: number): Uint8Array | null {
  if (number === 0) return Uint8Array.of(4, types.string, ...low(LANGUAGE));
  const text = textOf(it, number);
  if (text === null || language !== LANGUAGE) return null;
  const units = Array.from({ length: Math.min(text.length, 126) }, (_, at) => text.charCodeAt(at));
  return Uint8Array.of(2 + 2 * units.length, types.string, ...units.flatMap(low));
}

function textOf(it: DeviceDescriptor, number: number): string | null {
  if (number === strings.manufacturer) return it.manufacturer;
  if (number === strings.product) return it.productName;
  return number === strings.serialNumber ? it.serialNumber : null;
}

function interfaceDescriptor(it: InterfaceDescriptor, endpoints: number): number[] {
  return [9, types.interface, it.number, 0, endpoints, it.class, it.subclass, it.protocol, 0];
}

function endpointDescriptor(it: EndpointDescriptor): number[] {
  const address = it.number | (it.direction === "in" ? 0x80 : 0);
  return [7, types.endpoint, address, transferTypes[it.type], ...low(it.packet), it.interval];
}

/** uint16, little-endian. */
function low(value: number): number[] {
  return [value & 0xff, value >> 8];
}
