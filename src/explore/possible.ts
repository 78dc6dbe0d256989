import type { DectEvent } from "../message/dect.ts";
import type { Event } from "../message/event.ts";
import type { FxsEvent } from "../message/fxs.ts";
import type { SipEvent } from "../message/sip.ts";
import type { VoiceEvent } from "../message/voice.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Whether the lower half can post an event now. `late`: its leg was released or its timer cancelled, and it was on its way
 * then. `no`: what it answers was not said yet, or whoever would say it has said his last word.
 */
export type Chance = "now" | "late" | "no";

/** `again`: it came once, and comes a second time. */
export function chanceOf(event: Event, ledger: Ledger, again = false): Chance {
  switch (event.world) {
    case "sip":
      return ofSip(event, ledger, again);
    case "dect":
      return ofDect(event, ledger, again);
    case "fxs":
      return ofFxs(event, ledger, again);
    case "voice":
      return ofVoice(event, ledger);
    case "timer":
      if (ledger.timers.wasCancelled(event.timer)) return "late";
      return may(ledger.timers.mayEnd(event.timer));
    case "store":
      return event.kind === "capsuleSaved" ? may(ledger.asked(`capsule ${event.asked}`) > 0) : "now";
    case "admin":
      return "now";
  }
}

function may(can: boolean): Chance {
  return can ? "now" : "no";
}

function ofSip(event: SipEvent, ledger: Ledger, again: boolean): Chance {
  if (!("leg" in event) || event.kind === "invited") return "now";
  const dialog = ledger.dialogs.get(event.leg);
  if (dialog === undefined || (dialog.done && !again)) return "no";
  const late = dialog.released ? "late" : "now";
  switch (event.kind) {
    case "cancelled":
      // One that our 200 crosses is in the queue when it is sent; after the ACK it is answered below (RFC 3261 §9.2).
      if (dialog.confirmed) return "no";
      return dialog.answered ? "late" : late;
    case "calling":
    case "ringing":
    case "progressed":
    case "refused":
      return dialog.answered ? "no" : late;
    case "answered":
      return dialog.answered && !again ? "no" : late;
    case "confirmed":
    case "ended":
    case "reoffered":
    case "digit":
      return dialog.answered ? late : "no";
    case "reanswered":
    case "reofferRefused":
      return dialog.offers > 0 ? late : "no";
  }
}

function ofDect(event: DectEvent, ledger: Ledger, again: boolean): Chance {
  if (event.kind === "attached") return "now";
  if (event.kind === "detached") return may(ledger.devices.isAttached(event.base));
  if (!ledger.devices.reaches(event.handset)) return "no";
  if (!("call" in event) || event.kind === "setup") return "now";
  const transaction = ledger.transactions.get(event.call);
  if (transaction === undefined || (transaction.done && !again)) return "no";
  // Keys of a handset that was rung are pressed in the call only.
  if (event.kind === "keypad" && event.call.startsWith("cc:out") && !transaction.connected) return "no";
  return transaction.released ? "late" : "now";
}

function ofFxs(event: FxsEvent, ledger: Ledger, again: boolean): Chance {
  if (event.kind === "attached") return "now";
  if (event.kind === "detached") return may(ledger.devices.isAttached(event.dongle));
  const phone = ledger.devices.ports.get(event.port);
  if (phone === undefined || !ledger.devices.isAttached(phone.device)) return "no";
  switch (event.kind) {
    case "wentOffHook":
      return may(!phone.offHook || again);
    case "wentOnHook":
      return may(phone.offHook || again);
    case "digit":
      return may(phone.offHook);
    case "lineFault":
    case "lineRestored":
      return "now";
  }
}

function ofVoice(event: VoiceEvent, ledger: Ledger): Chance {
  switch (event.kind) {
    case "ready":
      return may(ledger.voice !== "ready");
    case "lost":
      return may(ledger.voice === "ready");
    case "measured":
      return may(ledger.asked(`measure ${event.call} ${event.party}`) > 0);
    case "callerIdSent":
      return may(ledger.asked(`callerId ${event.endpoint}`) > 0);
    case "digit":
    case "rtpTimeout":
    case "faxTone":
    case "endpointFailed":
      return ledger.isOpen(event.endpoint) ? "now" : "late";
    case "recordEnded":
    case "playEnded":
    case "shadow":
      return "now";
  }
}
