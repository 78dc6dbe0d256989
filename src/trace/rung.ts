import type { Endpoint, Identity } from "../message/name.ts";
import type { Instant } from "../message/units.ts";
import { visible } from "./visible.ts";

export type Lane = "phone" | "gateway" | "provider";

/** A message from lane to lane, or with `from` = `to` something that happens at one. Its text is plain and harmless. */
export interface Said {
  readonly from: Lane;
  readonly to: Lane;
  readonly text: string;
}

/** One line of the picture. */
export interface Rung extends Said {
  /** Number of the event in the journal. */
  readonly n: number;
  readonly at: Instant;
  readonly world: "sip" | "dect" | "fxs" | "voice" | "timer" | "call";
}

export function fromPhone(text: string): Said {
  return { from: "phone", to: "gateway", text };
}

export function toPhone(text: string): Said {
  return { from: "gateway", to: "phone", text };
}

export function fromProvider(text: string): Said {
  return { from: "provider", to: "gateway", text };
}

export function toProvider(text: string): Said {
  return { from: "gateway", to: "provider", text };
}

export function mark(text: string): Said {
  return { from: "gateway", to: "gateway", text };
}

/** Somebody as a picture shows him. */
export function shown({ number, name }: Identity): string {
  if (number === null) return name === null ? "anonymous" : visible(name);
  return name === null ? visible(number) : `${visible(name)} <${visible(number)}>`;
}

/** An endpoint in words: `rtp:0`, `usb:base:1:0`. */
export function endpointName(endpoint: Endpoint | string): string {
  return visible(endpoint);
}
