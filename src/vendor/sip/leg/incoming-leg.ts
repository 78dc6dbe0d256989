import type { IncomingInviteRequest } from "sip.js/lib/core/index.js";
import { type Cause, causes } from "../../../message/cause.ts";
import type { LocalMedia } from "../../../message/media.ts";
import type { SipCommand, SipLeg } from "../../../message/sip.ts";
import { ms } from "../../../message/units.ts";
import type { Cancel } from "../../clock/clock.ts";
import type { OfferAnswer } from "../sdp/offer-answer.ts";
import { Dialog } from "./dialog.ts";
import { attempt, type Leg, type LegVoice, sdpBody } from "./leg.ts";
import { reasonHeader } from "./reason.ts";

/** RFC 3261 §17.2.1: without a word from above, 100 goes out after this. */
const tryingAfter = ms(200);
/** How long a 487 waits for the upper half to let go of a cancelled leg. */
const releaseAfter = ms(4000);

/**
 * An INVITE received, up to its final response; then its Dialog.
 *
 *   proceeding --accept--> answered (Dialog) --> over
 *       |  '--CANCEL or early BYE--> cancelled --release, or 4 s--> over (487)
 *       '------release (final response)------------------------->  over
 */
export class IncomingLeg implements Leg {
  readonly name: SipLeg;
  readonly #request: IncomingInviteRequest;
  readonly #transaction: number;
  readonly #negotiation: OfferAnswer;
  readonly #voice: LegVoice;
  readonly #offered: boolean;
  #phase: "proceeding" | "cancelled" | "answered" | "over" = "proceeding";
  #dialog: Dialog | null = null;
  #trying: Cancel;
  #unreleased: Cancel = () => {};

  constructor(
    name: SipLeg,
    invite: { readonly request: IncomingInviteRequest; readonly transaction: number; readonly offered: boolean },
    negotiation: OfferAnswer,
    voice: LegVoice,
  ) {
    this.name = name;
    this.#request = invite.request;
    this.#transaction = invite.transaction;
    this.#offered = invite.offered;
    this.#negotiation = negotiation;
    this.#voice = voice;
    this.#trying = voice.house.clock.after(tryingAfter, () => this.#try());
  }

  perform(command: SipCommand): void {
    switch (command.kind) {
      case "trying":
        return this.#try();
      case "ring":
        return this.#progress(180, null);
      case "progress":
        return this.#progress(183, this.#offered ? command.media : null);
      case "accept":
        return this.#accept(command.media);
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
      case "invite":
        return;
    }
  }

  get leaving(): boolean {
    return this.#dialog?.leaving ?? false;
  }

  cancelled(transaction: number): boolean {
    if (transaction !== this.#transaction) return this.#dialog?.cancelled(transaction) ?? false;
    this.#giveUp();
    return true;
  }

  /** CANCEL, or BYE to the early dialog: the caller has gone. The 487 waits for `release`, so that a 180 may precede it. */
  #giveUp(): void {
    if (this.#phase !== "proceeding") return;
    this.#phase = "cancelled";
    this.#unreleased = this.#voice.house.clock.after(releaseAfter, () => this.#release("cancelled"));
    this.#voice.tell({ kind: "cancelled" });
  }

  #try(): void {
    this.#trying();
    this.#trying = () => {};
    if (this.#phase === "proceeding") this.#attempt("100", () => this.#request.trying());
  }

  #progress(statusCode: number, media: LocalMedia | null): void {
    if (this.#phase !== "proceeding" && this.#phase !== "cancelled") return;
    this.#trying();
    this.#attempt(String(statusCode), () => {
      const body = media === null ? {} : { body: sdpBody(this.#negotiation.answer(media)) };
      const { session } = this.#request.progress({ statusCode, ...body });
      session.delegate = {
        onBye: (request) => {
          request.accept({ statusCode: 200 });
          this.#giveUp();
        },
      };
    });
  }

  #accept(media: LocalMedia): void {
    if (this.#phase !== "proceeding") return;
    this.#trying();
    const body = sdpBody(this.#offered ? this.#negotiation.answer(media) : this.#negotiation.offer(media));
    const sent = this.#attempt("200", () => {
      const { session } = this.#request.accept({ statusCode: 200, body });
      this.#phase = "answered";
      this.#dialog = new Dialog(session, this.#negotiation, this.#voice, false);
      this.#dialog.awaitAck(!this.#offered);
    });
    if (sent) return;
    this.#phase = "over";
    this.#voice.tell({ kind: "ended", cause: "internalError" });
  }

  #release(cause: Cause): void {
    this.#trying();
    this.#unreleased();
    const phase = this.#phase;
    this.#phase = "over";
    if (phase === "answered") this.#dialog?.release(cause);
    if (phase !== "proceeding" && phase !== "cancelled") return;
    const { sip, phrase } = causes[phase === "cancelled" ? "cancelled" : cause];
    const options = { statusCode: sip, reasonPhrase: phrase, extraHeaders: [reasonHeader(cause)] };
    this.#attempt(String(sip), () => this.#request.reject(options));
  }

  #attempt(what: string, run: () => void): boolean {
    return attempt(this.#voice.house, what, run);
  }
}
