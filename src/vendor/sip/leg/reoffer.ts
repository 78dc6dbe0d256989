import type { Session } from "sip.js/lib/core/index.js";
import type { LocalMedia } from "../../../message/media.ts";
import { ms } from "../../../message/units.ts";
import type { Cancel } from "../../clock/clock.ts";
import type { OfferAnswer } from "../sdp/offer-answer.ts";
import { attempt, type LegVoice, sdpBody } from "./leg.ts";

/** How often an offer that met glare is made again. */
const MOST_TRIES = 3;

/** What becomes of our offers. */
export interface ReofferEnd {
  readonly answered: (body: string) => void;
  readonly refused: (status: number) => void;
}

/**
 * Our re-INVITEs, one at a time (RFC 3261 §14.1). What is wanted meanwhile waits for the one that is out, and the
 * newest wish wins: a hold and a resume close together end in the resume.
 */
export class Reoffers {
  readonly #session: Session;
  readonly #negotiation: OfferAnswer;
  readonly #voice: LegVoice;
  /** We own the Call-ID, so after glare we wait longer. */
  readonly #caller: boolean;
  readonly #end: ReofferEnd;
  #wanted: LocalMedia | null = null;
  #outstanding = false;
  #triesLeft = 0;
  #retry: Cancel | null = null;
  #closed = false;

  constructor(session: Session, negotiation: OfferAnswer, voice: LegVoice, caller: boolean, end: ReofferEnd) {
    this.#session = session;
    this.#negotiation = negotiation;
    this.#voice = voice;
    this.#caller = caller;
    this.#end = end;
  }

  ask(media: LocalMedia): void {
    this.#wanted = media;
    this.#triesLeft = MOST_TRIES;
    if (!this.#outstanding && this.#retry === null) this.#send();
  }

  close(): void {
    this.#retry?.();
    this.#retry = null;
    this.#wanted = null;
    this.#outstanding = true;
    this.#closed = true;
  }

  #send(): void {
    const media = this.#wanted;
    if (media === null) return;
    this.#wanted = null;
    this.#outstanding = true;
    const body = sdpBody(this.#negotiation.offer(media));
    const sent = attempt(this.#voice.house, "re-INVITE", () => {
      this.#session.invite(
        {
          onAccept: ({ message, ack }) => {
            ack();
            this.#over(() => this.#end.answered(message.body));
          },
          onRedirect: ({ message }) => this.#over(() => this.#end.refused(message.statusCode ?? 300)),
          onReject: ({ message }) => this.#rejected(message.statusCode ?? 500, media),
        },
        { body, extraHeaders: [`Contact: <${this.#voice.contact}>`] },
      );
    });
    // The far end's own re-INVITE is in progress: glare, seen before it was on the wire.
    if (!sent) this.#rejected(491, media);
  }

  #rejected(status: number, media: LocalMedia): void {
    // The call is over: nothing is asked for any more.
    if (this.#closed) return;
    if (status !== 491 || this.#triesLeft <= 0) return this.#over(() => this.#end.refused(status));
    this.#outstanding = false;
    this.#triesLeft -= 1;
    this.#wanted ??= media;
    const { clock, random } = this.#voice.house;
    const delay = this.#caller ? 2100 + random() * 1900 : random() * 2000;
    this.#retry = clock.after(ms(delay), () => {
      this.#retry = null;
      this.#send();
    });
  }

  /** One is done: tells how, and makes the offer that was wished for meanwhile. */
  #over(tell: () => void): void {
    if (this.#closed) return;
    this.#outstanding = false;
    tell();
    if (!this.#outstanding) this.#send();
  }
}
