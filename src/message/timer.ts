import type { Instant, Milliseconds } from "./units.ts";

/** One-shot timers of the upper half. Counted, never reused: a late `expired` of a cancelled timer names nobody. */
export type TimerId = `timer:${number}`;

export interface TimerEvent {
  readonly world: "timer";
  readonly at: Instant;
  readonly kind: "expired";
  readonly timer: TimerId;
}

export type TimerCommand = {
  readonly world: "timer";
  readonly timer: TimerId;
} /** `name` and `owner` are for people: who still ticks? */ & (
  | { readonly kind: "start"; readonly afterMs: Milliseconds; readonly name: string; readonly owner: string }
  | { readonly kind: "cancel" }
);
