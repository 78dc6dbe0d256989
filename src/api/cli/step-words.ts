import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import type { Identity } from "../../message/name.ts";
import type { Change } from "../../vendor/recorder/changes.ts";
import type { StartedTimer } from "../../vendor/recorder/recording.ts";
import type { Broken } from "../../vendor/recorder/replay.ts";
import type { Step, Walk } from "../../vendor/recorder/walk.ts";
import { showFact, showIdentity } from "../show-fact.ts";
import { printable, showTime } from "./table.ts";

type Timer = StartedTimer | null;

/** Whom a message is about, the most particular first. */
const subjects = ["handset", "port", "party", "endpoint", "line", "base", "dongle", "device"];
/** Said otherwise, or of no use to people. */
const unsaid = new Set(["world", "kind", "at", "callId", "owner", ...subjects]);

/** What happened, in one line of plain words. */
export function eventWords(event: Event, timer: Timer): string {
  if (event.world !== "timer") return messageWords(event);
  return timer === null ? `${event.timer} expired` : `timer ${timer.name} of ${timer.owner} expired (${event.timer})`;
}

/** What left, in one line of plain words. */
export function commandWords(command: Command, timer: Timer): string {
  switch (command.world) {
    case "notify":
      return `told: ${showFact(command.fact)}`;
    case "timer": {
      const name = timer === null ? command.timer : `${timer.name} of ${timer.owner} (${command.timer})`;
      return command.kind === "start" ? `timer ${name} starts, ${command.afterMs} ms` : `timer ${name} is cancelled`;
    }
    default:
      return messageWords(command);
  }
}

/** `sip line:home cancelled, leg sip:in-1`. */
function messageWords(message: Event | Command): string {
  const fields = Object.entries(message);
  const subject = subjects.flatMap((name) => fields.filter(([field]) => field === name)).at(0)?.[1];
  const who = typeof subject === "string" ? `${message.world} ${subject}` : message.world;
  const rest = fields.flatMap(([field, value]) => (unsaid.has(field) ? [] : fieldWords(field, value)));
  return [`${who} ${wordsOf(message.kind)}`, ...rest].join(", ");
}

function fieldWords(field: string, value: unknown): string[] {
  if (isIdentity(value)) return [`${wordsOf(field)} ${showIdentity(value)}`];
  if (typeof value === "string" && value.length > 80) return [`${wordsOf(field)} …`];
  return typeof value === "string" || typeof value === "number" ? [`${wordsOf(field)} ${value}`] : [];
}

function isIdentity(value: unknown): value is Identity {
  return typeof value === "object" && value !== null && "number" in value && "name" in value;
}

/** `wentOffHook`: "went off hook". */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The timer that an event is the end of. */
export function timerOf({ event, index }: Pick<Step, "event" | "index">, { recording }: Walk): Timer {
  return event.world === "timer" ? recording.timer(event.timer, index) : null;
}

export function brokenWords({ rule, objects, why }: Broken): string {
  return [`${rule}:`, ...objects, why].join(" ");
}

/** One step for people. */
export function showStep(step: Step, walk: Walk): string {
  const { n, event, sinceMs, changes, commands, broken } = step;
  const timer = timerOf(step, walk);
  const since = sinceMs === null ? "" : `  +${(sinceMs / 1000).toFixed(3)} s`;
  return [
    `#${n}${since}  ${showTime(event.at)}  ${eventWords(event, timer)}`,
    `    ${JSON.stringify(event)}`,
    ...changes.map((change) => `    ${showChange(change)}`),
    ...commands.map((command) => {
      const started = command.world === "timer" ? walk.recording.timer(command.timer, step.index) : null;
      return `    -> ${commandWords(command, started)}`;
    }),
    ...broken.map((one) => `    !! breaks ${brokenWords(one)}`),
  ]
    .map(printable)
    .join("\n");
}

/** Of an object that stays, only the fields that differ. */
function showChange({ object, before, after }: Change): string {
  if (before === null) return `${object}  new: ${JSON.stringify(after)}`;
  if (after === null) return `${object}  gone: ${JSON.stringify(before)}`;
  if (typeof before !== "object" || typeof after !== "object")
    return `${object}  ${JSON.stringify(before)} => ${JSON.stringify(after)}`;
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  const differ = [...fields].flatMap((field) => {
    const [was, is] = [JSON.stringify(Reflect.get(before, field)), JSON.stringify(Reflect.get(after, field))];
    return was === is ? [] : [`${field} ${was} => ${is}`];
  });
  return `${object}  ${differ.join(", ")}`;
}
