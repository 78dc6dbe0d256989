import type { CountryCode } from "./country.ts";
import type { RtpFormat } from "./media.ts";
import type { LineName, PhoneName } from "./name.ts";
import type { EchoTailMs } from "./voice.ts";

/**
 * What the upper half knows of the configuration: numbers and rules, no secrets, no addresses.
 * It is the first event of every journal.
 */
export interface House {
  readonly country: CountryCode;
  readonly lines: readonly LinePlan[];
  readonly phones: readonly PhonePlan[];
  /** Internal numbers that ring several phones, e.g. 600 = all. */
  readonly groups: readonly { readonly number: string; readonly members: readonly PhoneName[] }[];
  /** What the gateway answers itself. */
  readonly services: readonly { readonly number: string; readonly service: ServiceKind }[];
  /** First match wins; the pattern language is in docs/config.md. */
  readonly outgoing: readonly OutgoingRule[];
  /** Numbers sent at once, whatever else the plan says. */
  readonly emergency: readonly string[];
  readonly timing: Timing;
  /** Calls kept in the log; 1000 when it is not said. */
  readonly callLogSize?: number;
}

/** `echo`: who calls hears himself. `capsule`: the last call of the phone that calls is saved as a capsule, for a bug report. */
export type ServiceKind = "echo" | "capsule";

export interface LinePlan {
  readonly line: LineName;
  /** At a registrar; false = direct calls, always ready. */
  readonly registers: boolean;
  /** Who rings for a number called on this line; `numbers` empty = any number not matched before. */
  readonly incoming: readonly IncomingRule[];
  /** Calls at the same time; the next one is refused as busy, but for an emergency when no line has room. */
  readonly maxCalls: number;
  /** In order of preference. */
  readonly codecs: readonly RtpFormat[];
  readonly dtmf: "rfc4733" | "info" | "inband";
  /** Comfort noise instead of a silent background, where the far end takes it. */
  readonly comfortNoise?: true;
  /** The line's own number, shown to those it calls. */
  readonly number: string;
}

export interface IncomingRule {
  readonly numbers: readonly string[];
  readonly ring: readonly PhoneName[];
  /** Sends the call out again instead of ringing phones (call diversion set by the owner of the house). */
  readonly forward?: { readonly line: LineName; readonly number: string };
}

export interface PhonePlan {
  readonly phone: PhoneName;
  readonly number: string;
  readonly name: string;
  /** The line it calls out by when no rule says otherwise; null = the first line. */
  readonly line: LineName | null;
  /** Of a port: echo of its two wires to be cancelled. */
  readonly echoTailMs?: EchoTailMs;
  /** Of a port: a call in which a fax or modem is heard becomes one of G.711 and nothing else. */
  readonly fax?: true;
}

export interface OutgoingRule {
  readonly name: string;
  readonly pattern: string;
  /** Null bars the number. */
  readonly line: LineName | null;
  /** Digits cut from the front before sending. */
  readonly strip: number;
  /** Put in front after stripping. */
  readonly prefix: string;
}

export interface Timing {
  /** Off-hook without a digit until congestion tone. */
  readonly firstDigitMs: number;
  /** Between digits while no rule is complete. */
  readonly interDigitMs: number;
  /** Between digits when a rule is complete but a longer one may still match. */
  readonly completeMs: number;
  /** How long phones ring for a call from outside, and we let a far end ring. */
  readonly noAnswerMs: number;
  /** Busy or congestion tone before the off-hook warning. */
  readonly busyToneMs: number;
}

/** Parties a call can be sent to; what the dial plan answers. */
export type Target =
  | { readonly kind: "phones"; readonly phones: readonly PhoneName[]; readonly number: string }
  | { readonly kind: "service"; readonly service: ServiceKind; readonly number: string }
  | { readonly kind: "line"; readonly line: LineName; readonly number: string; readonly emergency: boolean };
