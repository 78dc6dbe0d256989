/**
 * The regulation of a device's clock (assembly/rate/drift-clock.ts) is made for a note and a step every 20 ms. With frames
 * of 10 ms every second one is noted, however many a device hands over at a time, and every second tick makes a step.
 */
import { frameSamples, frameShift } from "../frame-time.ts";
import { HEADER_DUE, HEADER_TICKS } from "../layout.ts";
import { driftNote, driftTick } from "../rate/drift-clock.ts";

/** How many frames before the one at this position of a ring the newest one lies that is noted: 0 or 1. */
export function behindNoted(position: i32): i32 {
  return frameShift & ~position & 1;
}

/** Once a tick: `waiting` frames, `time` of the frame noted. True when what passes has to be resampled. */
export function followClock(state: usize, waiting: i32, time: i32): bool {
  const samples = waiting * frameSamples;
  const due = load<i32>(HEADER_DUE);
  if ((load<i32>(HEADER_TICKS) & frameShift) != 0) return driftNote(state, samples, time, due) != 0;
  return driftTick(state, samples, time, due) != 0;
}
