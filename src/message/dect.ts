import type { VoiceFormat } from "./media.ts";
import type { DeviceName, HandsetName, Identity } from "./name.ts";
import type { Instant } from "./units.ts";

/** A CC transaction (EN 300 175-5 §9). `cc:out-3`: set up by the upper half. `cc:in-3`: by a handset, named by the family. */
export type CcCall = `cc:${"in" | "out"}-${number}`;

/** EN 300 175-5 §7.7.43 release reasons the gateway uses or reads. */
export type ReleaseReason =
  | "normal"
  | "busy"
  | "rejected"
  | "notInRange"
  | "timerExpiry"
  | "resources"
  | "answeredElsewhere"
  | "unknown";

/** EN 300 175-5 §7.6.8 signal values the gateway uses. */
export type Signal = "alertingInternal" | "alertingExternal" | "alertingOff" | "callWaiting" | "tonesOff";

export interface SubscribedHandset {
  readonly handset: HandsetName;
  /** International portable user identity, as hex. */
  readonly ipui: string;
  /** Codecs the base can hand over for this handset, best first. */
  readonly formats: readonly VoiceFormat[];
}

/** DECT base -> upper half. */
export type DectEvent = { readonly world: "dect"; readonly at: Instant } & (
  | {
      readonly kind: "attached";
      readonly base: DeviceName;
      readonly model: string;
      readonly serial: string;
      /** Voice channels, numbered from 0. */
      readonly channels: number;
      readonly handsets: readonly SubscribedHandset[];
    }
  | { readonly kind: "detached"; readonly base: DeviceName; readonly reason: string }
  /** MM location registration and detach: the handset said that it is there, or that it is switched off. */
  | { readonly kind: "located"; readonly handset: HandsetName }
  | { readonly kind: "detachedHandset"; readonly handset: HandsetName }
  /** CC-SETUP from a handset; `keypad` non-empty when it dials en bloc. */
  | { readonly kind: "setup"; readonly handset: HandsetName; readonly call: CcCall; readonly keypad: string }
  /** CC-INFO with multi-keypad: digits, or control characters (0x15 = register recall). */
  | { readonly kind: "keypad"; readonly handset: HandsetName; readonly call: CcCall; readonly keypad: string }
  | { readonly kind: "alerting"; readonly handset: HandsetName; readonly call: CcCall }
  | { readonly kind: "connect"; readonly handset: HandsetName; readonly call: CcCall }
  /** No page response within LCE.03 (about 5 s): the handset is away. The CC transaction is not over until released. */
  | { readonly kind: "pageFailed"; readonly handset: HandsetName; readonly call: CcCall }
  /** CC-RELEASE or CC-RELEASE-COM from the handset that was not an answer to ours. */
  | { readonly kind: "released"; readonly handset: HandsetName; readonly call: CcCall; readonly reason: ReleaseReason }
);

/** Upper half -> DECT base. Every CC transaction gets exactly one `release`, whoever ended it. */
export type DectCommand = {
  readonly world: "dect";
  readonly handset: HandsetName;
  readonly call: CcCall;
} /** Pages the handset and sends CC-SETUP. `channel` is reserved for its voice. */ & (
  | { readonly kind: "setup"; readonly caller: Identity; readonly signal: Signal; readonly channel: number }
  /** CC-SETUP-ACK: overlap sending; the U-plane is attached (dial tone comes as sound). */
  | { readonly kind: "setupAck"; readonly channel: number }
  /** CC-CALL-PROC: the number is complete. */
  | { readonly kind: "proceeding" }
  | { readonly kind: "alerting" }
  /** CC-CONNECT to a calling handset, or CC-CONNECT-ACK to one that answered. */
  | { readonly kind: "connect" }
  | { readonly kind: "connectAck" }
  | { readonly kind: "signal"; readonly signal: Signal }
  /** CC-INFO with single display: what the handset shows. */
  | { readonly kind: "display"; readonly text: string }
  | { readonly kind: "release"; readonly reason: ReleaseReason }
);
