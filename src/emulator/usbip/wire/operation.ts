/**
 * The first part of USB/IP (protocol 1.1.1, Documentation/usb/usbip_protocol.rst of Linux): which devices are there,
 * and "give me this one". All numbers are big-endian.
 */

/** Version 1.1.1 as it stands in every header. */
export const VERSION = 0x0111;
/** USB/IP's port. */
export const PORT = 3240;

/** Header of every operation, octets: version, code, status. */
export const OPERATION_LENGTH = 8;
/** Bus id, zero-padded, octets. */
export const BUSID_LENGTH = 32;
/** Device in the replies, octets; in a list its interfaces follow, 4 octets each. */
export const DEVICE_LENGTH = 312;
const PATH_LENGTH = 256;
const INTERFACE_LENGTH = 4;

export const operations = {
  requestImport: 0x8003,
  replyImport: 0x0003,
  requestList: 0x8005,
  replyList: 0x0005,
} as const;

/** Status of a reply. */
export const replies = { ok: 0, busy: 2, noDevice: 4 } as const;

/** USB_SPEED_FULL of Linux. */
export const FULL_SPEED = 2;

export interface Operation {
  readonly version: number;
  readonly code: number;
  readonly status: number;
}

/** A device as it is listed and imported. */
export interface ExportedDevice {
  readonly busid: string;
  readonly path: string;
  readonly busNumber: number;
  readonly deviceNumber: number;
  readonly speed: number;
  readonly vendorId: number;
  readonly productId: number;
  readonly release: number;
  readonly class: number;
  readonly configuration: number;
  readonly interfaces: readonly { readonly class: number; readonly subclass: number; readonly protocol: number }[];
}

/** What commands to a device carry: bus and device number in one. */
export function deviceId({ busNumber, deviceNumber }: ExportedDevice): number {
  return ((busNumber << 16) | deviceNumber) >>> 0;
}

export function encodeOperation(code: number, status = 0): Buffer {
  const octets = Buffer.alloc(OPERATION_LENGTH);
  octets.writeUInt16BE(VERSION, 0);
  octets.writeUInt16BE(code, 2);
  octets.writeUInt32BE(status, 4);
  return octets;
}

/** Of `OPERATION_LENGTH` octets. */
export function decodeOperation(octets: Buffer): Operation {
  return { version: octets.readUInt16BE(0), code: octets.readUInt16BE(2), status: octets.readUInt32BE(4) };
}

export function encodeImport(busid: string): Buffer {
  return Buffer.concat([encodeOperation(operations.requestImport), text(busid, BUSID_LENGTH)]);
}

/** Up to the first zero. */
export function decodeBusid(octets: Buffer): string {
  return untilZero(octets.subarray(0, BUSID_LENGTH));
}

export function encodeImported(device: ExportedDevice): Buffer {
  return Buffer.concat([encodeOperation(operations.replyImport), encodeDevice(device)]);
}

export function encodeList(devices: readonly ExportedDevice[]): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(devices.length);
  const entries = devices.flatMap((device) => [encodeDevice(device), encodeInterfaces(device)]);
  return Buffer.concat([encodeOperation(operations.replyList), count, ...entries]);
}

/** Of `DEVICE_LENGTH` octets, and the number of interfaces that follow in a list. */
export function decodeDevice(octets: Buffer): { readonly device: ExportedDevice; readonly interfaces: number } {
  const at = PATH_LENGTH + BUSID_LENGTH;
  const device = {
    path: untilZero(octets.subarray(0, PATH_LENGTH)),
    busid: decodeBusid(octets.subarray(PATH_LENGTH)),
    busNumber: octets.readUInt32BE(at),
    deviceNumber: octets.readUInt32BE(at + 4),
    speed: octets.readUInt32BE(at + 8),
    vendorId: octets.readUInt16BE(at + 12),
    productId: octets.readUInt16BE(at + 14),
    release: octets.readUInt16BE(at + 16),
    class: octets.readUInt8(at + 18),
    configuration: octets.readUInt8(at + 21),
    interfaces: [],
  };
  return { device, interfaces: octets.readUInt8(at + 23) };
}

function encodeDevice(it: ExportedDevice): Buffer {
  const numbers = Buffer.alloc(DEVICE_LENGTH - PATH_LENGTH - BUSID_LENGTH);
  numbers.writeUInt32BE(it.busNumber, 0);
  numbers.writeUInt32BE(it.deviceNumber, 4);
  numbers.writeUInt32BE(it.speed, 8);
  numbers.writeUInt16BE(it.vendorId, 12);
  numbers.writeUInt16BE(it.productId, 14);
  numbers.writeUInt16BE(it.release, 16);
  // Class, subclass, protocol; configuration, number of configurations, number of interfaces.
  numbers.set([it.class, 0, 0, it.configuration, 1, it.interfaces.length], 18);
  return Buffer.concat([text(it.path, PATH_LENGTH), text(it.busid, BUSID_LENGTH), numbers]);
}

function encodeInterfaces({ interfaces }: ExportedDevice): Buffer {
  const octets = Buffer.alloc(interfaces.length * INTERFACE_LENGTH);
  interfaces.forEach((one, n) => {
    octets.set([one.class, one.subclass, one.protocol], n * INTERFACE_LENGTH);
  });
  return octets;
}

/** Cut to leave room for a closing zero. */
function text(value: string, length: number): Buffer {
  const octets = Buffer.alloc(length);
  octets.write(value, 0, length - 1, "latin1");
  return octets;
}

function untilZero(octets: Buffer): string {
  const end = octets.indexOf(0);
  return octets.toString("latin1", 0, end < 0 ? octets.length : end);
}
