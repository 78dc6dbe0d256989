import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { CallId, Endpoint } from "../message/name.ts";
import type { VoiceCommand } from "../message/voice.ts";
import type { Ledger } from "./ledger.ts";
import type { Names } from "./names.ts";

/** What touches everything: it changes places with nothing. */
export const everything = "house";

/**
 * The objects that an event touched, by names that are the same in every order: calls, phones, lines. Whoever is rung is looked
 * at, also when he is busy and hears nothing of it, and takes what all share (streams, channels, a line's room): a ring
 * touches everything. So does what is no phone's and no call's. `owner`: of the timer that ended.
 */
export function touchedBy(
  event: Event,
  commands: readonly Command[],
  calls: readonly CallId[],
  { names, ledger, owner }: { readonly names: Names; readonly ledger: Ledger; readonly owner: string | null },
): readonly string[] {
  if (isOfAll(event) || commands.some(rings)) return [everything];
  const objects = new Set<string>(calls.map((call) => names.callName(call)));
  if (owner !== null) objects.add(names.callName(owner));
  if ("handset" in event) objects.add(event.handset);
  if ("port" in event) objects.add(event.port);
  if (event.world === "sip" && !("leg" in event)) objects.add(event.line);
  if (event.world === "voice" && event.kind === "measured") objects.add(names.callName(event.call));
  if (event.world === "voice" && "endpoint" in event) objects.add(ledger.devices.portAt(event.endpoint));
  for (const command of commands) {
    for (const object of spokenTo(command)) objects.add(names.callName(object));
    if (command.world === "voice")
      for (const endpoint of endpointsOf(command)) objects.add(ledger.devices.portAt(endpoint));
  }
  return [...objects];
}

/** Two events that touched these can come in either order: what follows is the same. */
export function areApart(some: readonly string[], others: readonly string[]): boolean {
  if (some.includes(everything) || others.includes(everything)) return false;
  return !some.some((object) => others.includes(object));
}

function isOfAll(event: Event): boolean {
  switch (event.world) {
    case "sip":
      return event.kind === "invited";
    case "dect":
      return event.kind === "attached" || event.kind === "detached" || event.kind === "setup";
    case "fxs":
      return event.kind === "attached" || event.kind === "detached";
    case "voice":
      return event.kind === "ready" || event.kind === "lost" || event.kind === "shadow";
    case "store":
      return true;
    case "admin":
      return event.kind !== "hangUp";
    case "timer":
      return false;
  }
}

function rings(command: Command): boolean {
  switch (command.world) {
    case "sip":
      return command.kind === "invite";
    case "dect":
      return command.kind === "setup";
    case "fxs":
      return command.kind === "ring";
    case "store":
      return command.kind === "saveCapsule";
    case "notify":
      return command.fact.kind === "callStarted" || command.fact.kind === "fault";
    default:
      return false;
  }
}

function spokenTo(command: Command): readonly string[] {
  switch (command.world) {
    case "dect":
      return [command.handset];
    case "fxs":
      return [command.port];
    case "timer":
      return command.kind === "start" ? [command.owner] : [];
    case "notify":
      if ("call" in command.fact) return [command.fact.call];
      return command.fact.kind === "phoneChanged" ? [command.fact.phone] : [];
    default:
      return [];
  }
}

/** Streams and channels of bases are their calls': only those of ports are looked at by themselves. */
function endpointsOf(command: VoiceCommand): readonly Endpoint[] {
  const endpoints = "endpoint" in command ? [command.endpoint] : [command.a, command.b];
  return endpoints.filter((endpoint) => endpoint.startsWith("usb:dongle")) as Endpoint[]; // no conference is called so
}
