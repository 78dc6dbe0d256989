/**
 * The jitter buffer of an RTP stream: a ring of octets addressed by RTP timestamp, so that any packet time fits and
 * reordering needs no sorting; one flag for each octet says what has arrived. How many octets an RTP unit has is the
 * format's affair (format.ts).
 *
 *        played | playout ............ newest | free
 *   timestamps  |<---- fill, at most MAX_FILL --->|
 *
 * The depth is fixed: the first packet is played `depth` after it came. Two rules keep it there when the clocks drift or
 * the network's delay changes: a second with more than a frame too much all the time drops one frame; late packets
 * again and again insert one, or, when nothing comes in time any more, begin anew.
 */
import { count, jitterAt } from "../endpoint.ts";
import {
  CONTROL_VBD,
  JITTER_LATE_TICKS,
  JITTER_NEWEST,
  JITTER_PLAYED,
  JITTER_PLAYED_TO,
  JITTER_PLAYOUT,
  JITTER_STARTED,
  JITTER_TICK_LATE,
  JITTER_TICK_TIMELY,
  JITTER_WINDOW_LATE,
  JITTER_WINDOW_LEAST,
  JITTER_WINDOW_TICKS,
  METER_DUPLICATES,
  METER_LATE,
  STATE_FORMAT,
} from "../endpoint-words.ts";
import { frameOctets, isPlugin, octetsOf, roomOf, unitsIn, unitsOf } from "../format.ts";
import { frameSamples, frames } from "../frame-time.ts";
import { HEADER_DEPTH, JITTER_OCTETS, SCRATCH_FLAGS } from "../layout.ts";
import { meterBegin, meterLate, meterPacket } from "../meter/turns.ts";

const MASK: i32 = JITTER_OCTETS - 1;
/** 400 ms: what is further ahead is a new clock of the sender, not a packet to keep. */
const MAX_FILL: i32 = 3200;
/** 1 s: what is further behind is a new clock, too. */
const MAX_BEHIND: i32 = 8000;
/** 1 s, in frames of 20 ms. */
const WINDOW: i32 = 50;
const LATE_IN_WINDOW: i32 = 3;
const LATE_IN_A_ROW: i32 = 3;

/** Empties the buffer for a new source; the next packet starts it. */
export function resetJitter(index: i32, endpoint: usize): void {
  memory.fill(flagsAt(index), 0, JITTER_OCTETS);
  store<i32>(endpoint, 0, JITTER_STARTED);
  store<i32>(endpoint, 0, JITTER_PLAYED);
}

/** Puts `length` octets whose first one has this RTP timestamp. At most what 160 ms have. */
export function putOctets(index: i32, endpoint: usize, timestamp: i32, payload: usize, length: i32): void {
  const format = load<i32>(endpoint, STATE_FORMAT);
  const units = isPlugin(format) ? unitsOf(format) : unitsIn(format, length);
  meterPacket(index, units, unitsOf(format));
  if (isPlugin(format)) putFrames(index, endpoint, format, timestamp, payload, length);
  else put(index, endpoint, format, timestamp, payload, length, units);
}

/**
 * A packet of a codec of the host: one frame of any length it may have, or several of the greatest. They lie where frames
 * begin, whatever the timestamp says: half a frame is none.
 */
function putFrames(index: i32, endpoint: usize, format: i32, timestamp: i32, payload: usize, length: i32): void {
  const size = frameOctets(format);
  if (length > size && length % size != 0) {
    count(endpoint, METER_LATE, 1);
    return;
  }
  const units = unitsOf(format);
  for (let at = 0; at < length; at += size) {
    let begins = timestamp;
    if (load<i32>(endpoint, JITTER_STARTED)) {
      const behind = (timestamp - load<i32>(endpoint, JITTER_PLAYOUT)) % units;
      begins -= behind < 0 ? behind + units : behind;
    }
    put(index, endpoint, format, begins, payload + usize(at), min<i32>(length - at, size), units);
    timestamp += units;
  }
}

function put(index: i32, endpoint: usize, format: i32, timestamp: i32, payload: usize, length: i32, units: i32): void {
  if (!load<i32>(endpoint, JITTER_STARTED)) {
    if (wasPlayed(endpoint, timestamp + units)) {
      refuseLate(index, endpoint, timestamp);
      return;
    }
    begin(index, endpoint, timestamp);
  }
  let ahead = timestamp - load<i32>(endpoint, JITTER_PLAYOUT);
  if (ahead > MAX_FILL * speed(endpoint) - units || ahead < -MAX_BEHIND * speed(endpoint)) {
    store<i32>(endpoint, 0, JITTER_PLAYED);
    begin(index, endpoint, timestamp);
    ahead = depth(endpoint);
  }
  if (ahead + units <= 0 || wasPlayed(endpoint, timestamp + units)) {
    refuseLate(index, endpoint, timestamp);
    store<i32>(endpoint, 1, JITTER_TICK_LATE);
    return;
  }
  store<i32>(endpoint, 1, JITTER_TICK_TIMELY);
  const cut = ahead < 0 ? -ahead : 0;
  const from = octetsOf(format, cut);
  keep(index, endpoint, format, timestamp + cut, payload + usize(from), length - from, units - cut);
}

/**
 * Takes the next frame: its octets, and as many flags at SCRATCH_FLAGS.
 * Returns how many of the octets had arrived.
 */
export function takeFrame(index: i32, endpoint: usize, octets: usize): i32 {
  if (!load<i32>(endpoint, JITTER_STARTED)) return 0;
  regulate(index, endpoint);
  if (!load<i32>(endpoint, JITTER_STARTED)) return 0;
  const format = load<i32>(endpoint, STATE_FORMAT);
  const length = roomOf(format);
  const playout = load<i32>(endpoint, JITTER_PLAYOUT);
  const place = octetsOf(format, playout);
  copyOut(jitterAt(index), place, octets, length);
  copyOut(flagsAt(index), place, SCRATCH_FLAGS, length);
  skip(index, endpoint, unitsOf(format));
  const present = arrived(length);
  if (present > 0) {
    store<i32>(endpoint, 1, JITTER_PLAYED);
    store<i32>(endpoint, playout + unitsOf(format), JITTER_PLAYED_TO);
  }
  return present;
}

/** Lets time pass without playing: a tick that could not be held. `units` of RTP. */
export function skip(index: i32, endpoint: usize, units: i32): void {
  if (!load<i32>(endpoint, JITTER_STARTED)) return;
  const format = load<i32>(endpoint, STATE_FORMAT);
  const playout = load<i32>(endpoint, JITTER_PLAYOUT);
  clear(flagsAt(index), octetsOf(format, playout), min<i32>(octetsOf(format, units), JITTER_OCTETS));
  store<i32>(endpoint, playout + units, JITTER_PLAYOUT);
}

/** RTP units in 125 µs: 1, or 2 when the clock runs at 16 kHz. */
function speed(endpoint: usize): i32 {
  return unitsOf(load<i32>(endpoint, STATE_FORMAT)) > frameSamples ? 2 : 1;
}

/** RTP units that a packet waits. */
function depth(endpoint: usize): i32 {
  return load<i32>(HEADER_DEPTH) * speed(endpoint);
}

function flagsAt(index: i32): usize {
  return jitterAt(index) + JITTER_OCTETS;
}

/** True when nothing before `end` is new: after a beginning anew, late copies would be heard again. */
function wasPlayed(endpoint: usize, end: i32): bool {
  if (!load<i32>(endpoint, JITTER_PLAYED)) return false;
  const behind = load<i32>(endpoint, JITTER_PLAYED_TO) - end;
  return behind >= 0 && behind < MAX_BEHIND * speed(endpoint);
}

function refuseLate(index: i32, endpoint: usize, timestamp: i32): void {
  count(endpoint, METER_LATE, 1);
  meterLate(index, endpoint, timestamp);
}

function begin(index: i32, endpoint: usize, timestamp: i32): void {
  memory.fill(flagsAt(index), 0, JITTER_OCTETS);
  store<i32>(endpoint, 1, JITTER_STARTED);
  store<i32>(endpoint, timestamp - depth(endpoint), JITTER_PLAYOUT);
  store<i32>(endpoint, timestamp, JITTER_NEWEST);
  store<i32>(endpoint, 0, JITTER_LATE_TICKS);
  beginWindow(endpoint);
  meterBegin(index, endpoint, timestamp);
}

function beginWindow(endpoint: usize): void {
  store<i32>(endpoint, 0, JITTER_WINDOW_TICKS);
  store<i32>(endpoint, 0, JITTER_WINDOW_LATE);
  store<i32>(endpoint, i32.MAX_VALUE, JITTER_WINDOW_LEAST);
}

function keep(index: i32, endpoint: usize, format: i32, timestamp: i32, payload: usize, length: i32, units: i32): void {
  const place = octetsOf(format, timestamp);
  const flags = flagsAt(index);
  const first = place & MASK;
  if (load<u8>(flags + usize(first))) {
    count(endpoint, METER_DUPLICATES, 1);
    return;
  }
  copyIn(jitterAt(index), place, payload, length);
  const before = min<i32>(length, JITTER_OCTETS - first);
  memory.fill(flags + usize(first), 1, usize(before));
  memory.fill(flags, 1, usize(length - before));
  const end = timestamp + units;
  if (end - load<i32>(endpoint, JITTER_NEWEST) > 0) store<i32>(endpoint, end, JITTER_NEWEST);
}

/** Once a tick, before the frame is taken. */
function regulate(index: i32, endpoint: usize): void {
  const late = load<i32>(endpoint, JITTER_TICK_LATE);
  const timely = load<i32>(endpoint, JITTER_TICK_TIMELY);
  store<i32>(endpoint, 0, JITTER_TICK_LATE);
  store<i32>(endpoint, 0, JITTER_TICK_TIMELY);
  if (timely) store<i32>(endpoint, 0, JITTER_LATE_TICKS);
  else if (late) count(endpoint, JITTER_LATE_TICKS, 1);
  if (late) count(endpoint, JITTER_WINDOW_LATE, 1);
  if (load<i32>(endpoint, JITTER_LATE_TICKS) >= LATE_IN_A_ROW) {
    memory.fill(flagsAt(index), 0, JITTER_OCTETS);
    store<i32>(endpoint, 0, JITTER_STARTED);
    return;
  }
  // Between machines a frame more or less is a fault, and so is another delay.
  if (load<i32>(endpoint, CONTROL_VBD)) return;
  if (load<i32>(endpoint, JITTER_WINDOW_LATE) >= LATE_IN_WINDOW) {
    hold(endpoint);
    return;
  }
  shed(index, endpoint);
}

/** One frame more of delay. What lies just behind the playout point has been cleared: it will be concealed. */
function hold(endpoint: usize): void {
  store<i32>(endpoint, load<i32>(endpoint, JITTER_PLAYOUT) - frameSamples * speed(endpoint), JITTER_PLAYOUT);
  beginWindow(endpoint);
}

/** One frame less of delay, when the whole second had more than enough. */
function shed(index: i32, endpoint: usize): void {
  const fill = load<i32>(endpoint, JITTER_NEWEST) - load<i32>(endpoint, JITTER_PLAYOUT);
  if (fill < load<i32>(endpoint, JITTER_WINDOW_LEAST)) store<i32>(endpoint, fill, JITTER_WINDOW_LEAST);
  count(endpoint, JITTER_WINDOW_TICKS, 1);
  if (load<i32>(endpoint, JITTER_WINDOW_TICKS) < frames(WINDOW)) return;
  const least = load<i32>(endpoint, JITTER_WINDOW_LEAST);
  beginWindow(endpoint);
  const frame = frameSamples * speed(endpoint);
  if (least >= depth(endpoint) + 2 * frame) skip(index, endpoint, frame);
}

function copyIn(ring: usize, place: i32, from: usize, length: i32): void {
  const first = place & MASK;
  const before = min<i32>(length, JITTER_OCTETS - first);
  memory.copy(ring + usize(first), from, usize(before));
  memory.copy(ring, from + usize(before), usize(length - before));
}

function copyOut(ring: usize, place: i32, to: usize, length: i32): void {
  const first = place & MASK;
  const before = min<i32>(length, JITTER_OCTETS - first);
  memory.copy(to, ring + usize(first), usize(before));
  memory.copy(to + usize(before), ring, usize(length - before));
}

function clear(flags: usize, place: i32, length: i32): void {
  const first = place & MASK;
  const before = min<i32>(length, JITTER_OCTETS - first);
  memory.fill(flags + usize(first), 0, usize(before));
  memory.fill(flags, 0, usize(length - before));
}

/** How many of the first `length` flags at SCRATCH_FLAGS are set: they are 0 or 1. `length`: a multiple of 8, at most 640. */
function arrived(length: i32): i32 {
  if ((length & 8) != 0) store<u64>(usize(SCRATCH_FLAGS) + usize(length), 0);
  let sum: v128 = i8x16.splat(0);
  for (let i = 0; i < length; i += 16) sum = i8x16.add(sum, v128.load(usize(SCRATCH_FLAGS) + usize(i)));
  const pairs = i16x8.extadd_pairwise_i8x16_u(sum);
  const fours = i32x4.extadd_pairwise_i16x8_u(pairs);
  return (
    i32x4.extract_lane(fours, 0) +
    i32x4.extract_lane(fours, 1) +
    i32x4.extract_lane(fours, 2) +
    i32x4.extract_lane(fours, 3)
  );
}
