/**
 * When the depth moves towards its target: where nothing is to be played anyway, or what is played is a pause; and if that
 * does not come, after a while in the middle of the sound. One frame at a time, so that octets pass untouched.
 */
import { count } from "../endpoint.ts";
import { INPUT_SPLICE, JITTER_NEWEST, JITTER_PLAYOUT } from "../endpoint-words.ts";
import { codecTime, codecUnits } from "../format.ts";
import { HEADER_DEPTH_MOST } from "../layout.ts";
import { meterMoved, meterTurn } from "../meter/turns.ts";
import { aim, depthAt } from "./depth.ts";
import { DEPTH_DROPPED, DEPTH_INSERTED, DEPTH_NOW, DEPTH_TARGET, DEPTH_WAITED, DEPTH_WISH } from "./depth-words.ts";
import { learnedDelay, learnTime } from "./learn.ts";
import { isPause } from "./loudness.ts";
import { dropFromRing, peekRing } from "./ring.ts";

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

/**
 * Once a tick, before the frame is taken; `octets`: room for it. True when none is taken in this tick: the frame is put
 * in, and has to be made up.
 */
export function adapt(index: i32, endpoint: usize, format: i32, octets: usize): bool {
  const state = depthAt(index);
  const frame = codecTime(format);
  if (learnTime(state, frame)) aim(endpoint, state);
  const wish = load<i32>(state, DEPTH_WISH);
  if (wish == 0) return false;
  count(state, DEPTH_WAITED, frame);
  if (wish > 0) return insert(index, endpoint, state, format, octets);
  drop(index, endpoint, state, format, octets);
  return false;
}

function insert(index: i32, endpoint: usize, state: usize, format: i32, octets: usize): bool {
  const waited = load<i32>(state, DEPTH_WAITED);
  const isUrgent = load<i32>(state, DEPTH_NOW) < learnedDelay(state);
  if (!isUrgent && waited < SPARE_PAUSE_WAIT) return false;
  const due = waited >= (isUrgent ? INSERT_WAIT : SPARE_WAIT);
  if (!due && peekRing(index, endpoint, format, octets) && !isPause(endpoint, state, format, octets)) return false;
  changeBy(endpoint, state, codecTime(format));
  count(state, DEPTH_INSERTED, 1);
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
