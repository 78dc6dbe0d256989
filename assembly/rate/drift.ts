/**
 * A stream whose clock is not ours, resampled by parts per million: samples are put as they come (or as we make them)
 * and taken out in our (or the other clock's) number; none is dropped, none is repeated. How far the clocks differ says
 * assembly/rate/drift-clock.ts. When they agree, samples pass unchanged.
 */
import { fractionBlock, STRIDE } from "./drift-filter.ts";
import { AFTER, BASE, BEFORE, FILL, FRACTION, REST, ROOM, SAMPLES, STEP } from "./state.ts";

const ONE: i64 = 1 << 32;

/** Where sound begins: `history` has the 16 samples before it, or is 0 for silence. The clock's part is kept. */
export function driftBegin(state: usize, history: usize): void {
  store<i64>(state, 0, FRACTION);
  store<i64>(state, 0, STEP);
  store<i32>(state, BEFORE, BASE);
  store<i32>(state, BEFORE, FILL);
  if (history == 0) memory.fill(state + SAMPLES, 0, 2 * BEFORE);
  else memory.copy(state + SAMPLES, history, 2 * BEFORE);
}

/** Samples that must be put before `count` can be made; 0 or less = none. */
export function driftNeed(state: usize, count: i32): i32 {
  const end = load<i64>(state, FRACTION) + i64(count) * (ONE + load<i64>(state, STEP));
  return load<i32>(state, BASE) + i32(end >> 32) + AFTER - load<i32>(state, FILL);
}

/** At most a frame of the stream's rate. Returns 0 when there is no room: nothing is put then. */
export function driftPut(state: usize, samples: usize, count: i32): i32 {
  const read = load<i32>(state, BASE) - BEFORE;
  const kept = load<i32>(state, FILL) - read;
  if (count < 0 || kept + count > ROOM) return 0;
  if (read > 0) memory.copy(state + SAMPLES, state + SAMPLES + usize(2 * read), usize(2 * kept));
  memory.copy(state + SAMPLES + usize(2 * kept), samples, usize(2 * count));
  store<i32>(state, BEFORE, BASE);
  store<i32>(state, kept + count, FILL);
  return count;
}

/** Makes `count` samples, a multiple of 40, when `driftNeed` says that they can be. Returns how many: `count` or 0. */
export function driftMake(state: usize, to: usize, count: i32): i32 {
  if (driftNeed(state, count) > 0) return 0;
  const step = stepOfFrame(state, count);
  for (let done = 0; done < count; done += STRIDE) {
    const first = load<i64>(state, FRACTION);
    const last = first + i64(STRIDE) * step;
    const at = state + SAMPLES + usize(2 * (load<i32>(state, BASE) - BEFORE));
    if (first == 0 && step == 0) memory.copy(to + usize(2 * done), at + 2 * BEFORE, 2 * STRIDE);
    else fractionBlock(state, at, first, last, to + usize(2 * done));
    store<i32>(state, load<i32>(state, BASE) + STRIDE + i32(last >> 32), BASE);
    store<i64>(state, last & (ONE - 1), FRACTION);
  }
  if (load<i32>(state, REST) && step != load<i64>(state, STEP)) store<i64>(state, 0, STEP);
  return count;
}

/** The step of this frame: the one that was asked for, or just what brings the fraction to rest at a whole sample. */
function stepOfFrame(state: usize, count: i32): i64 {
  const step = load<i64>(state, STEP);
  if (!load<i32>(state, REST) || step == 0) return step;
  const fraction = load<i64>(state, FRACTION);
  if (fraction == 0) return 0;
  const end = fraction + i64(count) * step;
  if (end > 0 && end < ONE) return step;
  const way = end <= 0 ? -fraction : ONE - fraction;
  // What division leaves is less than a block's rounding: the last fraction is set to be whole.
  store<i64>(state, fraction + way - (way / i64(count)) * i64(count), FRACTION);
  return way / i64(count);
}
