import type { Filter, Step, Wanted } from "../../vendor/recorder/walk.ts";
import { wrongUsage } from "../refusal.ts";

/**
 * Events that changed an object of the house: it, its timers, its side of a call.
 * @throws Refusal `usage`
 */
export function watching(name: string): Filter {
  const wanted: Wanted = ({ changes }) => changes.some(({ object, of }) => object === name || of.includes(name));
  if (/^[a-z]+(:[\w.+-]+)+$|^(voice|memory|unsaved)$/i.test(name)) return { fresh: () => wanted, word: null };
  throw wrongUsage(`"${name.slice(0, 40)}" is nothing of the house — write e.g. handset:2, line:home, call:3, log:7`);
}

/**
 * Events that touched a call: they changed it, name it, or came from a phone, dialog or timer that was its own.
 * @throws Refusal `usage`
 */
export function touching(text: string): Filter {
  const match = /^(?:call:)?([0-9]{1,15})$/.exec(text);
  if (match === null) throw wrongUsage(`"${text.slice(0, 40)}" is no call — write e.g. call:3`);
  const call = `call:${Number(match[1])}`;
  return { fresh: () => touchedBy(call), word: `"${call}"` };
}

/** Each is asked of every event: it follows what happens. */
export function both(one: Filter | null, other: Filter | null): Filter | null {
  if (one === null || other === null) return one ?? other;
  const fresh = (): Wanted => {
    const all = [one.fresh(), other.fresh()];
    return (step) => all.map((wanted) => wanted(step)).every((yes) => yes);
  };
  return { fresh, word: one.word ?? other.word };
}

function touchedBy(call: string): Wanted {
  const phones = new Set<string>();
  const own = new Set<string>();
  return (step) => {
    const ids = idsOf(step);
    const touched =
      step.changes.some(({ of }) => of.includes(call)) ||
      ids.some((id) => id === call || own.has(id)) ||
      ids.some((id) => phones.has(id));
    followParties(step, call, phones);
    if (touched) for (const id of ids) if (/^(sip|cc|timer):/.test(id)) own.add(id);
    return touched;
  };
}

/** Who is in the call after this event. */
function followParties({ changes }: Step, call: string, phones: Set<string>): void {
  for (const { object, after } of changes) {
    const [owner = "", party = ""] = object.split("/");
    // A line has many calls at a time: of its events only those of the call's own dialogs are wanted.
    if (owner !== call || party === "" || party.startsWith("line:")) continue;
    if (after === null) phones.delete(party);
    else phones.add(party);
  }
}

/** The names in an event and in its commands. */
function idsOf({ event, commands }: Step): readonly string[] {
  return [event, ...commands].flatMap((message) => {
    const values: unknown[] = Object.values(message);
    const fact: unknown[] = message.world === "notify" ? Object.values(message.fact) : [];
    return [...values, ...fact].filter((value): value is string => typeof value === "string" && /^\w+:/.test(value));
  });
}
