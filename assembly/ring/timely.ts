/**
 * Frames are never early, and on a busy machine many are late: it takes one in a second that is not to know the other
 * clock. So what is believed of a frame's time is the lower edge of all times, which rises no faster than a clock may.
 */
import { frameSamples } from "../frame-time.ts";
import { DRIFT_EDGE, DRIFT_LATE, DRIFT_SEEN, DRIFT_STARTED } from "../layout.ts";

const MICROS_PER_SAMPLE: i32 = 125;
/** In 20 ms, of a clock that is 600 ppm slow. */
const RISE: i32 = 12;
/** More than this for half a second: frames are missing. */
const JUMP: i32 = 8000;
const JUMP_FRAMES: i32 = 25;

export function forgetTimes(state: usize): void {
  store<i32>(state, 0, DRIFT_STARTED);
}

function frameMicros(): i32 {
  return frameSamples * MICROS_PER_SAMPLE;
}

/** When the frame at this position would have come had it not been late, µs; `time`: when it came. */
export function timely(state: usize, position: i32, time: i32): i32 {
  const started = load<i32>(state, DRIFT_STARTED) != 0;
  if (!started || position != load<i32>(state, DRIFT_SEEN)) {
    const edge = load<i32>(state, DRIFT_EDGE);
    const off = time - position * frameMicros() - edge;
    const late = started && off > JUMP ? load<i32>(state, DRIFT_LATE) + 1 : 0;
    store<i32>(state, late, DRIFT_LATE);
    const anew = !started || off < RISE || late > JUMP_FRAMES;
    store<i32>(state, edge + (anew ? off : RISE), DRIFT_EDGE);
    store<i32>(state, position, DRIFT_SEEN);
    store<i32>(state, 1, DRIFT_STARTED);
  }
  return load<i32>(state, DRIFT_EDGE) + position * frameMicros();
}
