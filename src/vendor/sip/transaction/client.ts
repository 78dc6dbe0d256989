import type { Address } from "../../../message/media.ts";
import { type Milliseconds, ms } from "../../../message/units.ts";
import type { Cancel, Clock } from "../../clock/clock.ts";
import { T1, T2, T4, transactionTimeout } from "./timers.ts";

/** What a client transaction is started with. `branch` and `method` are its key (RFC 3261 §17.1.3). */
export interface ClientRequest<Owner> {
  readonly branch: string;
  readonly method: string;
  readonly text: string;
  readonly destination: Address;
  readonly owner: Owner;
}

export interface ClientTransaction<Owner> extends ClientRequest<Owner> {
  readonly state: "calling" | "proceeding" | "accepted" | "completed";
}

export interface ClientTransactionUser<Owner> {
  send(text: string, destination: Address): void;
  /** No final response in time: Timer B or F, or 64·T1 after a CANCEL (RFC 3261 §9.1). */
  timedOut(transaction: ClientTransaction<Owner>): void;
  /** The transaction is gone; its branch may be forgotten. */
  ended(transaction: ClientTransaction<Owner>): void;
}

interface Entry<Owner> extends ClientRequest<Owner> {
  state: ClientTransaction<Owner>["state"];
  interval: Milliseconds;
  /** The ACK to a non-2xx final, for repeats of that final. */
  acknowledgement: string | null;
  retransmission: Cancel;
  timeout: Cancel;
  watchdog: Cancel;
}

/** What to do with a response: hand it on, or nothing more (a repeat that was dealt with, or nobody's). */
export type Fate = "pass" | "absorbed" | "unknown";

/**
 * Client transactions over UDP (RFC 3261 §17.1, RFC 6026 §7.2): what sip.js leaves out below its own.
 * Timers A and E repeat requests, B and F give up, D and K absorb repeated finals, M lets 2xx through for 32 s.
 *
 *   INVITE:  calling -1xx-> proceeding -2xx-> accepted (M)      other: calling -> proceeding -final-> completed (K)
 *               '------------'--------3xx-6xx-> completed (D)
 */
export class ClientTransactions<Owner> {
  readonly #clock: Clock;
  readonly #user: ClientTransactionUser<Owner>;
  readonly #entries = new Map<string, Entry<Owner>>();
  /** Requests sent again by Timer A or E. */
  repeats = 0;

  constructor(clock: Clock, user: ClientTransactionUser<Owner>) {
    this.#clock = clock;
    this.#user = user;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Requests that still wait for their final response. */
  get unanswered(): number {
    let count = 0;
    for (const { state } of this.#entries.values()) if (state === "calling" || state === "proceeding") count++;
    return count;
  }

  find(branch: string, method: string): ClientTransaction<Owner> | null {
    return this.#entries.get(keyOf(branch, method)) ?? null;
  }

  /** Sends a request and keeps sending it until something is heard. */
  start(request: ClientRequest<Owner>): void {
    const entry: Entry<Owner> = {
      ...request,
      state: "calling",
      interval: T1,
      acknowledgement: null,
      retransmission: nothing,
      timeout: nothing,
      watchdog: nothing,
    };
    this.#entries.set(keyOf(request.branch, request.method), entry);
    entry.timeout = this.#clock.after(transactionTimeout, () => this.#giveUp(entry));
    this.#scheduleRepeat(entry);
    this.#user.send(entry.text, entry.destination);
  }

  /** Sends the ACK to a non-2xx final and keeps it for repeats of that final. */
  acknowledge(branch: string, text: string): void {
    const entry = this.#entries.get(keyOf(branch, "INVITE"));
    if (entry === undefined) return;
    entry.acknowledgement = text;
    this.#user.send(text, entry.destination);
  }

  /** A CANCEL was sent for this INVITE: without a final within 64·T1 it counts as over. */
  cancelled(branch: string): void {
    const entry = this.#entries.get(keyOf(branch, "INVITE"));
    if (entry === undefined || entry.state === "accepted" || entry.state === "completed") return;
    entry.watchdog();
    entry.watchdog = this.#clock.after(transactionTimeout, () => this.#giveUp(entry));
  }

  /** A response came: by its top Via's branch, its CSeq method and its status. */
  receive(branch: string, method: string, status: number): Fate {
    const entry = this.#entries.get(keyOf(branch, method));
    if (entry === undefined) return "unknown";
    if (entry.state === "completed") {
      if (entry.acknowledgement !== null && status >= 300) this.#user.send(entry.acknowledgement, entry.destination);
      return "absorbed";
    }
    if (entry.state === "accepted") return status >= 200 && status < 300 ? "pass" : "absorbed";
    if (status < 200) this.#proceed(entry);
    else this.#finish(entry, status);
    return "pass";
  }

  close(): void {
    for (const entry of this.#entries.values()) stopTimers(entry);
    this.#entries.clear();
  }

  #proceed(entry: Entry<Owner>): void {
    entry.state = "proceeding";
    if (entry.method !== "INVITE") return;
    // RFC 3261 §17.1.1.2: a provisional stops A and B; how long it may ring is the caller's business.
    entry.retransmission();
    entry.timeout();
  }

  #finish(entry: Entry<Owner>, status: number): void {
    stopTimers(entry);
    const invite = entry.method === "INVITE";
    entry.state = invite && status < 300 ? "accepted" : "completed";
    entry.timeout = this.#clock.after(invite ? transactionTimeout : T4, () => this.#remove(entry));
  }

  #scheduleRepeat(entry: Entry<Owner>): void {
    entry.retransmission = this.#clock.after(entry.interval, () => {
      this.repeats++;
      this.#user.send(entry.text, entry.destination);
      entry.interval = nextInterval(entry);
      this.#scheduleRepeat(entry);
    });
  }

  #giveUp(entry: Entry<Owner>): void {
    stopTimers(entry);
    this.#user.timedOut(entry);
    this.#remove(entry);
  }

  #remove(entry: Entry<Owner>): void {
    stopTimers(entry);
    this.#entries.delete(keyOf(entry.branch, entry.method));
    this.#user.ended(entry);
  }
}

function nothing(): void {}

function keyOf(branch: string, method: string): string {
  return `${branch} ${method}`;
}

/** Timer A doubles without bound, Timer E up to T2 and stays at T2 once a provisional came (RFC 3261 §17.1.2.2). */
function nextInterval(entry: {
  readonly method: string;
  readonly state: string;
  readonly interval: number;
}): Milliseconds {
  const doubled = entry.interval * 2;
  if (entry.method === "INVITE") return ms(doubled);
  return entry.state === "proceeding" ? T2 : ms(Math.min(doubled, T2));
}

function stopTimers(entry: { retransmission: Cancel; timeout: Cancel; watchdog: Cancel }): void {
  entry.retransmission();
  entry.timeout();
  entry.watchdog();
}
