/**
 * Several frames in one packet, for a far end that asks for packets longer than ours (`a=ptime`): the first ones wait at
 * FRAME_WAITING. What no further frame follows goes as it is. And one frame in two packets, for a far end that takes none
 * so long (`a=maxptime`).
 */
import { count } from "../endpoint.ts";
import {
  CONTROL_FORMAT,
  CONTROL_PACKET,
  CONTROL_PAYLOAD_TYPE,
  CONTROL_QUIET,
  FRAME_WAITING,
  OUT_SPLIT,
  OUT_TO,
  PACKET_OF_HALF,
  SEND_MARKER,
  SEND_OCTETS,
  SEND_TIMESTAMP,
  WAITING_FORMAT,
  WAITING_FRAMES,
  WAITING_TIMESTAMP,
} from "../endpoint-words.ts";
import { frameOctets, isPlugin, unitsOf } from "../format.ts";
import { SLOT_DATA, SLOT_LENGTH } from "../layout.ts";
import { RTP_HEADER } from "./header.ts";
import { beginPacket, MAX_PAYLOAD_OUT } from "./send.ts";

/** Whether several frames go together. A stream that keeps quiet does not know yet whether another frame will follow. */
export function joinsFrames(endpoint: usize): bool {
  if (load<i32>(endpoint, CONTROL_PACKET) <= 1) return false;
  return !load<i32>(endpoint, CONTROL_QUIET) && !isPlugin(load<i32>(endpoint, CONTROL_FORMAT));
}

/** Where the octets of the tick's frame go; 0 when there is no room. */
export function joinFrame(index: i32, endpoint: usize, format: i32, timestamp: i32): usize {
  const octets = frameOctets(format);
  const most = framesOfPacket(endpoint, octets);
  let waiting = load<i32>(endpoint, WAITING_FRAMES);
  const end = load<i32>(endpoint, WAITING_TIMESTAMP) + waiting * unitsOf(format);
  const waits = load<i32>(endpoint, WAITING_FORMAT) == format;
  if (!waits || timestamp != end || waiting >= most) {
    if (waits) sendWaiting(index, endpoint);
    store<i32>(endpoint, format, WAITING_FORMAT);
    store<i32>(endpoint, timestamp, WAITING_TIMESTAMP);
    waiting = 0;
  }
  store<i32>(endpoint, waiting + 1, WAITING_FRAMES);
  if (waiting + 1 < most) return endpoint + FRAME_WAITING + usize(waiting * octets);
  const payload = takeWaiting(index, endpoint, 0, waiting, most);
  store<i32>(endpoint, 0, WAITING_FORMAT);
  return payload == 0 ? 0 : payload + usize(waiting * octets);
}

/** What follows is no voice, or nothing: what waits goes, in packets no longer than they may be now. */
export function sendWaiting(index: i32, endpoint: usize): void {
  const format = load<i32>(endpoint, WAITING_FORMAT);
  // Of another codec than is spoken now it would be misunderstood; of frames that are too long now it would be refused.
  if (format == load<i32>(endpoint, CONTROL_FORMAT) && load<i32>(endpoint, CONTROL_PACKET) != PACKET_OF_HALF) {
    const most = framesOfPacket(endpoint, frameOctets(format));
    const waiting = load<i32>(endpoint, WAITING_FRAMES);
    for (let from = 0; from < waiting; from += most) {
      const frames = min<i32>(most, waiting - from);
      takeWaiting(index, endpoint, from, frames, frames);
    }
  }
  dropWaiting(endpoint);
}

/** There is nowhere to send it. */
export function dropWaiting(endpoint: usize): void {
  store<i32>(endpoint, 0, WAITING_FORMAT);
  store<i32>(endpoint, 0, WAITING_FRAMES);
}

/** The packet of this tick, whose octets are there, becomes two: the second follows the first by half a frame. */
export function splitPacket(index: i32, endpoint: usize, format: i32): void {
  const first = load<i32>(endpoint, OUT_SPLIT);
  store<i32>(endpoint, 0, OUT_SPLIT);
  const payload = usize(load<u32>(endpoint, OUT_TO));
  const slot = payload - usize(RTP_HEADER) - SLOT_DATA;
  const rest = load<i32>(slot, SLOT_LENGTH) - RTP_HEADER - first;
  const half = unitsOf(format) >> 1;
  const type = load<i32>(endpoint, CONTROL_PAYLOAD_TYPE);
  const second = beginPacket(index, type, false, load<i32>(endpoint, SEND_TIMESTAMP) - half, rest);
  count(endpoint, SEND_OCTETS, -rest);
  store<i32>(slot, RTP_HEADER + first, SLOT_LENGTH);
  if (second != 0) memory.copy(second, payload + usize(first), usize(rest));
}

/** As many as are asked for, and fit. */
function framesOfPacket(endpoint: usize, octets: i32): i32 {
  return max<i32>(1, min<i32>(load<i32>(endpoint, CONTROL_PACKET), MAX_PAYLOAD_OUT / octets));
}

/**
 * A packet with room for `frames` that begins with those that waited from `from` on, `frames` of them or one less; 0 when
 * there is no room.
 */
function takeWaiting(index: i32, endpoint: usize, from: i32, waiting: i32, frames: i32): usize {
  const format = load<i32>(endpoint, WAITING_FORMAT);
  const octets = frameOctets(format);
  const type = load<i32>(endpoint, CONTROL_PAYLOAD_TYPE);
  const timestamp = load<i32>(endpoint, WAITING_TIMESTAMP) + from * unitsOf(format);
  const payload = beginPacket(index, type, load<i32>(endpoint, SEND_MARKER) != 0, timestamp, frames * octets);
  if (payload == 0) return 0;
  memory.copy(payload, endpoint + FRAME_WAITING + usize(from * octets), usize(waiting * octets));
  store<i32>(endpoint, 0, SEND_MARKER);
  return payload;
}
