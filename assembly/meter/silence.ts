import {
  CONTROL_DIRECTION,
  CONTROL_REMOTE,
  CONTROL_TIMEOUT,
  DIRECTION_RECEIVE,
  SILENT_MS,
  SILENT_TOLD,
} from "../endpoint-words.ts";
import { tell } from "../events.ts";
import { frameSamples } from "../frame-time.ts";
import { EVENT_TIMEOUT } from "../layout.ts";

/** A packet came. */
export function endSilence(endpoint: usize): void {
  store<i32>(endpoint, 0, SILENT_MS);
  store<i32>(endpoint, 0, SILENT_TOLD);
}

/** Time passes: tells once when a stream that should receive has had no packet for too long. */
export function meterSilence(index: i32, endpoint: usize, periods: i32): void {
  const receives = (load<i32>(endpoint, CONTROL_DIRECTION) & DIRECTION_RECEIVE) != 0;
  if (!receives || !load<i32>(endpoint, CONTROL_REMOTE)) {
    endSilence(endpoint);
    return;
  }
  const silent = load<i32>(endpoint, SILENT_MS) + periods * (frameSamples >> 3);
  store<i32>(endpoint, silent, SILENT_MS);
  if (silent < load<i32>(endpoint, CONTROL_TIMEOUT) || load<i32>(endpoint, SILENT_TOLD)) return;
  store<i32>(endpoint, 1, SILENT_TOLD);
  tell(EVENT_TIMEOUT, index, silent, 0);
}
