import type { VoiceFormat } from "../../../message/media.ts";
import { fault, type Read, value, viewOf } from "./read.ts";
import { formatCodes } from "./voice-frame.ts";

/** Reply to IDENTIFY: what the device is and can do. docs/device-protocol.md §4.1 */
export interface Identification {
  readonly major: number;
  readonly minor: number;
  readonly kind: "base" | "dongle";
  /** Voice channels, numbered from 0. A dongle's port n speaks on channel n. */
  readonly channels: number;
  /** Dongle: ports. Base: the most handsets that can be subscribed. */
  readonly phones: number;
  /** Best first is not said here: a set. */
  readonly formats: readonly VoiceFormat[];
  /** Firmware version, e.g. 0x0102 = 1.2. */
  readonly firmware: number;
  /** Depth of the device's IN and OUT FIFO in frames. */
  readonly inFifo: number;
  readonly outFifo: number;
  /** Base: RFPI, 5 octets as 10 hex digits; a dongle has zeros. */
  readonly rfpi: string;
  readonly model: string;
}

const MAGIC = [0x4f, 0x66, 0x66, 0x68];
const FIXED = 22;
/** Length to ask for in the control transfer. */
export const IDENTIFICATION_LENGTH = 64;

export function encodeFormats(formats: readonly VoiceFormat[]): number {
  return formats.reduce((mask, format) => mask | (1 << formatCodes[format]), 0);
}

export function decodeFormats(mask: number): VoiceFormat[] {
  const all: readonly VoiceFormat[] = ["PCMA", "PCMU", "L16"];
  return all.filter((format) => mask & (1 << formatCodes[format]));
}

export function encodeIdentification(it: Identification): Uint8Array {
  const model = new TextEncoder().encode(it.model).subarray(0, IDENTIFICATION_LENGTH - FIXED);
  const octets = new Uint8Array(FIXED + model.length);
  const view = viewOf(octets);
  octets.set(MAGIC, 0);
  octets.set([it.major, it.minor, it.kind === "base" ? 1 : 2, it.channels, it.phones, 20], 4);
  view.setUint16(10, encodeFormats(it.formats), true);
  view.setUint16(12, it.firmware, true);
  octets.set([it.inFifo, it.outFifo], 14);
  octets.set(octetsOfHex(it.rfpi).subarray(0, 5), 16);
  octets[21] = model.length;
  octets.set(model, FIXED);
  return octets;
}

export function decodeIdentification(octets: Uint8Array): Read<Identification> {
  if (octets.length < FIXED) return fault("too short");
  if (MAGIC.some((octet, at) => octets[at] !== octet)) return fault("wrong magic");
  const view = viewOf(octets);
  const kind = view.getUint8(6);
  if (kind !== 1 && kind !== 2) return fault("wrong format");
  const end = FIXED + view.getUint8(21);
  if (end > octets.length) return fault("wrong length");
  return value({
    major: view.getUint8(4),
    minor: view.getUint8(5),
    kind: kind === 1 ? "base" : "dongle",
    channels: view.getUint8(7),
    phones: view.getUint8(8),
    formats: decodeFormats(view.getUint16(10, true)),
    firmware: view.getUint16(12, true),
    inFifo: view.getUint8(14),
    outFifo: view.getUint8(15),
    rfpi: hexOfOctets(octets.subarray(16, 21)),
    model: new TextDecoder().decode(octets.subarray(FIXED, end)),
  });
}

export function hexOfOctets(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** Anything that is not a hex digit counts as 0. */
export function octetsOfHex(hex: string): Uint8Array {
  const octets = new Uint8Array(Math.ceil(hex.length / 2));
  for (let at = 0; at < octets.length; at++) octets[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16) || 0;
  return octets;
}
