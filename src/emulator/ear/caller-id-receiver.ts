import type { CallerIdStandard } from "../../message/country.ts";
import { type Frame, isSilent } from "../sound/frame.ts";
import { type CallerIdMessage, MDMF_CALL, readCallerId, SDMF_CALL } from "./caller-id.ts";
import { FskReceiver } from "./fsk.ts";

/** Marks before a message: EN 300 659-1 sends 80, GR-30 180; half of the fewer is enough to trust what follows. */
const MARKS = 40;

/** Listens for a caller ID message in the sound on the line. */
export class CallerIdReceiver {
  readonly #fsk: FskReceiver;
  readonly #onMessage: (message: CallerIdMessage) => void;
  #octets: number[] = [];
  #broken = 0;

  constructor(standard: CallerIdStandard, onMessage: (message: CallerIdMessage) => void) {
    this.#onMessage = onMessage;
    this.#fsk = new FskReceiver(standard, {
      octet: (value, marks) => this.#octet(value, marks),
      lost: () => this.#lost(),
    });
  }

  /** Messages whose checksum or shape was wrong, or that were cut short. */
  get broken(): number {
    return this.#broken;
  }

  hear(frame: Frame): void {
    // Most of the time nothing sounds on an idle line.
    if (this.#fsk.idle && isSilent(frame)) return;
    this.#fsk.hear(frame);
  }

  #octet(value: number, marks: number): void {
    if (this.#octets.length === 0 && (marks < MARKS || (value !== MDMF_CALL && value !== SDMF_CALL))) return;
    this.#octets.push(value);
    const length = this.#octets[1];
    if (length === undefined || this.#octets.length < length + 3) return;
    const message = readCallerId(Uint8Array.from(this.#octets));
    this.#octets = [];
    if (message === null) this.#broken++;
    else this.#onMessage(message);
  }

  #lost(): void {
    if (this.#octets.length > 0) this.#broken++;
    this.#octets = [];
  }
}
