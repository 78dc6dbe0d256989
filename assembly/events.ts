import { EVENTS_OFFSET, EVENTS_SLOTS, EVENTS_STRIDE, HEADER_EVENTS } from "./layout.ts";

/** Tells the host. When nobody has emptied the list for EVENTS_SLOTS events the newest is dropped. */
export function tell(kind: i32, index: i32, value: i32, durationMs: i32): void {
  const waiting = load<i32>(HEADER_EVENTS);
  if (waiting >= EVENTS_SLOTS) return;
  const slot = usize(EVENTS_OFFSET) + usize(waiting) * EVENTS_STRIDE;
  store<i32>(slot, kind);
  store<i32>(slot, index, 4);
  store<i32>(slot, value, 8);
  store<i32>(slot, durationMs, 12);
  store<i32>(HEADER_EVENTS, waiting + 1);
}
