import type { Event } from "../message/event.ts";
import type { SipEvent } from "../message/sip.ts";

/**
 * Where an event comes from. What one source says comes in its order: a phone's person presses 1 before 2, a SIP transaction
 * has its own sequence. UDP may change the order of two transactions, even of one dialog (BYE and a re-INVITE, ACK and BYE).
 */
export function sourceOf(event: Event): string {
  switch (event.world) {
    case "sip":
      return "leg" in event ? `${event.leg} ${transactionOf(event)}` : `${event.line} registrar`;
    case "dect":
      return "handset" in event ? event.handset : event.base;
    case "fxs":
      return "port" in event ? event.port : event.dongle;
    case "voice":
      if (event.kind === "measured") return `measured ${event.call} ${event.party}`;
      return "endpoint" in event ? `voice ${event.endpoint}` : "voice";
    case "timer":
      return event.timer;
    case "store":
      return event.kind === "capsuleSaved" ? `capsule ${event.asked}` : "store";
    case "admin":
      return event.kind === "memory" ? "memory" : "admin";
  }
}

function transactionOf(event: SipEvent): string {
  switch (event.kind) {
    case "confirmed":
      return "ACK";
    case "ended":
      return "BYE";
    case "digit":
      return "INFO";
    case "reoffered":
      return "their re-INVITE";
    case "reanswered":
    case "reofferRefused":
      return "our re-INVITE";
    default:
      return "INVITE";
  }
}

/** The house is another one after it: nothing changes places with it. */
export function isBarrier(event: Event): boolean {
  if (event.world === "store") return event.kind === "loaded";
  return event.world === "admin" && (event.kind === "configured" || event.kind === "restored");
}

const notTwice: ReadonlySet<string> = new Set([
  // What begins something begins another thing the second time, and a key that is pressed twice is another number.
  "invited",
  "calling",
  "setup",
  "keypad",
  "digit",
  "attached",
  "detached",
  "ready",
  "lost",
]);

/**
 * It may come twice: sent again, or read twice. Also what the adapters absorb today (a CANCEL that is sent again): the house
 * must not depend on that.
 */
export function mayComeTwice({ world, kind }: Event): boolean {
  return (world === "sip" || world === "dect" || world === "fxs") && !notTwice.has(kind);
}

/** It may get lost on its way, or whoever would have said it does not. A phone's hook is where it is, and a timer ends. */
export function mayGetLost(event: Event): boolean {
  if (event.world === "sip") return "leg" in event && event.kind !== "invited";
  if (event.world === "dect") return "call" in event && event.kind !== "setup";
  return event.world === "voice" && event.kind !== "ready" && event.kind !== "lost";
}
