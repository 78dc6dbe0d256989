import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { VoiceCommand } from "../message/voice.ts";

/** What an event is about, by names that belong to one call at a time: a leg, a transaction, a port, an endpoint, a timer, a call. */
export function objectsOf(event: Event): readonly string[] {
  if (event.world === "voice" && event.kind === "measured") return [event.call];
  if ("leg" in event) return [event.leg];
  if ("call" in event) return [event.call];
  if ("port" in event) return [event.port];
  if ("endpoint" in event) return [event.endpoint];
  return "timer" in event ? [event.timer] : [];
}

/** The same of a command. */
export function objectsSpokenTo(command: Command): readonly string[] {
  switch (command.world) {
    case "sip":
      return [command.leg];
    case "dect":
      return [command.call];
    case "fxs":
      return [command.port];
    case "voice":
      return ofVoice(command);
    case "timer":
      return command.kind === "start" ? [command.timer, command.owner] : [command.timer];
    case "store":
      if (command.kind === "addCall") return [command.record.call, `record:${command.record.id}`];
      return command.kind === "addQuality" ? [`record:${command.id}`] : [];
    case "notify":
      if ("call" in command.fact) return [command.fact.call];
      if (command.fact.kind === "fault") return command.fact.calls;
      return command.fact.kind === "phoneChanged" ? [command.fact.phone] : [];
    default:
      return [];
  }
}

function ofVoice(command: VoiceCommand): readonly string[] {
  if (command.kind === "measure") return [command.call, command.endpoint];
  return "endpoint" in command ? [command.endpoint] : [command.a, command.b];
}
