/**
 * How much later than the fastest one packets come: a histogram that forgets, in steps of 10 ms, and the fastest packet
 * of the last 2 to 4 s, from which all delays are counted, so that a sender's clock which is not ours does not add up.
 * State: depth-words.ts. Integers only.
 */
import {
  DEPTH_NOW,
  LEARN_COUNTS,
  LEARN_ELAPSED,
  LEARN_FASTEST,
  LEARN_PACKETS,
  LEARN_PEAK,
  LEARN_PEAK_AGAIN,
  LEARN_PEAK_LEFT,
  LEARN_PERIODS,
  LEARN_STEPS,
  LEARN_TAIL,
  LEARN_WINDOW_PACKETS,
} from "./depth-words.ts";

/** 10 ms. */
const STEP: i32 = 80;
/** What a packet adds to its step; a sixteenth of all is forgotten every PERIOD, so half in 7 s. */
const WEIGHT: i32 = 32;
const FULL: i32 = 65000;
/** The weight of the configured depth before anything was learnt, in packets: some 8 s. */
const PRESET_PACKETS: i32 = 16;
/** 640 ms; three of them are a window, if so many packets came. */
const PERIOD: i32 = 5120;
const WINDOW_PERIODS: i32 = 3;
const WINDOW_PACKETS: i32 = 16;
/** One packet in 40 may be later. */
const TAIL_SHARE: i32 = 40;
/** A spike counts for 5 s; one that comes again within 30 s for all of them. What comes within 1 s is the same one. */
const PEAK_MEMORY: i32 = 240000;
const PEAK_ALONE: i32 = 40000;
const PEAK_APART: i32 = 8000;

/** Forgets everything; until more is known, packets are expected to be late by up to `delay`. */
export function learnOpen(state: usize, delay: i32): void {
  memory.fill(state + LEARN_COUNTS, 0, 2 * LEARN_STEPS);
  store<i32>(state, 0, LEARN_PEAK_LEFT);
  const step = stepOf(max<i32>(0, delay));
  store<u16>(state + (usize(step) << 1), u16(PRESET_PACKETS * WEIGHT), LEARN_COUNTS);
  store<i32>(state, step, LEARN_TAIL);
}

/** The packet that comes now is taken for one of the fastest: the sender's clock began anew. */
export function learnBegin(state: usize): void {
  store<i32>(state, 0, LEARN_FASTEST);
  store<i32>(state, 0, LEARN_PERIODS);
  store<i32>(state, 0, LEARN_WINDOW_PACKETS);
}

/** A packet that is still to wait for `ahead`. True when what is known of the network has changed. */
export function learnPacket(state: usize, ahead: i32): bool {
  let delay = load<i32>(state, DEPTH_NOW) - ahead;
  let news = false;
  if (delay < 0) {
    learnFaster(state, -delay);
    delay = 0;
    news = true;
  }
  if (delay < load<i32>(state, LEARN_FASTEST)) store<i32>(state, delay, LEARN_FASTEST);
  store<i32>(state, load<i32>(state, LEARN_PACKETS) + 1, LEARN_PACKETS);
  const step = stepOf(delay);
  const count = state + (usize(step) << 1);
  store<u16>(count, u16(min<i32>(FULL, i32(load<u16>(count, LEARN_COUNTS)) + WEIGHT)), LEARN_COUNTS);
  if (step <= load<i32>(state, LEARN_TAIL)) return news;
  // A spike that the buffer is deep enough for is one, too.
  if (load<i32>(state, LEARN_PEAK_LEFT) > 0 && delay + 2 * STEP > load<i32>(state, LEARN_PEAK)) learnPeak(state, delay);
  store<i32>(state, tail(state), LEARN_TAIL);
  return true;
}

/** A spike made packets late, by so much. */
export function learnPeak(state: usize, delay: i32): void {
  const left = load<i32>(state, LEARN_PEAK_LEFT);
  const isFirst = left == 0;
  if (isFirst || left < PEAK_MEMORY - PEAK_APART) store<i32>(state, i32(!isFirst), LEARN_PEAK_AGAIN);
  if (isFirst || delay > load<i32>(state, LEARN_PEAK)) store<i32>(state, delay, LEARN_PEAK);
  store<i32>(state, PEAK_MEMORY, LEARN_PEAK_LEFT);
}

/** Time passes. True when what is known of the network has changed. */
export function learnTime(state: usize, units: i32): bool {
  const elapsed = load<i32>(state, LEARN_ELAPSED) + units;
  store<i32>(state, elapsed, LEARN_ELAPSED);
  if (elapsed < PERIOD) return false;
  store<i32>(state, 0, LEARN_ELAPSED);
  store<i32>(state, max<i32>(0, load<i32>(state, LEARN_PEAK_LEFT) - elapsed), LEARN_PEAK_LEFT);
  endPeriod(state);
  return true;
}

/** The delay that the buffer has to make up for. */
export function learnedDelay(state: usize): i32 {
  return load<i32>(state, LEARN_TAIL) * STEP;
}

/** The delay of spikes within the last seconds; 0 = there was none. */
export function learnedPeak(state: usize): i32 {
  const least = load<i32>(state, LEARN_PEAK_AGAIN) ? 0 : PEAK_MEMORY - PEAK_ALONE;
  return load<i32>(state, LEARN_PEAK_LEFT) > least ? load<i32>(state, LEARN_PEAK) : 0;
}

/** Delays are rounded up. */
function stepOf(delay: i32): i32 {
  return min<i32>(LEARN_STEPS - 1, i32(u32(delay + STEP - 1) / STEP));
}

/** A path faster by so much than any of late: what was known of delays is kept, as seen from there. */
function learnFaster(state: usize, by: i32): void {
  store<i32>(state, load<i32>(state, DEPTH_NOW) + by, DEPTH_NOW);
  store<i32>(state, 0, LEARN_FASTEST);
}

function endPeriod(state: usize): void {
  const packets = load<i32>(state, LEARN_PACKETS);
  // A pause teaches nothing, and nothing is forgotten in it.
  if (packets == 0) return;
  store<i32>(state, 0, LEARN_PACKETS);
  const inWindow = load<i32>(state, LEARN_WINDOW_PACKETS) + packets;
  store<i32>(state, inWindow, LEARN_WINDOW_PACKETS);
  store<i32>(state, load<i32>(state, LEARN_PERIODS) + 1, LEARN_PERIODS);
  forget(state);
  if (load<i32>(state, LEARN_PERIODS) >= WINDOW_PERIODS && inWindow >= WINDOW_PACKETS) endWindow(state);
  store<i32>(state, tail(state), LEARN_TAIL);
}

function forget(state: usize): void {
  const rounding = i16x8.splat(15);
  for (let at: usize = 0; at < 2 * LEARN_STEPS; at += 16) {
    const counts = v128.load(state + at, LEARN_COUNTS);
    const forgotten = i16x8.shr_u(i16x8.add(counts, rounding), 4);
    v128.store(state + at, i16x8.sub(counts, forgotten), LEARN_COUNTS);
  }
}

/** The fastest path is that of the window which has ended, until a faster one comes. */
function endWindow(state: usize): void {
  const steps = load<i32>(state, LEARN_FASTEST) / STEP;
  if (steps > 0) learnSlower(state, steps);
  store<i32>(state, i32.MAX_VALUE, LEARN_FASTEST);
  store<i32>(state, 0, LEARN_PERIODS);
  store<i32>(state, 0, LEARN_WINDOW_PACKETS);
}

/** Packets stay where they came, seen from a path slower by so many steps. */
function learnSlower(state: usize, steps: i32): void {
  const counts = state + LEARN_COUNTS;
  let first: i32 = 0;
  for (let step = 0; step < min<i32>(steps, LEARN_STEPS); step++) first += load<u16>(counts + (usize(step) << 1));
  for (let step = 0; step < LEARN_STEPS; step++) {
    const from = step + steps;
    const count = from < LEARN_STEPS ? i32(load<u16>(counts + (usize(from) << 1))) : 0;
    store<u16>(counts + (usize(step) << 1), u16(count));
  }
  store<u16>(counts, u16(min<i32>(FULL, i32(load<u16>(counts)) + first)));
  store<i32>(state, load<i32>(state, DEPTH_NOW) - steps * STEP, DEPTH_NOW);
  store<i32>(state, max<i32>(0, load<i32>(state, LEARN_PEAK) - steps * STEP), LEARN_PEAK);
}

/** The first step from the top that more than one packet in TAIL_SHARE reach. */
function tail(state: usize): i32 {
  const counts = state + LEARN_COUNTS;
  let all: i32 = 0;
  for (let at: usize = 0; at < 2 * LEARN_STEPS; at += 2) all += load<u16>(counts + at);
  let reached: i32 = 0;
  let step: i32 = LEARN_STEPS - 1;
  for (; step > 0; step--) {
    reached += load<u16>(counts + (usize(step) << 1));
    if (reached * TAIL_SHARE > all) break;
  }
  return step;
}
