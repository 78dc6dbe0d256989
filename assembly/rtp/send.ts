import { count, endpointAt } from "../endpoint.ts";
import { CONTROL_SSRC, SEND_OCTETS, SEND_PACKETS, SEND_SEQUENCE } from "../endpoint-words.ts";
import {
  HEADER_RTP_OUT,
  RTP_OUT_OFFSET,
  RTP_OUT_SLOTS,
  RTP_OUT_STRIDE,
  SLOT_DATA,
  SLOT_ENDPOINT,
  SLOT_LENGTH,
} from "../layout.ts";
import { RTP_HEADER, writeHeader } from "./header.ts";

/** Octets that a packet has room for. */
export const MAX_PAYLOAD_OUT: i32 = RTP_OUT_STRIDE - SLOT_DATA - RTP_HEADER;

/** Begins a packet with `octets` of payload; returns the payload's address, 0 when there is no room. */
export function beginPacket(index: i32, type: i32, marker: bool, timestamp: i32, octets: i32): usize {
  const waiting = load<i32>(HEADER_RTP_OUT);
  if (waiting >= RTP_OUT_SLOTS || octets > MAX_PAYLOAD_OUT) return 0;
  store<i32>(HEADER_RTP_OUT, waiting + 1);
  const slot = usize(RTP_OUT_OFFSET) + usize(waiting) * RTP_OUT_STRIDE;
  store<i32>(slot, index, SLOT_ENDPOINT);
  store<i32>(slot, RTP_HEADER + octets, SLOT_LENGTH);
  const endpoint = endpointAt(index);
  const sequence = load<i32>(endpoint, SEND_SEQUENCE);
  store<i32>(endpoint, (sequence + 1) & 0xffff, SEND_SEQUENCE);
  count(endpoint, SEND_PACKETS, 1);
  count(endpoint, SEND_OCTETS, octets);
  return writeHeader(slot + SLOT_DATA, type, marker, sequence, timestamp, load<i32>(endpoint, CONTROL_SSRC));
}
