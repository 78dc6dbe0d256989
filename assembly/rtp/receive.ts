/** From a datagram to the jitter buffer or to a key. Every datagram is hostile until it has been measured. */
import { endpointAt, isOpen, kernelAt, rtpEnd } from "../endpoint.ts";
import {
  CONTROL_DIRECTION,
  CONTROL_EVENT_TYPE,
  CONTROL_PAYLOAD_TYPE,
  DIRECTION_RECEIVE,
  NOISE_ON,
  STATE_FORMAT,
} from "../endpoint-words.ts";
import { isG711, transcode } from "../format.ts";
import { putOctets, resetJitter } from "../jitter/buffer.ts";
import {
  FORMAT_PCMA,
  FORMAT_PCMU,
  HEADER_MALFORMED,
  HEADER_RTP_IN,
  KERNEL_NOISE,
  KERNEL_NOISE_SIZE,
  MAX_DATAGRAM,
  RTP_IN_OFFSET,
  RTP_IN_SLOTS,
  RTP_IN_STRIDE,
  SCRATCH_OCTETS,
  SLOT_ARRIVAL,
  SLOT_DATA,
  SLOT_ENDPOINT,
  SLOT_LENGTH,
} from "../layout.ts";
import { BEGINS, meterSequence, meterTransit, REFUSED } from "../meter/reception.ts";
import { endSilence } from "../meter/silence.ts";
import { noiseOpen, noiseTake } from "../noise/noise.ts";
import { markerOf, payloadOf, payloadTypeOf, sequenceOf, ssrcOf, timestampOf } from "./header.ts";
import { forgetKey, receiveKey } from "./key-in.ts";

/** 160 ms: the longest packet time anybody uses. */
const MAX_PAYLOAD: i32 = 1280;
/** RFC 3551 static types: whoever sends them means them, whichever of the two laws was negotiated first. */
const TYPE_PCMU: i32 = 0;
const TYPE_PCMA: i32 = 8;
/** Comfort noise, RFC 3389: the far end is there and silent. */
const TYPE_CN: i32 = 13;

/** Takes in all packets that wait. */
export function receiveAll(): void {
  const waiting = min<i32>(load<i32>(HEADER_RTP_IN), RTP_IN_SLOTS);
  for (let i = 0; i < waiting; i++) {
    const slot = usize(RTP_IN_OFFSET) + usize(i) * RTP_IN_STRIDE;
    if (!receive(slot)) store<i32>(HEADER_MALFORMED, load<i32>(HEADER_MALFORMED) + 1);
  }
  store<i32>(HEADER_RTP_IN, 0);
}

/** False when the packet is malformed. */
function receive(slot: usize): bool {
  const index = load<i32>(slot, SLOT_ENDPOINT);
  if (u32(index) >= u32(rtpEnd())) return false;
  const endpoint = endpointAt(index);
  if (!isOpen(endpoint)) return true;
  const length = load<i32>(slot, SLOT_LENGTH);
  if (length > MAX_DATAGRAM) return false;
  const packet = slot + SLOT_DATA;
  const payload = payloadOf(packet, length);
  if (payload < 0 || (payload & 0xffff) > MAX_PAYLOAD) return false;
  const type = payloadTypeOf(packet);
  const isKey = type == load<i32>(endpoint, CONTROL_EVENT_TYPE);
  const format = isKey ? 0 : formatOf(endpoint, type);
  if (!isKey && format == 0 && type != TYPE_CN) return false;
  if (isKey && (payload & 0xffff) < 4) return false;
  if (!follows(index, endpoint, packet, load<i32>(slot, SLOT_ARRIVAL), isKey)) return true;
  const octets = packet + usize(payload >>> 16);
  if (type == TYPE_CN && format == 0) receiveNoise(index, endpoint, octets, payload & 0xffff);
  else if (isKey) receiveKey(index, endpoint, timestampOf(packet), markerOf(packet), octets);
  else if (format != 0) receiveVoice(index, endpoint, packet, format, octets, payload & 0xffff);
  return true;
}

/** Sequence, jitter and silence; false when the packet is not to be believed yet. */
function follows(index: i32, endpoint: usize, packet: usize, arrival: i32, isKey: bool): bool {
  const verdict = meterSequence(endpoint, ssrcOf(packet), sequenceOf(packet));
  if (verdict == REFUSED) return false;
  endSilence(endpoint);
  if (verdict == BEGINS) {
    resetJitter(index, endpoint);
    forgetKey(index, endpoint);
  }
  // A key's timestamp is when it went down, not when the packet was sent.
  if (!isKey) meterTransit(endpoint, arrival, timestampOf(packet), verdict == BEGINS);
  return true;
}

/** Voice format of a payload type, 0 when it is none. */
function formatOf(endpoint: usize, type: i32): i32 {
  const own = load<i32>(endpoint, STATE_FORMAT);
  if (type == load<i32>(endpoint, CONTROL_PAYLOAD_TYPE)) return own;
  if (!isG711(own)) return 0;
  if (type == TYPE_PCMU) return FORMAT_PCMU;
  if (type == TYPE_PCMA) return FORMAT_PCMA;
  return 0;
}

/** The far end falls silent, or goes on being so; a noise level of its own makes it sound alive. */
function receiveNoise(index: i32, endpoint: usize, octets: usize, length: i32): void {
  const state = kernelAt(index, KERNEL_NOISE);
  if (!load<i32>(endpoint, NOISE_ON)) {
    memory.fill(state, 0, KERNEL_NOISE_SIZE);
    noiseOpen(state, index);
  }
  store<i32>(endpoint, 1, NOISE_ON);
  noiseTake(state, octets, length);
}

function receiveVoice(index: i32, endpoint: usize, packet: usize, format: i32, octets: usize, length: i32): void {
  if (length == 0 || (load<i32>(endpoint, CONTROL_DIRECTION) & DIRECTION_RECEIVE) == 0) return;
  store<i32>(endpoint, 0, NOISE_ON);
  const own = load<i32>(endpoint, STATE_FORMAT);
  if (format == own) {
    putOctets(index, endpoint, packet, octets, length);
    return;
  }
  memory.copy(SCRATCH_OCTETS, octets, usize(length));
  transcode(format, own, SCRATCH_OCTETS, (length + 15) & ~15);
  putOctets(index, endpoint, packet, SCRATCH_OCTETS, length);
}
