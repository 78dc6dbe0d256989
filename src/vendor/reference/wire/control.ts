import type { UsbSetup } from "../../family.ts";
import { fault, type Read, value, viewOf } from "./read.ts";

/** bRequest of the vendor control requests. Recipient is the device. docs/device-protocol.md §4 */
export const requests = {
  /** IN. */
  identify: 0x01,
  /** OUT. wValue 1 = a host begins: everything back to the start. 0 = it ends: readers are let go. */
  session: 0x02,
  /** OUT. wValue 1 = run, 0 = stop. */
  voice: 0x03,
  /** OUT. wValue format code (0 = closed), wIndex channel. */
  channel: 0x04,
  /** IN, 6 octets: which events are held. */
  eventState: 0x05,
  /** OUT. wValue = sequence from which events are sent again. */
  eventReplay: 0x06,
  /** IN, 20 octets: figures since the session began. */
  counters: 0x07,
  /** Dongle. IN 1 octet. wValue direct register, wIndex port. */
  slicRead: 0x10,
  /** Dongle. OUT 1 octet. */
  slicWrite: 0x11,
  /** Dongle. IN 2 octets, little-endian. wValue indirect register, wIndex port. */
  slicReadIndirect: 0x12,
  /** Dongle. OUT 2 octets. */
  slicWriteIndirect: 0x13,
  /** Dongle. OUT, no data. wIndex port. */
  slicReset: 0x14,
  /** Base. IN: who is subscribed. */
  subscriptions: 0x20,
  /** Base. OUT: one link frame. */
  linkSend: 0x21,
} as const;

export type RequestName = keyof typeof requests;

/** The setup of a vendor request as `UsbDevice` wants it. */
export function vendorSetup(name: RequestName, value: number, index: number): UsbSetup {
  return { requestType: "vendor", recipient: "device", request: requests[name], value, index };
}

/** Device side: which request this is, or null for one that is not ours (the device stalls). */
export function requestOf(setup: UsbSetup): RequestName | null {
  if (setup.requestType !== "vendor" || setup.recipient !== "device") return null;
  const names = Object.keys(requests) as RequestName[]; // `as`: keys of our own constant table
  return names.find((name) => requests[name] === setup.request) ?? null;
}

/** Which events the device still holds (it keeps the last 32). */
export interface EventState {
  /** Sequence of the oldest event held; equals `next` when none is. uint16. */
  readonly oldest: number;
  /** Sequence the next event will get. uint16. */
  readonly next: number;
  /** Events were pushed out before they had been sent. Cleared when a session begins. */
  readonly overflowed: boolean;
}

export const EVENT_STATE_LENGTH = 6;
export const EVENTS_HELD = 32;

export function encodeEventState(state: EventState): Uint8Array {
  const octets = new Uint8Array(EVENT_STATE_LENGTH);
  const view = viewOf(octets);
  view.setUint16(0, state.oldest, true);
  view.setUint16(2, state.next, true);
  octets[4] = state.overflowed ? 1 : 0;
  return octets;
}

export function decodeEventState(octets: Uint8Array): Read<EventState> {
  if (octets.length < EVENT_STATE_LENGTH) return fault("too short");
  const view = viewOf(octets);
  return value({
    oldest: view.getUint16(0, true),
    next: view.getUint16(2, true),
    overflowed: (view.getUint8(4) & 1) !== 0,
  });
}

/** Figures of the device since the session began, uint32 each. */
export interface Counters {
  /** IN frames dropped because the host was late. */
  readonly inDropped: number;
  /** OUT frames refused: malformed. */
  readonly outRefused: number;
  /** OUT frames dropped because the play-out FIFO was full. */
  readonly outDropped: number;
  /** Frames of silence played because the play-out FIFO was empty. */
  readonly underruns: number;
  /** Events pushed out before they had been sent. */
  readonly eventsLost: number;
}

export const COUNTERS_LENGTH = 20;

export function encodeCounters(it: Counters): Uint8Array {
  const octets = new Uint8Array(COUNTERS_LENGTH);
  const view = viewOf(octets);
  const figures = [it.inDropped, it.outRefused, it.outDropped, it.underruns, it.eventsLost];
  figures.forEach((figure, at) => {
    view.setUint32(4 * at, figure, true);
  });
  return octets;
}

export function decodeCounters(octets: Uint8Array): Read<Counters> {
  if (octets.length < COUNTERS_LENGTH) return fault("too short");
  const view = viewOf(octets);
  return value({
    inDropped: view.getUint32(0, true),
    outRefused: view.getUint32(4, true),
    outDropped: view.getUint32(8, true),
    underruns: view.getUint32(12, true),
    eventsLost: view.getUint32(16, true),
  });
}
