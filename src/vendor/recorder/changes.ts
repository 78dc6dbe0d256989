import type { HouseView } from "../../message/view.ts";

/** One object of the house whose state an event changed. */
export interface Change {
  /** `handset:2`, `call:1`, `call:1/handset:2` (a party's side of it), `timer noAnswer of call:1`, `log:7`, `voice` … */
  readonly object: string;
  /** The parties and calls whose matter it is: the object itself, the owner of a timer, the call of a log entry. */
  readonly of: readonly string[];
  /** Null: it was not there. */
  readonly before: unknown;
  /** Null: it is gone. */
  readonly after: unknown;
}

interface Thing {
  readonly of: readonly string[];
  readonly state: unknown;
}

type Things = Map<string, Thing>;

/** The house as it is now: its two lists go on changing in place. */
export function still(view: HouseView): HouseView {
  return { ...view, contacts: [...view.contacts], log: [...view.log] };
}

/** What differs between the house before and after. */
export function changesOf(before: HouseView, after: HouseView): readonly Change[] {
  const [old, fresh] = [thingsOf(before, after), thingsOf(after, before)];
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((object) => {
    const [was, is] = [old.get(object), fresh.get(object)];
    const [before, after] = [was?.state ?? null, is?.state ?? null];
    if (before === after || JSON.stringify(before) === JSON.stringify(after)) return [];
    return [{ object, of: is?.of ?? was?.of ?? [], before, after }];
  });
}

/** Every object of the house by name; a name without its own entry in the house gives nothing. */
export function stateOf(view: HouseView, name: string | null): Readonly<Record<string, unknown>> {
  const all = [...thingsOf(view, null)];
  const wanted = name === null ? all : all.filter(([object, { of }]) => object === name || of.includes(name));
  return Object.fromEntries(wanted.map(([object, { state }]) => [object, state]));
}

/** Phone book and call log may be large, and hardly ever change: entries that `other` has too are left out. */
function thingsOf(view: HouseView, other: HouseView | null): Things {
  const things: Things = new Map();
  const add = (object: string, state: unknown, of: readonly string[] = [object]) => things.set(object, { of, state });
  for (const line of view.lines) add(line.line, line);
  for (const phone of view.phones) add(phone.phone, phone);
  for (const device of view.devices) add(device.device, device);
  for (const { parties, ...call } of view.calls) {
    add(call.call, call);
    for (const side of parties) add(`${call.call}/${side.party}`, side, [call.call, side.party]);
  }
  for (const contact of unlike(view.contacts, other?.contacts)) add(`contact:${contact.id}`, contact);
  for (const entry of unlike(view.log, other?.log)) add(`log:${entry.id}`, entry, [`log:${entry.id}`, entry.call]);
  for (const [object, { of, state }] of timersOf(view)) add(object, state, of);
  for (const word of ["voice", "memory", "unsaved"] as const) add(word, view[word]);
  return things;
}

function timersOf({ timers }: HouseView): Things {
  const things: Things = new Map();
  for (const { name, owner } of timers) {
    const object = `timer ${name} of ${owner}`;
    const runs = things.get(object)?.state === undefined ? "runs" : "runs more than once";
    things.set(object, { of: [owner], state: runs });
  }
  return things;
}

/** Entries are never altered in place: the same object is the same entry. */
function unlike<T>(list: readonly T[], other: readonly T[] | undefined): readonly T[] {
  if (other === undefined) return list;
  if (list.length === other.length && list.every((entry, index) => entry === other[index])) return [];
  const known = new Set(other);
  return list.filter((entry) => !known.has(entry));
}
