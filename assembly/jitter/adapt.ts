/**
 * When the depth moves towards its target: where nothing is to be played anyway, or what is played is a pause; and if that
 * does not come, after a while in the middle of the sound. One frame at a time, so that octets pass untouched; where the
 * sound is decoded it is made longer or shorter instead, a pitch period at a time (scale.ts).
 */
import { count } from "../endpoint.ts";
import {
  CONTROL_VBD,
  INPUT_FORMAT,
  INPUT_SPLICE,
  JITTER_NEWEST,
  JITTER_PLAYOUT,
  KEY_ACTIVE,
  SCALE_HEARD,
  SCALE_LEFT,
} from "../endpoint-words.ts";
import { codecTime, codecUnits, samplesOf } from "../format.ts";
import { HEADER_DEPTH_MOST } from "../layout.ts";
import { meterMoved, meterTurn } from "../meter/turns.ts";
import { aim, depthAt } from "./depth.ts";
import { DEPTH_DROPPED, DEPTH_INSERTED, DEPTH_NOW, DEPTH_TARGET, DEPTH_WAITED, DEPTH_WISH } from "./depth-words.ts";
import { learnedDelay, learnTime } from "./learn.ts";
import { isPause } from "./loudness.ts";
import { dropFromRing, holdsFrames, peekRing } from "./ring.ts";
import { longestLag } from "./scale.ts";

/** 200 ms: so long packets may come late before a frame is put in. */
const INSERT_WAIT: i32 = 1600;
/**
 * Where only the frame to spare is missing: 10 s, 2 s in a pause. A stream whose packets come about when the tick does is a
 * frame deeper in one second than in the next; whoever ran after that would make a steady network crackle.
 */
const SPARE_WAIT: i32 = 80000;
const SPARE_PAUSE_WAIT: i32 = 16000;
/** 3 s: so long a frame too much is put up with in the middle of sound; several 1 s. */
const DROP_ONE_WAIT: i32 = 24000;
const DROP_WAIT: i32 = 8000;
/** 400 ms in a pause, for a packet that was early only because our tick was late is soon forgotten; then every 100 ms. */
const DROP_PAUSE_WAIT: i32 = 3200;
const DROP_PAUSE_AGAIN: i32 = 800;

/** What `adapt` says: the next frame is taken; none is, one is put in and made up; none is, for one is left of the sound. */
export const FRAME_TAKEN: i32 = 0;
export const FRAME_INSERTED: i32 = 1;
export const FRAME_LEFT: i32 = 2;

/** Once a tick, before the frame is taken; `octets`: room for it. FRAME_… */
export function adapt(index: i32, endpoint: usize, format: i32, octets: usize): i32 {
  const state = depthAt(index);
  const frame = codecTime(format);
  if (learnTime(state, frame)) aim(endpoint, state);
  const wish = load<i32>(state, DEPTH_WISH);
  if (wish == 0) return FRAME_TAKEN;
  count(state, DEPTH_WAITED, frame);
  if (wish < 0) drop(index, endpoint, state, format, octets);
  else if (isFrameLeft(endpoint, format)) {
    putIn(endpoint, state, format);
    return FRAME_LEFT;
  } else if (insert(index, endpoint, state, format, octets)) return FRAME_INSERTED;
  return FRAME_TAKEN;
}

/** Whether the frame in, or that before it, are to last longer (1) or shorter (-1) where the sound bears it; or as they do. */
export function wantedLength(state: usize): i32 {
  const wish = load<i32>(state, DEPTH_WISH);
  if (wish <= 0) return -1;
  return isUrgent(state) || load<i32>(state, DEPTH_WAITED) >= SPARE_PAUSE_WAIT ? 1 : 0;
}

/** Whether two frames are to be taken in this tick, of which the sound is then made shorter: both are there. */
export function takesTwo(index: i32, endpoint: usize, format: i32): bool {
  const state = depthAt(index);
  if (!isScaled(endpoint, format) || load<i32>(endpoint, CONTROL_VBD) || load<i32>(state, DEPTH_WISH) >= 0)
    return false;
  if (load<i32>(state, DEPTH_WAITED) < DROP_PAUSE_WAIT || load<i32>(endpoint, SCALE_LEFT) >= longestLag(format))
    return false;
  return !load<i32>(endpoint, KEY_ACTIVE) && holdsFrames(index, endpoint, format, 2);
}

/** One of the two has been taken. */
export function tookAhead(index: i32, endpoint: usize, format: i32): void {
  const state = depthAt(index);
  changeBy(endpoint, state, -codecTime(format));
  count(state, DEPTH_DROPPED, 1);
  store<i32>(state, DROP_PAUSE_WAIT - DROP_PAUSE_AGAIN, DEPTH_WAITED);
}

/** What was gained by making the sound longer is a frame. */
function isFrameLeft(endpoint: usize, format: i32): bool {
  return isScaled(endpoint, format) && load<i32>(endpoint, SCALE_LEFT) >= samplesOf(format);
}

/** Whether the stream was heard as samples alone, and goes on in the same codec: what is left is of its rate. */
function isScaled(endpoint: usize, format: i32): bool {
  return load<i32>(endpoint, SCALE_HEARD) != 0 && load<i32>(endpoint, INPUT_FORMAT) == format;
}

function isUrgent(state: usize): bool {
  return load<i32>(state, DEPTH_NOW) < learnedDelay(state);
}

function putIn(endpoint: usize, state: usize, format: i32): void {
  changeBy(endpoint, state, codecTime(format));
  count(state, DEPTH_INSERTED, 1);
}

function insert(index: i32, endpoint: usize, state: usize, format: i32, octets: usize): bool {
  const waited = load<i32>(state, DEPTH_WAITED);
  const urgent = isUrgent(state);
  if (!urgent && waited < SPARE_PAUSE_WAIT) return false;
  // Where the sound becomes longer already, it has as much time again.
  const wait = load<i32>(endpoint, SCALE_LEFT) > 0 ? 2 * INSERT_WAIT : INSERT_WAIT;
  const due = waited >= (urgent ? wait : SPARE_WAIT);
  if (!due && peekRing(index, endpoint, format, octets) && !isPause(endpoint, state, format, octets)) return false;
  putIn(endpoint, state, format);
  return true;
}

function drop(index: i32, endpoint: usize, state: usize, format: i32, octets: usize): void {
  const frame = codecTime(format);
  for (let over = load<i32>(state, DEPTH_NOW) - load<i32>(HEADER_DEPTH_MOST); over >= frame; over -= frame)
    leaveOut(index, endpoint, state, format);
  if (load<i32>(endpoint, JITTER_NEWEST) - load<i32>(endpoint, JITTER_PLAYOUT) <= codecUnits(format)) return;
  const waited = load<i32>(state, DEPTH_WAITED);
  if (!peekRing(index, endpoint, format, octets)) {
    leaveOut(index, endpoint, state, format);
    // It was lost, and is counted so.
    meterTurn(index, endpoint, 0, false);
  } else if (waited >= longestWait(state, frame)) leaveOut(index, endpoint, state, format);
  else if (isScaled(endpoint, format)) return;
  else if (waited >= DROP_PAUSE_WAIT && isPause(endpoint, state, format, octets)) {
    leaveOut(index, endpoint, state, format);
    store<i32>(state, DROP_PAUSE_WAIT - DROP_PAUSE_AGAIN, DEPTH_WAITED);
    // Nobody misses it: it is not told as discarded.
    meterMoved(index, endpoint);
  }
}

function longestWait(state: usize, frame: i32): i32 {
  const over = load<i32>(state, DEPTH_NOW) - load<i32>(state, DEPTH_TARGET);
  return over >= 2 * frame ? DROP_WAIT : DROP_ONE_WAIT;
}

function leaveOut(index: i32, endpoint: usize, state: usize, format: i32): void {
  const units = codecUnits(format);
  dropFromRing(index, endpoint, format, units);
  store<i32>(endpoint, load<i32>(endpoint, JITTER_PLAYOUT) + units, JITTER_PLAYOUT);
  changeBy(endpoint, state, -codecTime(format));
  count(state, DEPTH_DROPPED, 1);
  store<i32>(endpoint, 1, INPUT_SPLICE);
}

function changeBy(endpoint: usize, state: usize, units: i32): void {
  count(state, DEPTH_NOW, units);
  store<i32>(state, 0, DEPTH_WAITED);
  aim(endpoint, state);
}
