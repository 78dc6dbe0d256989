/** The fixed header of RTP, RFC 3550 §5.1. Network order is big-endian, ours is not. */
export const RTP_HEADER: i32 = 12;

export function payloadTypeOf(packet: usize): i32 {
  return i32(load<u8>(packet, 1)) & 0x7f;
}

export function markerOf(packet: usize): bool {
  return (load<u8>(packet, 1) & 0x80) != 0;
}

export function sequenceOf(packet: usize): i32 {
  return i32(bswap<u16>(load<u16>(packet, 2)));
}

export function timestampOf(packet: usize): i32 {
  return i32(bswap<u32>(load<u32>(packet, 4)));
}

export function ssrcOf(packet: usize): i32 {
  return i32(bswap<u32>(load<u32>(packet, 8)));
}

/**
 * Checks the header against the datagram's length, with sources, extension and padding.
 * Returns where the payload lies as (offset << 16 | length), -1 when the datagram is not RTP.
 */
export function payloadOf(packet: usize, length: i32): i32 {
  if (length < RTP_HEADER) return -1;
  const first = i32(load<u8>(packet));
  if (first >>> 6 != 2) return -1;
  let offset = RTP_HEADER + ((first & 15) << 2);
  if ((first & 0x10) != 0) {
    if (offset + 4 > length) return -1;
    offset += 4 + (i32(bswap<u16>(load<u16>(packet + usize(offset), 2))) << 2);
  }
  let end = length;
  if ((first & 0x20) != 0) {
    const padding = i32(load<u8>(packet + usize(length - 1)));
    if (padding == 0) return -1;
    end -= padding;
  }
  if (offset > end) return -1;
  return (offset << 16) | (end - offset);
}

/** Writes a header without sources or extension; returns the payload's address. */
export function writeHeader(packet: usize, type: i32, marker: bool, sequence: i32, timestamp: i32, ssrc: i32): usize {
  store<u8>(packet, 0x80);
  store<u8>(packet, u8(type | (marker ? 0x80 : 0)), 1);
  store<u16>(packet, bswap<u16>(u16(sequence)), 2);
  store<u32>(packet, bswap<u32>(u32(timestamp)), 4);
  store<u32>(packet, bswap<u32>(u32(ssrc)), 8);
  return packet + RTP_HEADER;
}
