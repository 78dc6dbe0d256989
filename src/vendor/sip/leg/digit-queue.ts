import type { Session } from "sip.js/lib/core/index.js";
import type { Digit } from "../../../message/name.ts";
import { writeRelayedDigit } from "./digit-relay.ts";
import { attempt, type LegHouse } from "./leg.ts";

const mostWaiting = 64;

/** Digits by INFO, each sent when the one before has been answered: over UDP they could overtake each other. */
export class DigitQueue {
  readonly #session: Session;
  readonly #house: LegHouse;
  #waiting: string[] = [];
  #busy = false;

  constructor(session: Session, house: LegHouse) {
    this.#session = session;
    this.#house = house;
  }

  send(digit: Digit, durationMs: number): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push(writeRelayedDigit(digit, durationMs));
    this.#next();
  }

  close(): void {
    this.#waiting = [];
  }

  #next(): void {
    const content = this.#busy ? undefined : this.#waiting.shift();
    if (content === undefined) return;
    const done = () => {
      this.#busy = false;
      this.#next();
    };
    const body = { contentDisposition: "render", contentType: "application/dtmf-relay", content };
    this.#busy = attempt(this.#house, "INFO", () => {
      this.#session.info({ onAccept: done, onReject: done, onRedirect: done }, { body });
    });
  }
}
