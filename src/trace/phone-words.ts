import type { DectCommand, DectEvent, ReleaseReason } from "../message/dect.ts";
import type { FxsCommand, FxsEvent } from "../message/fxs.ts";
import { unreachable } from "../message/units.ts";
import { fromPhone, mark, type Said, shown, toPhone } from "./rung.ts";
import { visible } from "./visible.ts";

/** EN 300 175-5 §7.7.43 in plain words. */
const reasons: Readonly<Record<ReleaseReason, string>> = {
  normal: "hung up",
  busy: "busy",
  rejected: "refused by its person",
  notInRange: "out of range",
  timerExpiry: "too long without an answer",
  resources: "no channel is free",
  answeredElsewhere: "another phone answered",
  unknown: "no reason given",
};

export function dectEvent(event: DectEvent): Said {
  switch (event.kind) {
    case "attached":
      return mark(`${event.base} is plugged in`);
    case "detached":
      return mark(`${event.base} is gone: ${visible(event.reason)}`);
    case "located":
      return fromPhone(`${event.handset} is here`);
    case "detachedHandset":
      return fromPhone(`${event.handset} is switched off`);
    case "setup":
      return fromPhone(`${event.handset} CC-SETUP${event.keypad === "" ? "" : `, dials ${keysOf(event.keypad)}`}`);
    case "keypad":
      return fromPhone(`${event.handset} keys ${keysOf(event.keypad)}`);
    case "alerting":
      return fromPhone(`${event.handset} CC-ALERTING (it rings)`);
    case "connect":
      return fromPhone(`${event.handset} CC-CONNECT (answered)`);
    case "pageFailed":
      return fromPhone(`${event.handset} does not answer the page: it is away`);
    case "released":
      return fromPhone(`${event.handset} CC-RELEASE: ${reasons[event.reason] ?? visible(String(event.reason))}`);
    default:
      return unreachable(event);
  }
}

export function dectCommand(command: DectCommand): Said {
  const { handset } = command;
  switch (command.kind) {
    case "setup":
      return toPhone(`${handset} CC-SETUP, ${shown(command.caller)} calls`);
    case "setupAck":
      return toPhone(`${handset} CC-SETUP-ACK`);
    case "proceeding":
      return toPhone(`${handset} CC-CALL-PROC`);
    case "alerting":
      return toPhone(`${handset} CC-ALERTING`);
    case "connect":
      return toPhone(`${handset} CC-CONNECT`);
    case "connectAck":
      return toPhone(`${handset} CC-CONNECT-ACK`);
    case "signal":
      return toPhone(`${handset} signal ${command.signal}`);
    case "display":
      return toPhone(`${handset} shows "${visible(command.text)}"`);
    case "release":
      return toPhone(`${handset} CC-RELEASE: ${reasons[command.reason] ?? visible(String(command.reason))}`);
    default:
      return unreachable(command);
  }
}

export function fxsEvent(event: FxsEvent): Said {
  switch (event.kind) {
    case "attached":
      return mark(`${event.dongle} is plugged in`);
    case "detached":
      return mark(`${event.dongle} is gone: ${visible(event.reason)}`);
    case "wentOffHook":
      return fromPhone(`${event.port} off-hook`);
    case "wentOnHook":
      return fromPhone(`${event.port} on-hook`);
    case "digit":
      return fromPhone(`${event.port} digit ${event.digit}`);
    case "lineFault":
      return fromPhone(`${event.port} line fault: ${visible(event.fault)}`);
    case "lineRestored":
      return fromPhone(`${event.port} line restored`);
    default:
      return unreachable(event);
  }
}

export function fxsCommand(command: FxsCommand): Said {
  switch (command.kind) {
    case "ring":
      return toPhone(`${command.port} ring, ${command.frequencyHz} Hz`);
    case "stopRing":
      return toPhone(`${command.port} ring stops`);
    case "linefeed":
      return toPhone(`${command.port} line feed ${command.feed}`);
    default:
      return unreachable(command);
  }
}

/** Register recall is a key without a sign. */
function keysOf(keypad: string): string {
  return visible(keypad.replaceAll("\u0015", "R"));
}
