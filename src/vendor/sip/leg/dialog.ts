import type { IncomingInviteRequest, IncomingRequestMessage, Session } from "sip.js/lib/core/index.js";
import type { Cause } from "../../../message/cause.ts";
import { causes } from "../../../message/cause.ts";
import type { LocalMedia } from "../../../message/media.ts";
import type { Digit } from "../../../message/name.ts";
import type { Cancel } from "../../clock/clock.ts";
import { transactionOf } from "../hub/branch.ts";
import type { OfferAnswer } from "../sdp/offer-answer.ts";
import { transactionTimeout } from "../transaction/timers.ts";
import { DigitQueue } from "./digit-queue.ts";
import { isDigitType, readRelayedDigit } from "./digit-relay.ts";
import { attempt, type LegVoice, sdpBody } from "./leg.ts";
import { causeOfReason, reasonHeader } from "./reason.ts";
import { Reoffers } from "./reoffer.ts";

interface PendingReoffer {
  readonly request: IncomingInviteRequest;
  readonly transaction: number;
  readonly offered: boolean;
}

/**
 * A dialog after its 2xx: BYE, re-INVITE both ways, INFO (RFC 3261 §14, §15; RFC 3264 §8).
 * Posts `ended` at most once, and nothing after the upper half has let go.
 */
export class Dialog {
  readonly #session: Session;
  readonly #negotiation: OfferAnswer;
  readonly #voice: LegVoice;
  readonly #digits: DigitQueue;
  readonly #reoffers: Reoffers;
  #over = false;
  /** ACK outstanding for our 2xx; `offered`: it carries the answer to an offer of ours. */
  #awaitingAck: { readonly initial: boolean; readonly offered: boolean; readonly timeout: Cancel } | null = null;
  #byeAfterAck: Cause | null = null;
  #pending: PendingReoffer | null = null;

  constructor(session: Session, negotiation: OfferAnswer, voice: LegVoice, caller: boolean) {
    this.#session = session;
    this.#negotiation = negotiation;
    this.#voice = voice;
    this.#digits = new DigitQueue(session, voice.house);
    this.#reoffers = new Reoffers(session, negotiation, voice, caller, {
      answered: (body) => this.#reanswered(body),
      refused: (status) => this.#reofferRefused(status),
    });
    session.delegate = {
      onAck: ({ message }) => this.#acknowledged(message),
      onAckTimeout: () => this.#unacknowledged(),
      onBye: (request) => {
        request.accept({ statusCode: 200 });
        this.#endedByFarEnd(causeOfReason(request.message.getHeader("reason")));
      },
      onInfo: (request) => {
        const status = this.#informed(request.message);
        if (status === 200) request.accept({ statusCode: 200 });
        else request.reject({ statusCode: status });
      },
      onInvite: (request) => this.#reoffered(request),
    };
  }

  /** Our 2xx to the initial INVITE is out; `offered`: with an offer of ours in it. */
  awaitAck(offered: boolean): void {
    // Its timeout is sip.js's Timer L, by onAckTimeout.
    this.#awaitingAck = { initial: true, offered, timeout: () => {} };
  }

  /** BYE, at once or as soon as it is allowed (RFC 3261 §15: not before the ACK to our 2xx). */
  release(cause: Cause): void {
    if (this.#over) return;
    this.#close();
    if (this.#awaitingAck?.initial === true) this.#byeAfterAck = cause;
    else this.#bye(cause);
  }

  get leaving(): boolean {
    return this.#byeAfterAck !== null;
  }

  reoffer(media: LocalMedia): void {
    if (!this.#over) this.#reoffers.ask(media);
  }

  acceptReoffer(media: LocalMedia): void {
    const pending = this.#pending;
    if (pending === null || this.#over) return;
    this.#pending = null;
    const text = pending.offered ? this.#negotiation.answer(media) : this.#negotiation.offer(media);
    const extraHeaders = [`Contact: <${this.#voice.contact}>`];
    const sent = attempt(this.#voice.house, "answer to re-INVITE", () => {
      pending.request.accept({ statusCode: 200, body: sdpBody(text), extraHeaders });
    });
    if (!sent) return;
    const timeout = this.#voice.house.clock.after(transactionTimeout, () => this.#unacknowledged());
    this.#awaitingAck = { initial: false, offered: !pending.offered, timeout };
  }

  refuseReoffer(cause: Cause): void {
    const { sip, phrase } = causes[cause];
    this.#rejectPending(sip, phrase);
  }

  sendDigit(digit: Digit, durationMs: number): void {
    if (!this.#over) this.#digits.send(digit, durationMs);
  }

  /** CANCEL for a re-INVITE that waits for the upper half. */
  cancelled(transaction: number): boolean {
    if (this.#pending?.transaction !== transaction) return false;
    this.#rejectPending(487, causes.cancelled.phrase);
    return true;
  }

  #close(): void {
    this.#over = true;
    this.#reoffers.close();
    this.#digits.close();
    this.#rejectPending(487, causes.cancelled.phrase);
  }

  #bye(cause: Cause): void {
    this.#awaitingAck?.timeout();
    this.#awaitingAck = null;
    attempt(this.#voice.house, "BYE", () => this.#session.bye(undefined, { extraHeaders: [reasonHeader(cause)] }));
  }

  #endedByFarEnd(cause: Cause): void {
    this.#awaitingAck?.timeout();
    this.#awaitingAck = null;
    this.#byeAfterAck = null;
    if (this.#over) return;
    this.#close();
    this.#voice.tell({ kind: "ended", cause });
  }

  #acknowledged(message: IncomingRequestMessage): void {
    const awaited = this.#awaitingAck;
    if (awaited === null) return;
    awaited.timeout();
    this.#awaitingAck = null;
    const wanted = this.#byeAfterAck;
    this.#byeAfterAck = null;
    if (wanted !== null) return this.#bye(wanted);
    if (this.#over) return;
    const media = awaited.offered ? this.#negotiation.take(message.body) : null;
    if (typeof media === "string") this.#hangUp("codecMismatch");
    else if (awaited.initial || media !== null) this.#voice.tell({ kind: "confirmed", media });
  }

  /** No ACK in 64·T1: the session is torn down (RFC 3261 §13.3.1.4). After a BYE this fires too and means nothing. */
  #unacknowledged(): void {
    if (this.#awaitingAck === null) return;
    const wanted = this.#byeAfterAck;
    this.#byeAfterAck = null;
    if (wanted !== null) this.#bye(wanted);
    else this.#hangUp("timeout");
  }

  /** We end it, and the upper half did not ask for that. */
  #hangUp(cause: Cause): void {
    this.#bye(cause);
    if (this.#over) return;
    this.#close();
    this.#voice.tell({ kind: "ended", cause });
  }

  #informed(message: IncomingRequestMessage): number {
    const type = message.getHeader("content-type") ?? "";
    if (message.body === "") return 200;
    if (!isDigitType(type)) return 415;
    const relayed = readRelayedDigit(type, message.body);
    if (relayed !== null && !this.#over) this.#voice.tell({ kind: "digit", ...relayed });
    return 200;
  }

  #reoffered(request: IncomingInviteRequest): void {
    const { body, viaBranch } = request.message;
    if (this.#over) {
      request.reject({ statusCode: 481 });
      return;
    }
    const media = body === "" ? null : this.#negotiation.take(body);
    if (typeof media === "string") {
      request.reject({ statusCode: 488, extraHeaders: [`Warning: 399 offhook "${media}"`] });
      return;
    }
    this.#pending = { request, transaction: transactionOf(viaBranch), offered: media !== null };
    this.#voice.tell({ kind: "reoffered", media });
  }

  #reanswered(body: string): void {
    if (this.#over) return;
    const media = this.#negotiation.take(body);
    if (typeof media === "string") this.#voice.tell({ kind: "reofferRefused", status: 488 });
    else this.#voice.tell({ kind: "reanswered", media });
  }

  #reofferRefused(status: number): void {
    if (this.#over) return;
    // RFC 3261 §14.1: the far end knows the dialog no more, or is silent.
    if (status === 481 || status === 408) this.#hangUp("timeout");
    else this.#voice.tell({ kind: "reofferRefused", status });
  }

  #rejectPending(statusCode: number, reasonPhrase: string): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return;
    attempt(this.#voice.house, "refusal of re-INVITE", () => pending.request.reject({ statusCode, reasonPhrase }));
  }
}
