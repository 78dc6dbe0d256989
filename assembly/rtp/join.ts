/**
 * Two frames in one packet, for a far end that asks for packets of 20 ms (`a=ptime`) while frames have 10: the first waits
 * at FRAME_HALF. When no second one follows, it goes alone.
 */
import {
  CONTROL_FORMAT,
  CONTROL_LONG_PACKETS,
  CONTROL_PAYLOAD_TYPE,
  CONTROL_QUIET,
  FRAME_HALF,
  HALF_FORMAT,
  HALF_TIMESTAMP,
  SEND_MARKER,
} from "../endpoint-words.ts";
import { frameOctets, unitsOf } from "../format.ts";
import { frameShift } from "../frame-time.ts";
import { beginPacket } from "./send.ts";

/** Whether the stream's frames go two by two. One that keeps quiet does not know yet whether another will follow. */
export function joinsFrames(endpoint: usize): bool {
  return frameShift != 0 && load<i32>(endpoint, CONTROL_LONG_PACKETS) != 0 && !load<i32>(endpoint, CONTROL_QUIET);
}

/** Where the octets of the tick's frame go; 0 when there is no room. */
export function joinFrame(index: i32, endpoint: usize, format: i32, timestamp: i32): usize {
  const waits = load<i32>(endpoint, HALF_FORMAT) == format;
  const follows = timestamp == load<i32>(endpoint, HALF_TIMESTAMP) + unitsOf(format);
  if (waits && !follows) sendHalf(index, endpoint);
  if (!waits || !follows) {
    store<i32>(endpoint, format, HALF_FORMAT);
    store<i32>(endpoint, timestamp, HALF_TIMESTAMP);
    return endpoint + FRAME_HALF;
  }
  const octets = frameOctets(format);
  const payload = takeHalf(index, endpoint, octets, 2 * octets);
  return payload == 0 ? 0 : payload + usize(octets);
}

/** What follows is no voice, or nothing: the frame that waits goes alone. */
export function sendHalf(index: i32, endpoint: usize): void {
  const format = load<i32>(endpoint, HALF_FORMAT);
  // Of another codec than is spoken now it would be misunderstood.
  if (format != load<i32>(endpoint, CONTROL_FORMAT)) dropHalf(endpoint);
  else takeHalf(index, endpoint, frameOctets(format), frameOctets(format));
}

/** There is nowhere to send it. */
export function dropHalf(endpoint: usize): void {
  store<i32>(endpoint, 0, HALF_FORMAT);
}

/** A packet of `length` octets that begins with the frame that waited; 0 when there is no room. */
function takeHalf(index: i32, endpoint: usize, octets: i32, length: i32): usize {
  const type = load<i32>(endpoint, CONTROL_PAYLOAD_TYPE);
  const marker = load<i32>(endpoint, SEND_MARKER) != 0;
  const payload = beginPacket(index, type, marker, load<i32>(endpoint, HALF_TIMESTAMP), length);
  store<i32>(endpoint, 0, HALF_FORMAT);
  if (payload == 0) return 0;
  memory.copy(payload, endpoint + FRAME_HALF, usize(octets));
  store<i32>(endpoint, 0, SEND_MARKER);
  return payload;
}
