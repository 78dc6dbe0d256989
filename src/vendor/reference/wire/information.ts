import type { ReleaseReason, Signal } from "../../../message/dect.ts";
import type { Identity } from "../../../message/name.ts";
import { elements, PROGRESS_IN_BAND } from "./cc.ts";
import { type Element, elementOf } from "./element.ts";
import { octetsOfHex } from "./identify.ts";

/** What the elements say: builders for the sender, readers for the receiver. Readers give null when there is nothing to read. */

const signals: Readonly<Record<Signal, number>> = {
  alertingExternal: 0x40,
  alertingInternal: 0x41,
  alertingOff: 0x4f,
  callWaiting: 0x07,
  tonesOff: 0x3f,
};

const reasons: Readonly<Record<ReleaseReason, number>> = {
  normal: 0x00,
  timerExpiry: 0x0d,
  unknown: 0x0f,
  notInRange: 0x11,
  busy: 0x14,
  rejected: 0x15,
  resources: 0x32,
  // EN 300 175-5 has no such reason; 10 (user detached from this call) and a display text would say less. Link only.
  answeredElsewhere: 0xf0,
};

const NUMBER_MAX = 32;
const NAME_MAX = 64;
const DISPLAY_MAX = 96;
const RESTRICTED = 1;

export function basicService(service: number): Element {
  return { id: elements.basicService, content: Uint8Array.of(service) };
}

export function readBasicService(from: readonly Element[]): number | null {
  return elementOf(from, elements.basicService)?.content[0] ?? null;
}

export function signal(it: Signal): Element {
  return { id: elements.signal, content: Uint8Array.of(signals[it]) };
}

export function readSignal(from: readonly Element[]): Signal | null {
  const code = elementOf(from, elements.signal)?.content[0];
  const names = Object.keys(signals) as Signal[]; // `as`: keys of our own constant table
  return names.find((name) => signals[name] === code) ?? null;
}

export function releaseReason(it: ReleaseReason): Element {
  return { id: elements.releaseReason, content: Uint8Array.of(reasons[it]) };
}

/** A release without a reason is a normal one; a reason the gateway has no name for is `unknown`. */
export function readReleaseReason(from: readonly Element[]): ReleaseReason {
  const code = elementOf(from, elements.releaseReason)?.content[0];
  if (code === undefined) return "normal";
  const names = Object.keys(reasons) as ReleaseReason[]; // `as`: keys of our own constant table
  return names.find((name) => reasons[name] === code) ?? "unknown";
}

/** Progress indicator: the sound that the handset hears now comes from the voice path. */
export function inBandProgress(): Element {
  return { id: elements.progress, content: Uint8Array.of(0x80, 0x80 | PROGRESS_IN_BAND) };
}

export function readsInBand(from: readonly Element[]): boolean {
  return ((elementOf(from, elements.progress)?.content[1] ?? 0) & 0x7f) === PROGRESS_IN_BAND;
}

/** Codec list with one entry: G.726 at 32 kbit/s, minimum delay, full slot (§7.7.54). */
export function narrowbandCodecs(): Element {
  return { id: elements.codecList, content: Uint8Array.of(0x90, 0x02, 0x00, 0x84) };
}

export function portableIdentity(ipui: string): Element {
  const octets = octetsOfHex(ipui);
  return { id: elements.portableIdentity, content: Uint8Array.of(0x80, 0x80 | (octets.length * 8), ...octets) };
}

/** Calling party number and, when known, name. A withheld number is said to be so. */
export function caller(it: Identity): Element[] {
  const digits = [...(it.number ?? "")].filter((digit) => digit >= " " && digit <= "~").slice(0, NUMBER_MAX);
  const presentation = it.number === null ? RESTRICTED << 5 : 0;
  const codes = digits.map((digit) => digit.charCodeAt(0));
  const number: Element = {
    id: elements.callingNumber,
    content: Uint8Array.of(0x01, 0x80 | presentation | 0x03, ...codes),
  };
  if (it.name === null) return [number];
  const name = Uint8Array.of(0x04 | 0x03, ...cutText(it.name, NAME_MAX));
  return [number, { id: elements.callingName, content: name }];
}

export function readCaller(from: readonly Element[]): Identity {
  const number = elementOf(from, elements.callingNumber)?.content;
  const name = elementOf(from, elements.callingName)?.content;
  return {
    number: number === undefined ? null : readNumber(number),
    name: name === undefined || name.length < 2 ? null : readText(name.subarray(1)),
  };
}

function readNumber(content: Uint8Array): string | null {
  const extended = ((content[0] ?? 0x80) & 0x80) === 0;
  const restricted = extended && ((content[1] ?? 0) & 0x60) !== 0;
  const digits = content.subarray(extended ? 2 : 1);
  return restricted || digits.length === 0 ? null : String.fromCharCode(...digits);
}

export function display(text: string): Element {
  return { id: elements.multiDisplay, content: cutText(text, DISPLAY_MAX) };
}

export function readDisplay(from: readonly Element[]): string | null {
  const shown = elementOf(from, elements.multiDisplay) ?? elementOf(from, elements.singleDisplay);
  return shown === null ? null : readText(shown.content);
}

/** Digits 0-9 * # or control characters such as 0x15 (register recall), one octet each. */
export function keypad(keys: string): Element {
  return { id: elements.multiKeypad, content: Uint8Array.from(keys, (key) => key.charCodeAt(0) & 0x7f) };
}

/** All keys of the message in order; empty when there are none. Octets that are no IA5 character are left out. */
export function readKeypad(from: readonly Element[]): string {
  let keys = "";
  for (const { id, content } of from) {
    if (id !== elements.multiKeypad && id !== elements.singleKeypad) continue;
    for (const octet of content) if (octet < 0x7f) keys += String.fromCharCode(octet);
  }
  return keys;
}

function readText(octets: Uint8Array): string {
  return new TextDecoder().decode(octets);
}

/** UTF-8 of at most `max` octets, never cut within a character. */
function cutText(text: string, max: number): Uint8Array {
  const octets = new Uint8Array(max);
  const { written } = new TextEncoder().encodeInto(text, octets);
  return octets.subarray(0, written);
}
