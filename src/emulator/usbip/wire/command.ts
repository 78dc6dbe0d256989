import type { UsbSetup } from "../../../vendor/family.ts";

/**
 * The second part of USB/IP, after an import: transfers (URBs of Linux) go to the device and come back, in whatever
 * order they end. All numbers are big-endian but those in `setup`, which is as on the bus.
 */

/** Header of every command and answer, octets. */
export const COMMAND_LENGTH = 48;

const commands = { submit: 1, unlink: 2, submitted: 3, unlinked: 4 } as const;
/** Number of packets of a transfer that is not isochronous: Linux sends 0, others all ones as the document says. */
const NO_PACKETS: readonly number[] = [0, 0xffff_ffff];

/** Status of an answer: an errno of Linux, negative. */
export const statuses = {
  ok: 0,
  /** EPIPE */
  stall: -32,
  /** EOVERFLOW: the device sent more than there was room for. */
  babble: -75,
  /** ECONNRESET: taken back. */
  unlinked: -104,
} as const;

/** A transfer that is handed in. */
export interface Submit {
  readonly kind: "submit";
  readonly sequence: number;
  readonly device: number;
  readonly direction: "in" | "out";
  readonly endpoint: number;
  /** Octets that follow (OUT) or for which there is room (IN). */
  readonly length: number;
  /** For endpoint 0. */
  readonly setup: Setup;
}

/** A transfer is taken back. */
export interface Unlink {
  readonly kind: "unlink";
  readonly sequence: number;
  readonly device: number;
  /** The sequence of the transfer. */
  readonly unlink: number;
}

/** A setup packet; null where its type or recipient is reserved. */
export interface Setup {
  readonly direction: "in" | "out";
  readonly request: UsbSetup | null;
  /** wLength */
  readonly length: number;
}

/** Of `COMMAND_LENGTH` octets; what is wrong with them as words. */
export function decodeCommand(octets: Buffer): Submit | Unlink | string {
  const command = octets.readUInt32BE(0);
  const sequence = octets.readUInt32BE(4);
  const device = octets.readUInt32BE(8);
  if (command === commands.unlink) return { kind: "unlink", sequence, device, unlink: octets.readUInt32BE(20) };
  if (command !== commands.submit) return `command 0x${command.toString(16)} is none of USB/IP`;
  const direction = octets.readUInt32BE(12);
  const endpoint = octets.readUInt32BE(16);
  if (direction > 1) return `direction ${direction} is neither OUT (0) nor IN (1)`;
  if (endpoint > 15) return `endpoint ${endpoint} is above 15`;
  if (!NO_PACKETS.includes(octets.readUInt32BE(32))) return "an isochronous transfer: the devices have none";
  return {
    kind: "submit",
    ...{ sequence, device, endpoint },
    direction: direction === 1 ? "in" : "out",
    length: octets.readUInt32BE(24),
    setup: decodeSetup(octets.subarray(40)),
  };
}

export function encodeSubmitted(sequence: number, status: number, length: number, data: Uint8Array | null): Buffer {
  const octets = Buffer.alloc(COMMAND_LENGTH + (data?.length ?? 0));
  octets.writeUInt32BE(commands.submitted, 0);
  octets.writeUInt32BE(sequence, 4);
  octets.writeInt32BE(status, 20);
  octets.writeUInt32BE(length, 24);
  if (data !== null) octets.set(data, COMMAND_LENGTH);
  return octets;
}

export function encodeUnlinked(sequence: number, status: number): Buffer {
  const octets = Buffer.alloc(COMMAND_LENGTH);
  octets.writeUInt32BE(commands.unlinked, 0);
  octets.writeUInt32BE(sequence, 4);
  octets.writeInt32BE(status, 20);
  return octets;
}

/** USB 2.0 table 9-2. */
function decodeSetup(octets: Buffer): Setup {
  const kind = octets.readUInt8(0);
  const requestType = (["standard", "class", "vendor"] as const)[(kind >> 5) & 3];
  const recipient = (["device", "interface", "endpoint", "other"] as const)[kind & 0x1f];
  const reserved = requestType === undefined || recipient === undefined;
  const [request, value, index] = [octets.readUInt8(1), octets.readUInt16LE(2), octets.readUInt16LE(4)];
  return {
    direction: kind & 0x80 ? "in" : "out",
    request: reserved ? null : { requestType, recipient, request, value, index },
    length: octets.readUInt16LE(6),
  };
}
