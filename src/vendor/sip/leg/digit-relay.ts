import type { Digit } from "../../../message/name.ts";

/** application/dtmf-relay (Cisco) and application/dtmf: what INFO carries digits as. */
const named: Readonly<Record<string, Digit>> = { "10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D" };

export interface RelayedDigit {
  readonly digit: Digit;
  readonly durationMs: number;
}

/** Reads a digit out of an INFO; null when there is none that a telephone has. */
export function readRelayedDigit(type: string, body: string): RelayedDigit | null {
  const signal = type === "application/dtmf" ? body.trim() : /^signal[ \t]*=[ \t]*([^\s]{1,2})/im.exec(body)?.[1];
  const digit = signal === undefined ? undefined : (named[signal] ?? signal.toUpperCase());
  if (digit === undefined || !/^[0-9*#A-D]$/.test(digit)) return null;
  const duration = Number(/^duration[ \t]*=[ \t]*(\d{1,5})/im.exec(body)?.[1] ?? 160);
  return { digit: digit as Digit, durationMs: Math.min(Math.max(duration, 40), 10_000) }; // one of the 16 by the test above
}

export function isDigitType(type: string): boolean {
  return type === "application/dtmf-relay" || type === "application/dtmf";
}

export function writeRelayedDigit(digit: Digit, durationMs: number): string {
  return `Signal=${digit}\r\nDuration=${Math.round(durationMs)}\r\n`;
}
