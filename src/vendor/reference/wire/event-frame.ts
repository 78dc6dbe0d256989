import { crc16 } from "./crc.ts";
import { PROTOCOL_MAJOR, paddingAfter } from "./descriptor.ts";
import { decodeLinkFrame, encodeLinkFrame, type LinkFrame } from "./link-frame.ts";
import { fault, type Read, value, viewOf } from "./read.ts";

//  offset 0  2       3      4        6        8      length-2
//         | magic | version | type | length | sequence | body … | CRC |       docs/device-protocol.md §6

/** One transfer of the interrupt endpoint. */
export interface EventFrame {
  /** uint16, starts at 0 with the session, +1 for each event. */
  readonly sequence: number;
  readonly event: DeviceEvent;
}

export type DeviceEvent =
  /** The device started again by itself (watchdog, brown-out): the session is lost. */
  | { readonly kind: "restarted" }
  /** Answer to the end of a session: nothing follows. */
  | { readonly kind: "quiesced" }
  | SlicEvent
  | { readonly kind: "link"; readonly link: LinkFrame }
  /** A handset was subscribed or removed. */
  | { readonly kind: "subscriptionsChanged" }
  /** Of a later minor version: skipped. */
  | { readonly kind: "unknown"; readonly type: number; readonly body: Uint8Array };

/** An interrupt of a port's SLIC: the registers as the firmware read them, before it cleared the interrupt. */
export interface SlicEvent {
  readonly kind: "slic";
  readonly port: number;
  /** DR 18-20. */
  readonly interrupts: readonly [number, number, number];
  /** DR 24. */
  readonly dtmf: number;
  /** DR 64. */
  readonly linefeed: number;
  /** DR 68. */
  readonly loop: number;
  /** uint32, sample counter of the voice path at the interrupt. */
  readonly timestamp: number;
}

const HEADER = 8;
const CRC = 2;
const SLIC_BODY = 12;
const types = { restarted: 0x01, quiesced: 0x02, slic: 0x10, link: 0x20, subscriptionsChanged: 0x21 } as const;

/** The octets of one transfer, padding included. */
export function encodeEventFrame(frame: EventFrame): Uint8Array {
  const { type, body } = encodeEvent(frame.event);
  const length = HEADER + body.length + CRC;
  const octets = new Uint8Array(length + paddingAfter(length));
  const view = viewOf(octets);
  octets.set([0x4f, 0x45, PROTOCOL_MAJOR, type], 0);
  view.setUint16(4, length, true);
  view.setUint16(6, frame.sequence, true);
  octets.set(body, HEADER);
  view.setUint16(length - CRC, crc16(octets, 0, length - CRC), true);
  return octets;
}

function encodeEvent(event: DeviceEvent): { readonly type: number; readonly body: Uint8Array } {
  switch (event.kind) {
    case "slic":
      return { type: types.slic, body: encodeSlic(event) };
    case "link":
      return { type: types.link, body: encodeLinkFrame(event.link) };
    case "unknown":
      return { type: event.type, body: event.body };
    default:
      return { type: types[event.kind], body: new Uint8Array(0) };
  }
}

function encodeSlic(event: SlicEvent): Uint8Array {
  const body = new Uint8Array(SLIC_BODY);
  body.set([event.port, ...event.interrupts, event.dtmf, event.linefeed, event.loop], 0);
  viewOf(body).setUint32(8, event.timestamp, true);
  return body;
}

/** Reads one transfer; padding is not looked at. */
export function decodeEventFrame(octets: Uint8Array): Read<EventFrame> {
  if (octets.length < HEADER + CRC) return fault("too short");
  if (octets[0] !== 0x4f || octets[1] !== 0x45) return fault("wrong magic");
  if (octets[2] !== PROTOCOL_MAJOR) return fault("other version");
  const view = viewOf(octets);
  const length = view.getUint16(4, true);
  if (length < HEADER + CRC || length > octets.length) return fault("wrong length");
  const end = length - CRC;
  if (view.getUint16(end, true) !== crc16(octets, 0, end)) return fault("wrong checksum");
  const event = decodeEvent(view.getUint8(3), octets.subarray(HEADER, end));
  return event.ok ? value({ sequence: view.getUint16(6, true), event: event.value }) : event;
}

function decodeEvent(type: number, body: Uint8Array): Read<DeviceEvent> {
  if (type === types.restarted) return value({ kind: "restarted" });
  if (type === types.quiesced) return value({ kind: "quiesced" });
  if (type === types.subscriptionsChanged) return value({ kind: "subscriptionsChanged" });
  if (type === types.slic) return decodeSlic(body);
  if (type === types.link) {
    const link = decodeLinkFrame(body);
    return link.ok ? value({ kind: "link", link: link.value }) : link;
  }
  return value({ kind: "unknown", type, body });
}

function decodeSlic(body: Uint8Array): Read<SlicEvent> {
  if (body.length < SLIC_BODY) return fault("wrong body length");
  const [port = 0, first = 0, second = 0, third = 0, dtmf = 0, linefeed = 0, loop = 0] = body;
  const timestamp = viewOf(body).getUint32(8, true);
  return value({ kind: "slic", port, interrupts: [first, second, third], dtmf, linefeed, loop, timestamp });
}
