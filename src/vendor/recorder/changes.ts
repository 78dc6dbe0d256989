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
  /** The state as JSON. */
  readonly text: string;
}

type Things = ReadonlyMap<string, Thing>;

/** The house as it was at one moment. */
export interface Picture {
  readonly things: Things;
  readonly contacts: HouseView["contacts"];
  readonly log: HouseView["log"];
}

/** The house as it is now; `last`: the picture before, of which is kept what is still the same. */
export function pictureOf(view: HouseView, last: Picture | null = null): Picture {
  const { contacts, log } = view;
  return { things: thingsOf(view), contacts: kept(contacts, last?.contacts), log: kept(log, last?.log) };
}

/** What differs between two pictures of a house. */
export function changesOf(before: Picture, after: Picture): readonly Change[] {
  const old = new Map([...before.things, ...entriesOf(before, after)]);
  const fresh = new Map([...after.things, ...entriesOf(after, before)]);
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((object) => {
    const [was, is] = [old.get(object), fresh.get(object)];
    if (was?.text === is?.text) return [];
    return [{ object, of: is?.of ?? was?.of ?? [], before: was?.state ?? null, after: is?.state ?? null }];
  });
}

/** Every object of the house by name; a name without its own entry in the house gives nothing. */
export function stateOf(view: HouseView, name: string | null): Readonly<Record<string, unknown>> {
  const picture = pictureOf(view);
  const all = [...picture.things, ...entriesOf(picture, null)];
  const wanted = name === null ? all : all.filter(([object, { of }]) => object === name || of.includes(name));
  return Object.fromEntries(wanted.map(([object, { state }]) => [object, state]));
}

function thing(state: unknown, of: readonly string[]): Thing {
  return { of, state, text: JSON.stringify(state) };
}

/** Everything but the entries of phone book and call log. */
function thingsOf(view: HouseView): Things {
  const things = new Map<string, Thing>();
  const add = (object: string, state: unknown, of: readonly string[] = [object]) =>
    things.set(object, thing(state, of));
  for (const line of view.lines) add(line.line, line);
  for (const phone of view.phones) add(phone.phone, phone);
  for (const device of view.devices) add(device.device, device);
  for (const { parties, ...call } of view.calls) {
    add(call.call, call);
    for (const side of parties) add(`${call.call}/${side.party}`, side, [call.call, side.party]);
  }
  for (const { name, owner } of view.timers) {
    const object = `timer ${name} of ${owner}`;
    add(object, things.has(object) ? "runs more than once" : "runs", [owner]);
  }
  for (const word of ["voice", "memory", "unsaved"] as const) add(word, view[word]);
  return things;
}

/** Phone book and call log may be large, and hardly ever change: entries that `other` has too are left out. */
function entriesOf({ contacts, log }: Picture, other: Picture | null): [string, Thing][] {
  return [
    ...unlike(contacts, other?.contacts).map((it): [string, Thing] => {
      const name = `contact:${it.id}`;
      return [name, thing(it, [name])];
    }),
    ...unlike(log, other?.log).map((it): [string, Thing] => {
      const name = `log:${it.id}`;
      return [name, thing(it, [name, it.call])];
    }),
  ];
}

/** Entries are never altered in place: the same object is the same entry. */
function unlike<T>(list: readonly T[], other: readonly T[] | undefined): readonly T[] {
  if (list === other) return [];
  if (other === undefined) return list;
  const known = new Set(other);
  return list.filter((entry) => !known.has(entry));
}

/** The list goes on changing in place: a copy, or the last one when nothing has changed. */
function kept<T>(list: readonly T[], last: readonly T[] | undefined): readonly T[] {
  const same = last !== undefined && last.length === list.length && list.every((entry, index) => entry === last[index]);
  return same ? last : [...list];
}
