import type { Event } from "../message/event.ts";
import type { CallId, Digit } from "../message/name.ts";
import type { NumberMask } from "./numbers.ts";
import type { WindowEntry } from "./window.ts";

const key = /[0-9*#A-D]/i;

/**
 * Keys that dial become keys of the number's pseudonym. What somebody types in a call (a PIN, a menu) is masked: every
 * digit is a 0, which is what `Pseudonyms` does by itself.
 */
export class MaskedKeys {
  readonly #keys = new Map<Event, string>();

  constructor(entries: readonly WindowEntry[], numbers: NumberMask) {
    const dialling = new Map<CallId, { keys: string; events: Event[]; open: boolean }>();
    for (const { event, commands, calls } of entries) {
      const [call] = calls;
      if (call === undefined || calls.size > 1) continue;
      const story = dialling.get(call) ?? { keys: "", events: [], open: true };
      dialling.set(call, story);
      if (story.open && keysOf(event) !== "") {
        story.keys += keysOf(event);
        story.events.push(event);
      }
      if (
        commands.some(({ world, ...rest }) => world === "notify" && "fact" in rest && rest.fact.kind === "callStarted")
      )
        story.open = false;
    }
    for (const { keys, events } of dialling.values()) this.#spread(numbers, keys, events);
  }

  /** `masked`: the event under pseudonyms, all but its keys. */
  of(event: Event, masked: Event): Event {
    const keys = this.#keys.get(event);
    if (keys === undefined) return masked;
    if (masked.world === "dect" && "keypad" in masked) return { ...masked, keypad: keys };
    if (masked.world === "fxs" && masked.kind === "digit") return { ...masked, digit: keys as Digit }; // one key for one
    return masked;
  }

  #spread(numbers: NumberMask, dialled: string, events: readonly Event[]): void {
    const taken = numbers.taken(dialled);
    const masked = numbers.ofKeys(dialled.slice(0, taken)) + dialled.slice(taken).replaceAll(/[0-9A-D]/g, "0");
    let at = 0;
    for (const event of events) {
      const next = (pressed: string): string => (key.test(pressed) ? masked.charAt(at++) : "");
      this.#keys.set(event, [...rawOf(event)].map((sign) => (sign === "\u0015" ? sign : next(sign))).join(""));
    }
  }
}

function rawOf(event: Event): string {
  if (event.world === "dect") return "keypad" in event ? event.keypad : "";
  return event.world === "fxs" && event.kind === "digit" ? event.digit : "";
}

function keysOf(event: Event): string {
  return [...rawOf(event).toUpperCase()].filter((sign) => key.test(sign)).join("");
}
