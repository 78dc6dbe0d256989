/**
 * The jitter buffer of an RTP stream: a ring of octets addressed by RTP timestamp. G.711 has one octet a sample, so any
 * packet time fits and reordering needs no sorting; one flag a sample says what has arrived.
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
  FRAME_SAMPLES,
  HEADER_DEPTH,
  JITTER_LATE_TICKS,
  JITTER_NEWEST,
  JITTER_PLAYED,
  JITTER_PLAYED_TO,
  JITTER_PLAYOUT,
  JITTER_SAMPLES,
  JITTER_STARTED,
  JITTER_TICK_LATE,
  JITTER_TICK_TIMELY,
  JITTER_WINDOW_LATE,
  JITTER_WINDOW_LEAST,
  JITTER_WINDOW_TICKS,
  METER_DUPLICATES,
  METER_LATE,
  SCRATCH_FLAGS,
} from "../layout.ts";

const MASK: i32 = JITTER_SAMPLES - 1;
/** 400 ms: what is further ahead is a new clock of the sender, not a packet to keep. */
const MAX_FILL: i32 = 3200;
/** 1 s: what is further behind is a new clock, too. */
const MAX_BEHIND: i32 = 8000;
const WINDOW_TICKS: i32 = 50;
const LATE_IN_WINDOW: i32 = 3;
const LATE_IN_A_ROW: i32 = 3;

/** Empties the buffer for a new source; the next packet starts it. */
export function resetJitter(index: i32, endpoint: usize): void {
  memory.fill(flagsAt(index), 0, JITTER_SAMPLES);
  store<i32>(endpoint, 0, JITTER_STARTED);
  store<i32>(endpoint, 0, JITTER_PLAYED);
}

/** Puts `length` octets whose first one has this RTP timestamp. At most MAX_FILL octets. */
export function putOctets(index: i32, endpoint: usize, timestamp: i32, payload: usize, length: i32): void {
  if (!load<i32>(endpoint, JITTER_STARTED)) {
    if (wasPlayed(endpoint, timestamp + length)) {
      count(endpoint, METER_LATE, 1);
      return;
    }
    begin(index, endpoint, timestamp);
  }
  let ahead = timestamp - load<i32>(endpoint, JITTER_PLAYOUT);
  if (ahead > MAX_FILL - length || ahead < -MAX_BEHIND) {
    store<i32>(endpoint, 0, JITTER_PLAYED);
    begin(index, endpoint, timestamp);
    ahead = load<i32>(HEADER_DEPTH);
  }
  if (ahead + length <= 0 || wasPlayed(endpoint, timestamp + length)) {
    count(endpoint, METER_LATE, 1);
    store<i32>(endpoint, 1, JITTER_TICK_LATE);
    return;
  }
  store<i32>(endpoint, 1, JITTER_TICK_TIMELY);
  const cut = ahead < 0 ? -ahead : 0;
  keep(index, endpoint, timestamp + cut, payload + usize(cut), length - cut);
}

/**
 * Takes the next frame: FRAME_SAMPLES octets, and as many flags at SCRATCH_FLAGS.
 * Returns how many of the octets had arrived.
 */
export function takeFrame(index: i32, endpoint: usize, octets: usize): i32 {
  if (!load<i32>(endpoint, JITTER_STARTED)) return 0;
  regulate(index, endpoint);
  if (!load<i32>(endpoint, JITTER_STARTED)) return 0;
  const playout = load<i32>(endpoint, JITTER_PLAYOUT);
  copyOut(jitterAt(index), playout, octets, FRAME_SAMPLES);
  copyOut(flagsAt(index), playout, SCRATCH_FLAGS, FRAME_SAMPLES);
  skip(index, endpoint, FRAME_SAMPLES);
  const present = arrived();
  if (present > 0) {
    store<i32>(endpoint, 1, JITTER_PLAYED);
    store<i32>(endpoint, playout + FRAME_SAMPLES, JITTER_PLAYED_TO);
  }
  return present;
}

/** Lets time pass without playing: a tick that could not be held. */
export function skip(index: i32, endpoint: usize, samples: i32): void {
  if (!load<i32>(endpoint, JITTER_STARTED)) return;
  const playout = load<i32>(endpoint, JITTER_PLAYOUT);
  clear(flagsAt(index), playout, samples < JITTER_SAMPLES ? samples : JITTER_SAMPLES);
  store<i32>(endpoint, playout + samples, JITTER_PLAYOUT);
}

function flagsAt(index: i32): usize {
  return jitterAt(index) + JITTER_SAMPLES;
}

/** True when nothing before `end` is new: after a beginning anew, late copies would be heard again. */
function wasPlayed(endpoint: usize, end: i32): bool {
  if (!load<i32>(endpoint, JITTER_PLAYED)) return false;
  const behind = load<i32>(endpoint, JITTER_PLAYED_TO) - end;
  return behind >= 0 && behind < MAX_BEHIND;
}

function begin(index: i32, endpoint: usize, timestamp: i32): void {
  memory.fill(flagsAt(index), 0, JITTER_SAMPLES);
  store<i32>(endpoint, 1, JITTER_STARTED);
  store<i32>(endpoint, timestamp - load<i32>(HEADER_DEPTH), JITTER_PLAYOUT);
  store<i32>(endpoint, timestamp, JITTER_NEWEST);
  store<i32>(endpoint, 0, JITTER_LATE_TICKS);
  beginWindow(endpoint);
}

function beginWindow(endpoint: usize): void {
  store<i32>(endpoint, 0, JITTER_WINDOW_TICKS);
  store<i32>(endpoint, 0, JITTER_WINDOW_LATE);
  store<i32>(endpoint, i32.MAX_VALUE, JITTER_WINDOW_LEAST);
}

function keep(index: i32, endpoint: usize, timestamp: i32, payload: usize, length: i32): void {
  if (load<u8>(flagsAt(index) + usize(timestamp & MASK))) {
    count(endpoint, METER_DUPLICATES, 1);
    return;
  }
  copyIn(jitterAt(index), timestamp, payload, length);
  const flags = flagsAt(index);
  const first = timestamp & MASK;
  const before = min<i32>(length, JITTER_SAMPLES - first);
  memory.fill(flags + usize(first), 1, usize(before));
  memory.fill(flags, 1, usize(length - before));
  const end = timestamp + length;
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
    memory.fill(flagsAt(index), 0, JITTER_SAMPLES);
    store<i32>(endpoint, 0, JITTER_STARTED);
    return;
  }
  if (load<i32>(endpoint, JITTER_WINDOW_LATE) >= LATE_IN_WINDOW) {
    hold(endpoint);
    return;
  }
  shed(index, endpoint);
}

/** One frame more of delay. What lies just behind the playout point has been cleared: it will be concealed. */
function hold(endpoint: usize): void {
  store<i32>(endpoint, load<i32>(endpoint, JITTER_PLAYOUT) - FRAME_SAMPLES, JITTER_PLAYOUT);
  beginWindow(endpoint);
}

/** One frame less of delay, when the whole second had more than enough. */
function shed(index: i32, endpoint: usize): void {
  const fill = load<i32>(endpoint, JITTER_NEWEST) - load<i32>(endpoint, JITTER_PLAYOUT);
  if (fill < load<i32>(endpoint, JITTER_WINDOW_LEAST)) store<i32>(endpoint, fill, JITTER_WINDOW_LEAST);
  count(endpoint, JITTER_WINDOW_TICKS, 1);
  if (load<i32>(endpoint, JITTER_WINDOW_TICKS) < WINDOW_TICKS) return;
  const least = load<i32>(endpoint, JITTER_WINDOW_LEAST);
  beginWindow(endpoint);
  if (least >= load<i32>(HEADER_DEPTH) + 2 * FRAME_SAMPLES) skip(index, endpoint, FRAME_SAMPLES);
}

function copyIn(ring: usize, timestamp: i32, from: usize, length: i32): void {
  const first = timestamp & MASK;
  const before = min<i32>(length, JITTER_SAMPLES - first);
  memory.copy(ring + usize(first), from, usize(before));
  memory.copy(ring, from + usize(before), usize(length - before));
}

function copyOut(ring: usize, timestamp: i32, to: usize, length: i32): void {
  const first = timestamp & MASK;
  const before = min<i32>(length, JITTER_SAMPLES - first);
  memory.copy(to, ring + usize(first), usize(before));
  memory.copy(to + usize(before), ring, usize(length - before));
}

function clear(flags: usize, timestamp: i32, length: i32): void {
  const first = timestamp & MASK;
  const before = min<i32>(length, JITTER_SAMPLES - first);
  memory.fill(flags + usize(first), 0, usize(before));
  memory.fill(flags, 0, usize(length - before));
}

/** How many of the flags at SCRATCH_FLAGS are set: they are 0 or 1. */
function arrived(): i32 {
  let sum: v128 = i8x16.splat(0);
  for (let i = 0; i < FRAME_SAMPLES; i += 16) sum = i8x16.add(sum, v128.load(usize(SCRATCH_FLAGS) + usize(i)));
  const pairs = i16x8.extadd_pairwise_i8x16_u(sum);
  const fours = i32x4.extadd_pairwise_i16x8_u(pairs);
  return (
    i32x4.extract_lane(fours, 0) +
    i32x4.extract_lane(fours, 1) +
    i32x4.extract_lane(fours, 2) +
    i32x4.extract_lane(fours, 3)
  );
}
