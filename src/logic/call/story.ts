import type { Cause } from "../../message/cause.ts";
import type { CallId, Identity, PartyName } from "../../message/name.ts";
import type { CallRecord } from "../../message/record.ts";
import { type Instant, ms } from "../../message/units.ts";
import type { Desk } from "../desk.ts";

/** What will stand in the call log: who, whom, when, and how it ended. Complete from the first moment (G48). */
export class CallStory {
  readonly call: CallId;
  readonly from: Identity;
  readonly fromParty: PartyName;
  readonly startedAt: Instant;
  readonly #desk: Desk;
  #to: Identity = { number: null, name: null };
  #direction: CallRecord["direction"];
  #announced = false;
  #answeredBy: PartyName | null = null;
  #answeredAt: Instant | null = null;

  constructor(desk: Desk, call: CallId, from: Identity, fromParty: PartyName) {
    this.#desk = desk;
    this.call = call;
    this.from = from;
    this.fromParty = fromParty;
    this.startedAt = desk.now;
    this.#direction = fromParty.startsWith("line:") ? "incoming" : "internal";
  }

  get to(): Identity {
    return this.#to;
  }

  get incoming(): boolean {
    return this.#direction === "incoming";
  }

  /** Somebody was really called; without that nothing is logged. */
  get announced(): boolean {
    return this.#announced;
  }

  get answeredAt(): Instant | null {
    return this.#answeredAt;
  }

  /** The number is known, and what kind of call it is. */
  begins(to: Identity, outgoing: boolean): void {
    this.#announced = true;
    if (outgoing && !this.incoming) this.#direction = "outgoing";
    this.#to = to;
    const { call, from, fromParty } = this;
    this.#desk.tell({ kind: "callStarted", call, from, fromParty, to: to.number ?? "" });
  }

  answered(party: PartyName): void {
    this.#answeredAt = this.#desk.now;
    this.#answeredBy = party;
    this.#desk.tell({ kind: "callAnswered", call: this.call, party });
  }

  ends(cause: Cause): Omit<CallRecord, "id"> {
    const answeredAt = this.#answeredAt;
    const unanswered = this.#direction === "outgoing" ? "failed" : "missed";
    return {
      call: this.call,
      direction: this.#direction,
      result: answeredAt === null ? unanswered : "answered",
      from: this.from,
      to: this.#to,
      fromParty: this.fromParty,
      answeredBy: this.#answeredBy,
      startedAt: this.startedAt,
      answeredAt,
      durationMs: ms(answeredAt === null ? 0 : this.#desk.now - answeredAt),
      cause,
      quality: [],
    };
  }
}
