/**
 * What became of each frame when its turn to be played came: there, lost, or thrown away because it was late. A turn
 * without a packet is loss only when the stream went on after it, and was not made by the jitter buffer itself. Where
 * packets are longer than frames a turn is a packet's, and ends with its last frame: one lost packet is one loss.
 */
import { kernelAt } from "../endpoint.ts";
import {
  JITTER_NEWEST,
  JITTER_PLAYOUT,
  JITTER_STARTED,
  METER_BASE_SEQUENCE,
  METER_CYCLES,
  METER_DUPLICATES,
  METER_LOST_BEFORE,
  METER_MAX_SEQUENCE,
  METER_RECEIVED,
  NOISE_ON,
} from "../endpoint-words.ts";
import { KERNEL_METER } from "../layout.ts";
import { burstsLost, burstsReceived } from "./bursts.ts";
import { BURSTS_DISCARDED, BURSTS_LOST } from "./bursts-counts.ts";
import {
  STREAM_COPIES,
  STREAM_FIRST,
  STREAM_MISSED,
  STREAM_PENDING,
  STREAM_TURN,
  STREAM_TURN_TO,
  STREAM_UNSEEN,
  STREAM_WAIT,
} from "./stream-counts.ts";

/** Frames dropped at once by the jitter buffer, or by ticks that could not be held; more is a new clock. */
const MOST_SKIPPED: i32 = 16;
const REMEMBERED: i32 = 64;

/** The jitter buffer begins, or begins anew, with this packet. */
export function meterBegin(index: i32, endpoint: usize, timestamp: i32): void {
  const state = kernelAt(index, KERNEL_METER);
  settle(endpoint, state);
  store<i32>(state, load<i32>(state, STREAM_UNSEEN) + unturned(endpoint, state), STREAM_UNSEEN);
  store<i32>(state, timestamp, STREAM_FIRST);
  store<i32>(state, load<i32>(endpoint, JITTER_PLAYOUT), STREAM_TURN_TO);
  store<u64>(state, 0, STREAM_MISSED);
}

/** A packet of voice came, of so many RTP units. */
export function meterPacket(index: i32, units: i32, frame: i32): void {
  store<i32>(kernelAt(index, KERNEL_METER), units > frame && units % frame == 0 ? units : frame, STREAM_TURN);
}

/** RTP units since the last end of a turn. */
function intoTurn(state: usize, timestamp: i32): i32 {
  const since = timestamp - load<i32>(state, STREAM_FIRST);
  return since % load<i32>(state, STREAM_TURN);
}

/** After a frame was taken from the jitter buffer. `arrived`: of its octets; `excused`: a key is down, nothing is missing. */
export function meterTurn(index: i32, endpoint: usize, arrived: i32, excused: bool): void {
  if (!load<i32>(endpoint, JITTER_STARTED)) return;
  const state = kernelAt(index, KERNEL_METER);
  const units = load<i32>(state, STREAM_TURN);
  const end = load<i32>(endpoint, JITTER_PLAYOUT);
  if (intoTurn(state, end) != 0) return;
  const turns = (end - load<i32>(state, STREAM_TURN_TO)) / units;
  store<i32>(state, end, STREAM_TURN_TO);
  const isOver = load<i32>(endpoint, JITTER_NEWEST) - end >= 0;
  passTurns(state, turns, isOver && !excused);
  if (arrived > 0) {
    settle(endpoint, state);
    burstsReceived(state);
    meterWait(state, load<i32>(endpoint, JITTER_NEWEST) - end);
  } else if (excused || load<i32>(endpoint, NOISE_ON)) store<i32>(state, 0, STREAM_PENDING);
  else if (turns != 0 && end - units - load<i32>(state, STREAM_FIRST) >= 0) missTurn(endpoint, state, isOver);
}

/** The playout point moved, without playing, over turns in which nothing was to be heard, or back. */
export function meterMoved(index: i32, endpoint: usize): void {
  const state = kernelAt(index, KERNEL_METER);
  const playout = load<i32>(endpoint, JITTER_PLAYOUT);
  const to = playout - intoTurn(state, playout);
  const turns = (to - load<i32>(state, STREAM_TURN_TO)) / load<i32>(state, STREAM_TURN);
  store<i32>(state, to, STREAM_TURN_TO);
  const missed = load<u64>(state, STREAM_MISSED);
  if (turns >= REMEMBERED || turns <= -REMEMBERED) store<u64>(state, 0, STREAM_MISSED);
  else store<u64>(state, turns < 0 ? missed >> u64(-turns) : missed << u64(turns), STREAM_MISSED);
}

/** A packet came after its turn, and is thrown away. True when its turn was missed: it is no copy of what was played. */
export function meterLate(index: i32, endpoint: usize, timestamp: i32): bool {
  const state = kernelAt(index, KERNEL_METER);
  const pending = load<i32>(state, STREAM_PENDING);
  if (pending > 0 && timestamp - load<i32>(endpoint, JITTER_NEWEST) >= 0) {
    store<i32>(state, pending - 1, STREAM_PENDING);
    burstsLost(state, 1);
    return true;
  }
  const playout = load<i32>(endpoint, JITTER_PLAYOUT);
  const behind = playout - intoTurn(state, playout) - timestamp - 1;
  const age = behind / load<i32>(state, STREAM_TURN);
  if (behind < 0 || age >= REMEMBERED) return false;
  const missed = load<u64>(state, STREAM_MISSED);
  const bit = u64(1) << u64(age);
  if ((missed & bit) == 0) {
    store<i32>(state, load<i32>(state, STREAM_COPIES) + 1, STREAM_COPIES);
    return false;
  }
  store<u64>(state, missed & ~bit, STREAM_MISSED);
  store<i32>(state, load<i32>(state, BURSTS_LOST) - 1, BURSTS_LOST);
  store<i32>(state, load<i32>(state, BURSTS_DISCARDED) + 1, BURSTS_DISCARDED);
  return true;
}

/** Time that passed since the turn before: one frame; none when the buffer waits a frame longer; more when it skips some. */
function passTurns(state: usize, turns: i32, counts: bool): void {
  if (turns < 0 || turns >= REMEMBERED) {
    store<u64>(state, 0, STREAM_MISSED);
    return;
  }
  store<u64>(state, load<u64>(state, STREAM_MISSED) << u64(turns), STREAM_MISSED);
  if (counts && turns <= MOST_SKIPPED) for (let n = 1; n < turns; n++) burstsLost(state, 1);
}

function missTurn(endpoint: usize, state: usize, isOver: bool): void {
  if (!isOver) {
    store<i32>(state, load<i32>(state, STREAM_PENDING) + 1, STREAM_PENDING);
    return;
  }
  settle(endpoint, state);
  if (unturned(endpoint, state) <= 0) return;
  burstsLost(state, 0);
  store<u64>(state, load<u64>(state, STREAM_MISSED) | 1, STREAM_MISSED);
}

/** The stream goes on: of the turns with nothing, those were losses whose sequence numbers are missing. */
function settle(endpoint: usize, state: usize): void {
  const pending = load<i32>(state, STREAM_PENDING);
  if (pending == 0) return;
  const lost = min<i32>(pending, unturned(endpoint, state));
  for (let n = 0; n < lost; n++) burstsLost(state, 0);
  store<i32>(state, 0, STREAM_PENDING);
}

/** Packets lost by sequence number whose turns have not been counted: without any, a turn with nothing is a pause. */
function unturned(endpoint: usize, state: usize): i32 {
  const copies = load<i32>(endpoint, METER_DUPLICATES) + load<i32>(state, STREAM_COPIES);
  return lostBySequence(endpoint) + copies - load<i32>(state, STREAM_UNSEEN) - load<i32>(state, BURSTS_LOST);
}

function lostBySequence(endpoint: usize): i32 {
  const highest = load<i32>(endpoint, METER_CYCLES) + load<i32>(endpoint, METER_MAX_SEQUENCE);
  const expected = highest - load<i32>(endpoint, METER_BASE_SEQUENCE) + 1;
  return load<i32>(endpoint, METER_LOST_BEFORE) + expected - load<i32>(endpoint, METER_RECEIVED);
}

function meterWait(state: usize, units: i32): void {
  const before = load<i32>(state, STREAM_WAIT);
  store<i32>(state, before == 0 ? units << 4 : before + units - (before >> 4), STREAM_WAIT);
}
