import type { Cause } from "./cause.ts";
import type { LocalMedia, MediaDescription } from "./media.ts";
import type { Digit, Identity, LineName } from "./name.ts";
import type { Instant } from "./units.ts";

/**
 * A SIP dialog as the queue names it. `sip:in-4` was named by the SIP side for an INVITE received,
 * `sip:out-4` by the upper half for one it wants sent.
 */
export type SipLeg = `sip:${"in" | "out"}-${number}`;

/** SIP -> upper half. */
export type SipEvent = { readonly world: "sip"; readonly at: Instant; readonly line: LineName } & (
  | { readonly kind: "registered"; readonly server: string; readonly expiresSeconds: number }
  | { readonly kind: "registrationFailed"; readonly server: string; readonly status: number; readonly reason: string }
  | { readonly kind: "unregistered" }
  /** INVITE without a to-tag. `dialled` is the user part of the Request-URI. Null media: no offer in it (RFC 3261 §13.2.1). */
  | {
      readonly kind: "invited";
      readonly leg: SipLeg;
      readonly from: Identity;
      readonly dialled: string;
      readonly callId: string;
      readonly media: MediaDescription | null;
    }
  | { readonly kind: "cancelled"; readonly leg: SipLeg }
  /** Our INVITE is on its way, and this is its Call-ID: for recordings, pictures and whoever watches the wire. */
  | { readonly kind: "calling"; readonly leg: SipLeg; readonly callId: string }
  /** 180 or another 18x without usable SDP. */
  | { readonly kind: "ringing"; readonly leg: SipLeg }
  /** 18x with SDP: early media. */
  | { readonly kind: "progressed"; readonly leg: SipLeg; readonly media: MediaDescription }
  /** 2xx to our INVITE, media from its SDP. */
  | { readonly kind: "answered"; readonly leg: SipLeg; readonly media: MediaDescription }
  /** ACK to our 2xx. `media` when the ACK carried the answer to our offer. */
  | { readonly kind: "confirmed"; readonly leg: SipLeg; readonly media: MediaDescription | null }
  /** Final failure to our INVITE; also synthetic: 408 after Timer B, 503 when no server could be reached. */
  | { readonly kind: "refused"; readonly leg: SipLeg; readonly status: number; readonly reason: string }
  /** re-INVITE from the far end; the reply is `acceptReoffer` or `refuseReoffer`. */
  | { readonly kind: "reoffered"; readonly leg: SipLeg; readonly media: MediaDescription | null }
  /** The far end's answer to our `reoffer`. */
  | { readonly kind: "reanswered"; readonly leg: SipLeg; readonly media: MediaDescription }
  | { readonly kind: "reofferRefused"; readonly leg: SipLeg; readonly status: number }
  /** A digit by SIP INFO. */
  | { readonly kind: "digit"; readonly leg: SipLeg; readonly digit: Digit; readonly durationMs: number }
  /** The dialog is over by the far end's doing (BYE) or by its silence; exactly one, the last event of an answered leg. */
  | { readonly kind: "ended"; readonly leg: SipLeg; readonly cause: Cause }
);

/** Upper half -> SIP. Every leg gets exactly one `release`, whoever ended it; on a dialog already over it does nothing. */
export type SipCommand = { readonly world: "sip"; readonly line: LineName } & (
  | { readonly kind: "trying"; readonly leg: SipLeg }
  | { readonly kind: "ring"; readonly leg: SipLeg }
  | { readonly kind: "progress"; readonly leg: SipLeg; readonly media: LocalMedia }
  | { readonly kind: "accept"; readonly leg: SipLeg; readonly media: LocalMedia }
  /** `to` is a number or a user part; the SIP side makes the URI with the line's domain. */
  | {
      readonly kind: "invite";
      readonly leg: SipLeg;
      readonly to: string;
      readonly from: Identity;
      readonly media: LocalMedia;
    }
  | { readonly kind: "reoffer"; readonly leg: SipLeg; readonly media: LocalMedia }
  | { readonly kind: "acceptReoffer"; readonly leg: SipLeg; readonly media: LocalMedia }
  | { readonly kind: "refuseReoffer"; readonly leg: SipLeg; readonly cause: Cause }
  | { readonly kind: "sendDigit"; readonly leg: SipLeg; readonly digit: Digit; readonly durationMs: number }
  /** Final response, CANCEL or BYE: whichever the dialog's state asks for, the status from the table of causes. */
  | { readonly kind: "release"; readonly leg: SipLeg; readonly cause: Cause }
);
