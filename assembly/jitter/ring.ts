/**
 * The octets that wait to be played: a ring addressed by RTP timestamp, so that any packet time fits and reordering needs
 * no sorting, and one flag for each octet. How many octets an RTP unit has is the format's affair (format.ts).
 *
 * Most streams have packets of whole frames which lie where frames are played. As long as no other has come
 * (JITTER_PARTS 0) a frame has one mark where it begins instead of a flag on each octet.
 */
import { jitterAt } from "../endpoint.ts";
import { JITTER_MASK, JITTER_NEWEST, JITTER_PARTS, JITTER_PLAYOUT } from "../endpoint-words.ts";
import { codecUnits, isPlugin, octetsOf, roomOf, speedOf } from "../format.ts";
import { JITTER_OCTETS, SCRATCH_FLAGS } from "../layout.ts";

/** 512 ms in units of 125 µs. */
const RING_UNITS: i32 = 4096;
/** Flag of an octet that is there; of a frame that is there whole. */
const PART: u8 = 1;
const WHOLE: u8 = 2;

/** Empties the ring for packets of this format. */
export function clearRing(index: i32, endpoint: usize, format: i32): void {
  const octets = octetsOf(format, RING_UNITS * speedOf(format));
  memory.fill(flagsAt(index), 0, usize(octets));
  store<i32>(endpoint, octets - 1, JITTER_MASK);
  store<i32>(endpoint, 0, JITTER_PARTS);
}

/** Octets of the ring that are in use: of the greediest format all. */
export function ringOctets(endpoint: usize): i32 {
  return load<i32>(endpoint, JITTER_MASK) + 1;
}

/** Puts `length` octets, which are `units` of RTP and none of them played. False when they are there already. */
export function putInRing(
  index: i32,
  endpoint: usize,
  format: i32,
  timestamp: i32,
  payload: usize,
  length: i32,
  units: i32,
): bool {
  if (!load<i32>(endpoint, JITTER_PARTS)) {
    if (isWhole(endpoint, format, timestamp, units))
      return putWhole(index, endpoint, format, timestamp, payload, length, units);
    breakUp(index, endpoint, format);
  }
  const mask = load<i32>(endpoint, JITTER_MASK);
  const first = octetsOf(format, timestamp) & mask;
  const flags = flagsAt(index);
  if (load<u8>(flags + usize(first))) return false;
  copyIn(jitterAt(index), mask, first, payload, length);
  fill(flags, mask, first, length, PART);
  follow(endpoint, timestamp + units);
  return true;
}

/** Whether the frame at the playout point has come whole; then its octets are copied and stay in the ring, too. */
export function peekRing(index: i32, endpoint: usize, format: i32, octets: usize): bool {
  const mask = load<i32>(endpoint, JITTER_MASK);
  const first = octetsOf(format, load<i32>(endpoint, JITTER_PLAYOUT)) & mask;
  copyOut(jitterAt(index), mask, first, octets, roomOf(format));
  if (!load<i32>(endpoint, JITTER_PARTS)) return load<u8>(flagsAt(index) + usize(first)) != 0;
  return present(index, mask, first, roomOf(format)) > 0;
}

/** Whether the next `count` frames have come whole. */
export function holdsFrames(index: i32, endpoint: usize, format: i32, count: i32): bool {
  const mask = load<i32>(endpoint, JITTER_MASK);
  const length = roomOf(format);
  let place = octetsOf(format, load<i32>(endpoint, JITTER_PLAYOUT));
  for (let n = 0; n < count; n++) {
    const first = place & mask;
    place += length;
    if (!load<i32>(endpoint, JITTER_PARTS)) {
      if (!load<u8>(flagsAt(index) + usize(first))) return false;
    } else if (present(index, mask, first, length) < length) return false;
  }
  return true;
}

/**
 * Takes the frame at the playout point out of the ring. Returns how many of its octets had come; when it is not all of
 * them, which ones is said by as many flags at SCRATCH_FLAGS.
 */
export function takeFromRing(index: i32, endpoint: usize, format: i32, octets: usize): i32 {
  const mask = load<i32>(endpoint, JITTER_MASK);
  const first = octetsOf(format, load<i32>(endpoint, JITTER_PLAYOUT)) & mask;
  const flags = flagsAt(index);
  const length = roomOf(format);
  if (load<i32>(endpoint, JITTER_PARTS)) {
    copyOut(jitterAt(index), mask, first, octets, length);
    const there = present(index, mask, first, length);
    fill(flags, mask, first, length, 0);
    return there;
  }
  if (!load<u8>(flags + usize(first))) return 0;
  store<u8>(flags + usize(first), 0);
  copyOut(jitterAt(index), mask, first, octets, length);
  return length;
}

/** Forgets `units` from the playout point on. */
export function dropFromRing(index: i32, endpoint: usize, format: i32, units: i32): void {
  const mask = load<i32>(endpoint, JITTER_MASK);
  const first = octetsOf(format, load<i32>(endpoint, JITTER_PLAYOUT)) & mask;
  fill(flagsAt(index), mask, first, min<i32>(octetsOf(format, min<i32>(units, mask + 1)), mask + 1), 0);
}

function flagsAt(index: i32): usize {
  return jitterAt(index) + JITTER_OCTETS;
}

/** Whole frames which lie where frames are played. What is played next is such a place, and what follows the newest. */
function isWhole(endpoint: usize, format: i32, timestamp: i32, units: i32): bool {
  if (isPlugin(format)) return false;
  const frame = codecUnits(format);
  if (units != frame && units % frame != 0) return false;
  if (timestamp == load<i32>(endpoint, JITTER_NEWEST)) return true;
  return (timestamp - load<i32>(endpoint, JITTER_PLAYOUT)) % frame == 0;
}

function putWhole(
  index: i32,
  endpoint: usize,
  format: i32,
  timestamp: i32,
  payload: usize,
  length: i32,
  units: i32,
): bool {
  const mask = load<i32>(endpoint, JITTER_MASK);
  const flags = flagsAt(index);
  const frame = roomOf(format);
  let place = octetsOf(format, timestamp);
  let isNew = false;
  for (const end = payload + usize(length); payload < end; payload += usize(frame)) {
    const first = place & mask;
    place += frame;
    if (load<u8>(flags + usize(first))) continue;
    copyIn(jitterAt(index), mask, first, payload, frame);
    store<u8>(flags + usize(first), WHOLE);
    isNew = true;
  }
  if (isNew) follow(endpoint, timestamp + units);
  return isNew;
}

function follow(endpoint: usize, end: i32): void {
  if (end - load<i32>(endpoint, JITTER_NEWEST) > 0) store<i32>(endpoint, end, JITTER_NEWEST);
}

/** A packet that is no whole frame has come: from now on every octet has its flag. */
function breakUp(index: i32, endpoint: usize, format: i32): void {
  const mask = load<i32>(endpoint, JITTER_MASK);
  const flags = flagsAt(index);
  const newest = load<i32>(endpoint, JITTER_NEWEST);
  const frame = codecUnits(format);
  for (let at = load<i32>(endpoint, JITTER_PLAYOUT); newest - at > 0; at += frame) {
    const first = octetsOf(format, at) & mask;
    if (load<u8>(flags + usize(first)) == WHOLE) fill(flags, mask, first, roomOf(format), PART);
  }
  store<i32>(endpoint, 1, JITTER_PARTS);
}

/** Copies a frame's flags to SCRATCH_FLAGS and counts them. `length`: a multiple of 8, at most 640. */
function present(index: i32, mask: i32, first: i32, length: i32): i32 {
  copyOut(flagsAt(index), mask, first, SCRATCH_FLAGS, length);
  if ((length & 8) != 0) store<u64>(usize(SCRATCH_FLAGS) + usize(length), 0);
  let sum: v128 = i8x16.splat(0);
  for (let i = 0; i < length; i += 16) sum = i8x16.add(sum, v128.load(usize(SCRATCH_FLAGS) + usize(i)));
  const fours = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sum));
  const twos = i32x4.extract_lane(fours, 0) + i32x4.extract_lane(fours, 1);
  return twos + i32x4.extract_lane(fours, 2) + i32x4.extract_lane(fours, 3);
}

function copyIn(ring: usize, mask: i32, first: i32, from: usize, length: i32): void {
  const before = mask + 1 - first;
  if (length <= before) copy(ring + usize(first), from, length);
  else {
    memory.copy(ring + usize(first), from, usize(before));
    memory.copy(ring, from + usize(before), usize(length - before));
  }
}

function copyOut(ring: usize, mask: i32, first: i32, to: usize, length: i32): void {
  const before = mask + 1 - first;
  if (length <= before) copy(to, ring + usize(first), length);
  else {
    memory.copy(to, ring + usize(first), usize(before));
    memory.copy(to + usize(before), ring, usize(length - before));
  }
}

/** Frames are short: four vectors a round are faster than a call. */
function copy(to: usize, from: usize, length: i32): void {
  const long = length & ~63;
  let at: i32 = 0;
  for (; at < long; at += 64) {
    v128.store(to + usize(at), v128.load(from + usize(at)));
    v128.store(to + usize(at), v128.load(from + usize(at), 16), 16);
    v128.store(to + usize(at), v128.load(from + usize(at), 32), 32);
    v128.store(to + usize(at), v128.load(from + usize(at), 48), 48);
  }
  for (; at <= length - 16; at += 16) v128.store(to + usize(at), v128.load(from + usize(at)));
  if (at < length) memory.copy(to + usize(at), from + usize(at), usize(length - at));
}

function fill(flags: usize, mask: i32, first: i32, length: i32, flag: u8): void {
  const before = min<i32>(length, mask + 1 - first);
  memory.fill(flags + usize(first), flag, usize(before));
  memory.fill(flags, flag, usize(length - before));
}
