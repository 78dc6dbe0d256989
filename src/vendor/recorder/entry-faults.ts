import type { World } from "../../message/event.ts";

type Fields = Readonly<Record<string, unknown>>;

const worlds: Readonly<Record<World, true>> = {
  sip: true,
  dect: true,
  fxs: true,
  voice: true,
  timer: true,
  store: true,
  admin: true,
};
/** The last moment that has a date, ms. */
const lastMoment = 8.64e15;

/** What of a line of a journal can not be, with the name of its field; null: nothing. */
export function faultIn({ n, event, commands, trips }: Fields): string | null {
  if (!isCount(n)) return told("n", n, "no number of an event");
  if (!isObject(event)) return told("event", event, "no event");
  if (!Array.isArray(commands)) return told("commands", commands, "no list");
  if (trips !== undefined && !isCount(trips)) return told("trips", trips, "no number");
  return faultInEvent(event) ?? faultInCommands(commands);
}

function faultInEvent({ world, kind, at }: Fields): string | null {
  if (typeof world !== "string" || !Object.hasOwn(worlds, world))
    return told("event.world", world, `none of ${Object.keys(worlds).join(", ")}`);
  if (typeof kind !== "string") return told("event.kind", kind, "no name");
  const moment = typeof at === "number" && at >= 0 && at <= lastMoment;
  return moment ? null : told("event.at", at, "no moment, ms since 1970");
}

function faultInCommands(commands: readonly unknown[]): string | null {
  for (const [at, command] of commands.entries()) {
    const name = `commands[${at}]`;
    if (!isObject(command)) return told(name, command, "no command");
    const { world, kind, fact } = command;
    if (typeof world !== "string") return told(`${name}.world`, world, "no name");
    if (typeof kind !== "string") return told(`${name}.kind`, kind, "no name");
    if (world === "notify" && !isFact(fact)) return told(`${name}.fact`, fact, "no fact");
  }
  return null;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFact(value: unknown): boolean {
  return isObject(value) && typeof Reflect.get(value, "kind") === "string";
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function told(field: string, value: unknown, what: string): string {
  // 1e999 is read as infinite, which JSON does not know.
  const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
  return value === undefined ? `${field} is missing` : `${field} is ${shown?.slice(0, 40)}, ${what}`;
}
