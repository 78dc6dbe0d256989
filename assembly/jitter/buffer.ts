/**
 * The jitter buffer of an RTP stream: packets in as they come, a frame out every tick.
 *
 *        played | playout ............ newest | free
 *   timestamps  |<---- fill, at most MAX_FILL --->|
 *
 * ring.ts keeps the octets, learn.ts knows the network, depth.ts how deep the buffer is and should be, adapt.ts when that
 * changes.
 */
import { count } from "../endpoint.ts";
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
  METER_DUPLICATES,
  METER_LATE,
  METER_MAX_SEQUENCE,
  STATE_FORMAT,
} from "../endpoint-words.ts";
import { codecUnits, frameOctets, isPlugin, octetsOf, speedOf, unitsIn } from "../format.ts";
import { frames } from "../frame-time.ts";
import { meterBegin, meterLate, meterPacket } from "../meter/turns.ts";
import { markerOf, sequenceOf, timestampOf } from "../rtp/header.ts";
import { adapt, FRAME_INSERTED, FRAME_LEFT, tookAhead } from "./adapt.ts";
import { beginDepth, MAX_FILL, placeTalkspurt, seePacket, waitForLate } from "./depth.ts";
import { clearRing, dropFromRing, putInRing, takeFromRing } from "./ring.ts";

/** 1 s: what is further behind may be a new clock of the sender. */
const MAX_BEHIND: i32 = 8000;
/** Ticks in a row in which packets came and all of them were late: nothing comes in time any more. */
const LATE_IN_A_ROW: i32 = 3;
/** Machines bear what is lost better than what is moved: 500 ms, in frames of 20 ms. */
const LATE_DATA_IN_A_ROW: i32 = 25;

export const LEFT_PLAYED: i32 = -1;

/** Empties the buffer for a new source; the next packet starts it. */
export function resetJitter(index: i32, endpoint: usize): void {
  clearRing(index, endpoint, load<i32>(endpoint, STATE_FORMAT));
  store<i32>(endpoint, 0, JITTER_STARTED);
  store<i32>(endpoint, 0, JITTER_PLAYED);
}

/** Puts `length` octets of the payload of an RTP packet at `packet`. At most what 160 ms have. */
export function putOctets(index: i32, endpoint: usize, packet: usize, payload: usize, length: i32): void {
  const format = load<i32>(endpoint, STATE_FORMAT);
  const units = isPlugin(format) ? codecUnits(format) : unitsIn(format, length);
  meterPacket(index, units, codecUnits(format));
  if (isPlugin(format)) {
    putFrames(index, endpoint, format, packet, payload, length);
    return;
  }
  const timestamp = timestampOf(packet);
  if (put(index, endpoint, format, packet, timestamp, payload, length, units))
    seePacket(index, endpoint, timestamp - load<i32>(endpoint, JITTER_PLAYOUT));
}

/**
 * A packet of a codec of the host: one frame of any length it may have, or several of the greatest. They lie where frames
 * begin, whatever the timestamp says: half a frame is none.
 */
function putFrames(index: i32, endpoint: usize, format: i32, packet: usize, payload: usize, length: i32): void {
  const size = frameOctets(format);
  if (length > size && length % size != 0) {
    count(endpoint, METER_LATE, 1);
    return;
  }
  const units = codecUnits(format);
  let timestamp = timestampOf(packet);
  for (let at = 0; at < length; at += size) {
    let begins = timestamp;
    if (load<i32>(endpoint, JITTER_STARTED)) {
      const behind = (timestamp - load<i32>(endpoint, JITTER_PLAYOUT)) % units;
      begins -= behind < 0 ? behind + units : behind;
    }
    const isNew = put(index, endpoint, format, packet, begins, payload + usize(at), min<i32>(length - at, size), units);
    if (isNew && at == 0) seePacket(index, endpoint, begins - load<i32>(endpoint, JITTER_PLAYOUT));
    timestamp += units;
  }
}

/** False when the packet is a copy of one that came before. */
function put(
  index: i32,
  endpoint: usize,
  format: i32,
  packet: usize,
  timestamp: i32,
  payload: usize,
  length: i32,
  units: i32,
): bool {
  if (!load<i32>(endpoint, JITTER_STARTED)) {
    if (wasPlayed(endpoint, timestamp + units)) {
      refuseLate(index, endpoint, timestamp);
      return false;
    }
    begin(index, endpoint, format, timestamp);
  }
  const ahead = timestamp - load<i32>(endpoint, JITTER_PLAYOUT);
  if (isNewClock(endpoint, format, packet, ahead, units)) {
    store<i32>(endpoint, 0, JITTER_PLAYED);
    begin(index, endpoint, format, timestamp);
  } else if (wasPlayed(endpoint, timestamp + units)) {
    return late(index, endpoint, timestamp);
  } else if (ahead < 0 && !isWaitedFor(index, endpoint, format, packet, timestamp, ahead)) {
    if (ahead + units <= 0) return late(index, endpoint, timestamp);
    return putRest(index, endpoint, format, timestamp, payload, length, units);
  } else if (load<i32>(endpoint, JITTER_NEWEST) - load<i32>(endpoint, JITTER_PLAYOUT) <= 0)
    placeTalkspurt(index, endpoint, ahead);
  return keep(index, endpoint, format, timestamp, payload, length, units);
}

/**
 * Takes the next frame: its octets, and, when it is there in part, as many flags at SCRATCH_FLAGS.
 * Returns how many of the octets had arrived; LEFT_PLAYED when none is taken because what is left of the sound is a frame.
 */
export function takeFrame(index: i32, endpoint: usize, octets: usize): i32 {
  if (!load<i32>(endpoint, JITTER_STARTED)) return 0;
  if (load<i32>(endpoint, JITTER_TICK_LATE)) {
    if (isAllLate(endpoint)) {
      resetRing(index, endpoint);
      return 0;
    }
  } else if (load<i32>(endpoint, JITTER_TICK_TIMELY)) store<i32>(endpoint, 0, JITTER_LATE_TICKS);
  store<u64>(endpoint, 0, JITTER_TICK_LATE);
  const format = load<i32>(endpoint, STATE_FORMAT);
  const taken = adapt(index, endpoint, format, octets);
  if (taken == FRAME_INSERTED) return 0;
  return taken == FRAME_LEFT ? LEFT_PLAYED : take(index, endpoint, format, octets);
}

/** A frame that is there whole is taken before the tick's own: the buffer is shallower by it. */
export function takeAhead(index: i32, endpoint: usize, format: i32, octets: usize): i32 {
  const taken = take(index, endpoint, format, octets);
  tookAhead(index, endpoint, format);
  return taken;
}

function take(index: i32, endpoint: usize, format: i32, octets: usize): i32 {
  const present = takeFromRing(index, endpoint, format, octets);
  const end = load<i32>(endpoint, JITTER_PLAYOUT) + codecUnits(format);
  store<i32>(endpoint, end, JITTER_PLAYOUT);
  if (present > 0) {
    store<i32>(endpoint, 1, JITTER_PLAYED);
    store<i32>(endpoint, end, JITTER_PLAYED_TO);
  }
  return present;
}

/** Lets time pass without playing: a tick that could not be held. `units` of RTP. */
export function skip(index: i32, endpoint: usize, units: i32): void {
  if (!load<i32>(endpoint, JITTER_STARTED)) return;
  dropFromRing(index, endpoint, load<i32>(endpoint, STATE_FORMAT), units);
  store<i32>(endpoint, load<i32>(endpoint, JITTER_PLAYOUT) + units, JITTER_PLAYOUT);
}

/** True when nothing before `end` is new: after a beginning anew, late copies would be heard again. */
function wasPlayed(endpoint: usize, end: i32): bool {
  const behind = load<i32>(endpoint, JITTER_PLAYED_TO) - end;
  if (behind < 0 || !load<i32>(endpoint, JITTER_PLAYED)) return false;
  return behind < MAX_BEHIND * speedOf(load<i32>(endpoint, STATE_FORMAT));
}

/** The sender's timestamps jumped. Backwards that is only believed of the newest packet: others are very late ones. */
function isNewClock(endpoint: usize, format: i32, packet: usize, ahead: i32, units: i32): bool {
  if (ahead > MAX_FILL * speedOf(format) - units) return true;
  return ahead < -MAX_BEHIND * speedOf(format) && isNewest(endpoint, packet);
}

function isNewest(endpoint: usize, packet: usize): bool {
  return sequenceOf(packet) == load<i32>(endpoint, METER_MAX_SEQUENCE);
}

/**
 * A packet that begins before the playout point. True when playing goes back to it: nothing later has been played, and
 * either the buffer may wait so long, or a talk-spurt says that it begins (RFC 3551 §4.1; its clock stood still meanwhile).
 */
function isWaitedFor(index: i32, endpoint: usize, format: i32, packet: usize, timestamp: i32, ahead: i32): bool {
  if (load<i32>(endpoint, JITTER_PLAYED) && timestamp - load<i32>(endpoint, JITTER_PLAYED_TO) < 0) return false;
  if (waitForLate(index, endpoint, -ahead)) return true;
  if (!markerOf(packet) || !isNewest(endpoint, packet)) return false;
  begin(index, endpoint, format, timestamp);
  return true;
}

/** What of a packet has not had its turn. */
function putRest(
  index: i32,
  endpoint: usize,
  format: i32,
  timestamp: i32,
  payload: usize,
  length: i32,
  units: i32,
): bool {
  const cut = load<i32>(endpoint, JITTER_PLAYOUT) - timestamp;
  const from = octetsOf(format, cut);
  return keep(index, endpoint, format, timestamp + cut, payload + usize(from), length - from, units - cut);
}

function keep(index: i32, endpoint: usize, format: i32, timestamp: i32, payload: usize, length: i32, units: i32): bool {
  store<i32>(endpoint, 1, JITTER_TICK_TIMELY);
  if (putInRing(index, endpoint, format, timestamp, payload, length, units)) return true;
  count(endpoint, METER_DUPLICATES, 1);
  return false;
}

function late(index: i32, endpoint: usize, timestamp: i32): bool {
  store<i32>(endpoint, 1, JITTER_TICK_LATE);
  return refuseLate(index, endpoint, timestamp);
}

/** True unless it is a copy of what was played. */
function refuseLate(index: i32, endpoint: usize, timestamp: i32): bool {
  count(endpoint, METER_LATE, 1);
  return meterLate(index, endpoint, timestamp);
}

function begin(index: i32, endpoint: usize, format: i32, timestamp: i32): void {
  clearRing(index, endpoint, format);
  store<i32>(endpoint, 1, JITTER_STARTED);
  store<i32>(endpoint, timestamp - beginDepth(index, endpoint) * speedOf(format), JITTER_PLAYOUT);
  store<i32>(endpoint, timestamp, JITTER_NEWEST);
  store<i32>(endpoint, 0, JITTER_LATE_TICKS);
  meterBegin(index, endpoint, timestamp);
}

/** A tick brought late packets: true when it was one too many of those that brought no other. */
function isAllLate(endpoint: usize): bool {
  const before = load<i32>(endpoint, JITTER_LATE_TICKS);
  const inARow = load<i32>(endpoint, JITTER_TICK_TIMELY) ? 0 : before + 1;
  store<i32>(endpoint, inARow, JITTER_LATE_TICKS);
  return inARow >= (load<i32>(endpoint, CONTROL_VBD) ? frames(LATE_DATA_IN_A_ROW) : LATE_IN_A_ROW);
}

function resetRing(index: i32, endpoint: usize): void {
  clearRing(index, endpoint, load<i32>(endpoint, STATE_FORMAT));
  store<i32>(endpoint, 0, JITTER_STARTED);
  store<u64>(endpoint, 0, JITTER_TICK_LATE);
}
