import type { Identity } from "../message/name.ts";
import type { Fact } from "../message/notify.ts";
import { unreachable } from "../message/units.ts";

/** A caller or callee for people. */
export function showIdentity({ number, name }: Identity): string {
  if (number === null) return name ?? "anonymous";
  return name === null ? number : `${name} <${number}>`;
}

/** What became of a recording. */
export function showRecording({ file, durationMs, lostMs }: Recording): string {
  const lost = lostMs === 0 ? "" : `, of them ${(lostMs / 1000).toFixed(1)} s lost: the disk is too slow`;
  return `${(durationMs / 1000).toFixed(1)} s recorded to ${file}${lost}`;
}

type Recording = { readonly file: string; readonly durationMs: number; readonly lostMs: number };

/** A fact as one line for people. */
export function showFact(fact: Fact): string {
  switch (fact.kind) {
    case "callStarted":
      return `${fact.call}: ${showIdentity(fact.from)} (${fact.fromParty}) calls ${fact.to || "…"}`;
    case "callRinging":
      return `${fact.call}: ${fact.party} rings`;
    case "callAnswered":
      return `${fact.call}: ${fact.party} answered`;
    case "callHeld":
      return `${fact.call}: ${fact.party} is on hold`;
    case "callResumed":
      return `${fact.call}: ${fact.party} is back from hold`;
    case "callCarriesFax":
      return `${fact.call}: a fax or modem (${fact.tone}) at ${fact.party}`;
    case "callEnded":
      return `${fact.call}: ended, ${fact.cause}${fact.record === null ? "" : ` (${fact.record.result})`}`;
    case "lineChanged":
      return `${fact.line}: ${fact.state}${fact.detail === "" ? "" : `, ${fact.detail}`}`;
    case "phoneChanged":
      return `${fact.phone}: ${fact.state}`;
    case "deviceAttached":
      return `${fact.device}: attached, ${fact.model} ${fact.serial}`;
    case "deviceDetached":
      return `${fact.device}: detached, ${fact.reason}`;
    case "bookChanged":
      return `phone book: ${fact.contacts} entries`;
    case "storeChanged":
      return `${fact.what}: ${fact.state}`;
    case "voiceChanged":
      return `voice: ${fact.state}`;
    case "shadowChanged":
      return `shadow: ${fact.state}${fact.reason === null ? "" : `, ${fact.reason}`}`;
    case "recordEnded":
      return `${fact.endpoint}: ${showRecording(fact)}${fact.reason === null ? "" : `, ended: ${fact.reason}`}`;
    case "endpointFailed":
      return `${fact.endpoint}: failed, ${fact.reason}`;
    case "playEnded":
      return `${fact.endpoint}: ${fact.file} was played${fact.reason === null ? "" : `, ended: ${fact.reason}`}`;
    case "memoryChanged":
      return fact.state === "tight" ? "memory: tight, new calls are refused" : "memory: easy again";
    case "ruleBroken":
      return `rule broken: ${fact.rule}, ${fact.objects.join(" ")} ${fact.why} (event ${fact.event}; the journal is kept)`;
    case "fault":
      return `fault: ${fact.message} (at ${fact.event})`;
    default:
      return unreachable(fact);
  }
}
