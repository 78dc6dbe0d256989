import type { Event } from "../../message/event.ts";
import type { Entry } from "./journal.ts";

/** Whether a handler of this event, of one party's, has something to trip over. */
export function canTrip(event: Event): boolean {
  return "leg" in event || "call" in event || "port" in event;
}

/** A recorded event as it was handled: as it is, or so that the handler trips over it again. */
export function asHandled({ event, trips = 0 }: Pick<Entry, "event" | "trips">): Event {
  return trips === 0 ? event : trapped(event, trips);
}

/** An event at whose n-th property the handler trips: it throws there, as a bug would, once. */
export function trapped(event: Event, nth: number): Event {
  let left = nth;
  return new Proxy(event, {
    get(target, property) {
      // These the way to the handler goes by.
      if (["at", "toJSON", "world", "line", "handset", "port"].includes(String(property)))
        return Reflect.get(target, property);
      left -= 1;
      if (left === 0) throw new Error(`the handler trips over ${String(property)}`);
      return Reflect.get(target, property);
    },
  });
}
