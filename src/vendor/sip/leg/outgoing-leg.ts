import { randomBytes } from "node:crypto";
import type { IncomingResponse, OutgoingInviteRequest, Session } from "sip.js/lib/core/index.js";
import type { Cause } from "../../../message/cause.ts";
import type { SipCommand, SipLeg } from "../../../message/sip.ts";
import { hiddenUri } from "../hub/hidden-uri.ts";
import type { AccountCore } from "../library/account-core.ts";
import type { SipAccount } from "../options.ts";
import type { OfferAnswer } from "../sdp/offer-answer.ts";
import { readUri } from "../wire/name-addr.ts";
import { Dialog } from "./dialog.ts";
import { displayName, sipUri } from "./identity.ts";
import { attempt, type Leg, type LegVoice, sdpBody } from "./leg.ts";
import { cancelReason, reasonHeader } from "./reason.ts";

type Invite = Extract<SipCommand, { readonly kind: "invite" }>;

/**
 * An INVITE of ours, up to its final response; then its Dialog.
 *
 *   calling --2xx--> answered (Dialog) --> over
 *      |  '--3xx-6xx--> over (refused)
 *      '--release--> released (CANCEL) --487, crossing 2xx (ACK + BYE) or 32 s--> over
 */
export class OutgoingLeg implements Leg {
  readonly name: SipLeg;
  readonly #account: AccountCore;
  readonly #negotiation: OfferAnswer;
  readonly #voice: LegVoice;
  readonly #callId = `${randomBytes(12).toString("hex")}`;
  #request: OutgoingInviteRequest | null = null;
  #phase: "calling" | "answered" | "released" | "over" = "calling";
  #dialog: Dialog | null = null;
  #rang = false;
  /** The last session description of each early dialog, by its To tag: a 2xx without one means the same. */
  readonly #early = new Map<string, string>();

  constructor(invite: Invite, account: AccountCore, negotiation: OfferAnswer, voice: LegVoice) {
    this.name = invite.leg;
    this.#account = account;
    this.#negotiation = negotiation;
    this.#voice = voice;
    voice.tell({ kind: "calling", callId: this.#callId });
    const sent = attempt(voice.house, "INVITE", () => this.#invite(invite));
    if (!sent) this.#refused(500, "Server Internal Error");
  }

  perform(command: SipCommand): void {
    switch (command.kind) {
      case "release":
        return this.#release(command.cause);
      case "reoffer":
        return this.#dialog?.reoffer(command.media);
      case "acceptReoffer":
        return this.#dialog?.acceptReoffer(command.media);
      case "refuseReoffer":
        return this.#dialog?.refuseReoffer(command.cause);
      case "sendDigit":
        return this.#dialog?.sendDigit(command.digit, command.durationMs);
      default:
        return;
    }
  }

  get leaving(): boolean {
    return this.#dialog?.leaving ?? false;
  }

  cancelled(transaction: number): boolean {
    return this.#dialog?.cancelled(transaction) ?? false;
  }

  #invite(invite: Invite): void {
    const { account, core, contact } = this.#account;
    const direct = account.mode === "direct";
    const port = direct && account.domain === account.server.host ? account.server.port : null;
    const target = hiddenUri(sipUri(invite.to, account.domain, port));
    const from = hiddenUri(direct ? ownUri(invite.from.number ?? account.user, contact) : registeredUri(account));
    const name = displayName(invite.from.name ?? account.displayName);
    const message = core.makeOutgoingRequestMessage(
      "INVITE",
      target,
      from,
      target,
      { callId: this.#callId, fromTag: randomBytes(8).toString("hex"), fromDisplayName: name },
      [`Contact: <${contact}>`],
      sdpBody(this.#negotiation.offer(invite.media)),
    );
    this.#request = core.invite(message, {
      onProgress: (response) => this.#progressed(response, response.prack),
      onAccept: ({ message: response, session, ack }) => {
        attempt(this.#voice.house, "ACK", () => ack());
        this.#accepted(response, session);
      },
      onRedirect: ({ message: response }) => this.#refused(response.statusCode ?? 300, response.reasonPhrase ?? ""),
      onReject: ({ message: response }) => this.#refused(response.statusCode ?? 500, response.reasonPhrase ?? ""),
    });
  }

  #progressed({ message }: IncomingResponse, prack: (options: { extraHeaders: string[] }) => void): void {
    const sequence = message.getHeader("rseq");
    if (/100rel/i.test(message.getHeader("require") ?? "") && /^\d{1,10}$/.test(sequence ?? ""))
      attempt(this.#voice.house, "PRACK", () => prack({ extraHeaders: [`RAck: ${sequence} ${message.cseq} INVITE`] }));
    if (this.#phase !== "calling") return;
    const before = this.#early.get(message.toTag);
    const media = message.body === "" ? "no session description" : this.#negotiation.take(message.body);
    if (typeof media !== "string") {
      if (before === message.body) return;
      this.#early.set(message.toTag, message.body);
      this.#voice.tell({ kind: "progressed", media });
    } else if (!this.#rang) {
      this.#rang = true;
      this.#voice.tell({ kind: "ringing" });
    }
  }

  #accepted(message: IncomingResponse["message"], session: Session): void {
    const media = this.#negotiation.take(message.body === "" ? (this.#early.get(message.toTag) ?? "") : message.body);
    // A 2xx that crossed our CANCEL, or a second branch of a fork (RFC 3261 §13.2.2.4).
    if (this.#phase !== "calling" || typeof media === "string") {
      const cause: Cause = this.#phase === "calling" ? "codecMismatch" : "normal";
      attempt(this.#voice.house, "BYE", () => session.bye(undefined, { extraHeaders: [reasonHeader(cause)] }));
      if (this.#phase === "calling") this.#refused(488, "Not Acceptable Here");
      else this.#account.abandoned.delete(this.#callId);
      return;
    }
    this.#phase = "answered";
    this.#dialog = new Dialog(session, this.#negotiation, this.#voice, true);
    this.#voice.tell({ kind: "answered", media });
  }

  #refused(status: number, reason: string): void {
    this.#account.abandoned.delete(this.#callId);
    const phase = this.#phase;
    if (phase === "answered") return;
    this.#phase = "over";
    if (phase === "calling") this.#voice.tell({ kind: "refused", status, reason });
  }

  #release(cause: Cause): void {
    const phase = this.#phase;
    if (phase === "answered") {
      this.#phase = "over";
      this.#dialog?.release(cause);
    }
    if (phase !== "calling") return;
    this.#phase = "released";
    // Should a challenge be under way, the second INVITE must not leave (sipjs.md trace T4).
    this.#account.abandoned.add(this.#callId);
    attempt(this.#voice.house, "CANCEL", () =>
      this.#request?.cancel(undefined, { extraHeaders: [cancelReason(cause)] }),
    );
  }
}

/** A registrar knows the account by its own name only. */
function registeredUri({ user, domain }: SipAccount): string {
  return sipUri(user, domain, null);
}

/** A peer without a registrar is shown who really calls, at an address where he can be called back. */
function ownUri(number: string, contact: string): string {
  const uri = readUri(contact);
  return sipUri(number, uri?.host ?? "", uri?.port ?? null);
}
