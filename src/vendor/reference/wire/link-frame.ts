import { decodeElements, type Element, encodeElements } from "./element.ts";
import { fault, type Read, value } from "./read.ts";

//  offset 0         1               2             3         4         5         6
//         | handset | discriminator | transaction | message | channel | reserved | elements … |
//  docs/device-protocol.md §8.1

/** One network-layer message between host and handset, carried by the base. */
export interface LinkFrame {
  /** As in the subscription list, 1-255. */
  readonly handset: number;
  /** Protocol discriminator: 0 LCE, 3 CC, 5 MM. */
  readonly discriminator: number;
  readonly transaction: Transaction;
  readonly message: number;
  /** Voice channel, in CC-SETUP and CC-SETUP-ACK of the host; null otherwise. */
  readonly channel: number | null;
  readonly elements: readonly Element[];
}

/** A transaction identifier: who allocated it, and its value 0-127. */
export interface Transaction {
  readonly byHandset: boolean;
  readonly value: number;
}

const HEADER = 6;
const NO_CHANNEL = 0xff;
/** Longest link frame, so that it fits one event. */
export const LINK_FRAME_MAX = 400;

export function encodeLinkFrame(frame: LinkFrame): Uint8Array {
  const elements = encodeElements(frame.elements);
  const octets = new Uint8Array(HEADER + elements.length);
  octets[0] = frame.handset;
  octets[1] = frame.discriminator;
  octets[2] = (frame.transaction.byHandset ? 0x80 : 0) | (frame.transaction.value & 0x7f);
  octets[3] = frame.message;
  octets[4] = frame.channel ?? NO_CHANNEL;
  octets.set(elements, HEADER);
  return octets;
}

export function decodeLinkFrame(octets: Uint8Array): Read<LinkFrame> {
  if (octets.length < HEADER) return fault("too short");
  if (octets.length > LINK_FRAME_MAX) return fault("wrong length");
  const elements = decodeElements(octets.subarray(HEADER));
  if (!elements.ok) return elements;
  const [handset = 0, discriminator = 0, transaction = 0, message = 0, channel = NO_CHANNEL] = octets;
  return value({
    handset,
    discriminator,
    transaction: { byHandset: (transaction & 0x80) !== 0, value: transaction & 0x7f },
    message,
    channel: channel === NO_CHANNEL ? null : channel,
    elements: elements.value,
  });
}
