import type { Address } from "../../../message/media.ts";
import { type Milliseconds, ms } from "../../../message/units.ts";
import type { Cancel, Clock } from "../../clock/clock.ts";
import { T1, T2, T4, transactionTimeout } from "./timers.ts";

export interface ServerRequest<Owner> {
  /** Branch, sent-by and method of the request (ACK counts as INVITE): RFC 3261 §17.2.3. */
  readonly key: string;
  readonly method: string;
  /** Call-ID, From tag and CSeq: equal for copies that came by different ways (§8.2.2.2). */
  readonly mergeKey: string;
  /** Where responses go (§18.2.2, RFC 3581). */
  readonly destination: Address;
  readonly owner: Owner;
}

export interface ServerTransaction<Owner> extends ServerRequest<Owner> {
  /** Counted; names the transaction in the branch that sip.js sees. */
  readonly id: number;
  readonly state: "proceeding" | "accepted" | "completed" | "confirmed";
}

export interface ServerTransactionUser<Owner> {
  send(text: string, destination: Address): void;
  ended(transaction: ServerTransaction<Owner>): void;
}

interface Entry<Owner> extends ServerRequest<Owner> {
  readonly id: number;
  state: ServerTransaction<Owner>["state"];
  last: string | null;
  interval: Milliseconds;
  retransmission: Cancel;
  timeout: Cancel;
}

export type Arrival<Owner> =
  | { readonly kind: "fresh"; readonly transaction: ServerTransaction<Owner> }
  | { readonly kind: "merged" }
  | { readonly kind: "full" };

/** As many as a few hundred calls a second leave behind for 32 s; more is a flood. */
const mostTransactions = 16384;

/**
 * Server transactions over UDP (RFC 3261 §17.2, RFC 6026 §7.1): repeated requests are answered from the cache and
 * never reach sip.js, Timer G repeats a non-2xx final to an INVITE until its ACK. 2xx are repeated by sip.js.
 *
 *   INVITE: proceeding -3xx-6xx-> completed (G, H) -ACK-> confirmed (I)       other: proceeding -final-> completed (J)
 *               '------2xx-> accepted (L)
 */
export class ServerTransactions<Owner> {
  readonly #clock: Clock;
  readonly #user: ServerTransactionUser<Owner>;
  readonly #byKey = new Map<string, Entry<Owner>>();
  readonly #byId = new Map<number, Entry<Owner>>();
  readonly #merge = new Map<string, Entry<Owner>>();
  #count = 0;
  /** Responses sent again, by Timer G or for a repeated request. */
  repeats = 0;

  constructor(clock: Clock, user: ServerTransactionUser<Owner>) {
    this.#clock = clock;
    this.#user = user;
  }

  get size(): number {
    return this.#byKey.size;
  }

  find(key: string): ServerTransaction<Owner> | null {
    return this.#byKey.get(key) ?? null;
  }

  byId(id: number): ServerTransaction<Owner> | null {
    return this.#byId.get(id) ?? null;
  }

  /** True when a request with this key is known; it has then been answered again from the cache. */
  repeated(key: string): boolean {
    const known = this.#byKey.get(key);
    if (known === undefined) return false;
    if (known.state !== "accepted" && known.state !== "confirmed") this.#repeat(known);
    return true;
  }

  /** Takes a request other than ACK that is not a repeat. */
  receive(request: ServerRequest<Owner>): Arrival<Owner> {
    if (this.#merge.has(request.mergeKey)) return { kind: "merged" };
    if (this.#byKey.size >= mostTransactions) return { kind: "full" };
    const entry: Entry<Owner> = {
      ...request,
      id: ++this.#count,
      state: "proceeding",
      last: null,
      interval: T1,
      retransmission: nothing,
      timeout: nothing,
    };
    this.#byKey.set(entry.key, entry);
    this.#byId.set(entry.id, entry);
    this.#merge.set(entry.mergeKey, entry);
    // An INVITE may ring for long; anything else has been answered by then or never will be.
    if (entry.method !== "INVITE") entry.timeout = this.#clock.after(transactionTimeout, () => this.#remove(entry));
    return { kind: "fresh", transaction: entry };
  }

  /** Sends a response and, when final, keeps it for as long as the request may come again. */
  respond(id: number, status: number, text: string): void {
    const entry = this.#byId.get(id);
    if (entry === undefined || entry.state === "confirmed" || entry.state === "completed") return;
    this.#user.send(text, entry.destination);
    entry.last = text;
    if (status < 200 || entry.state === "accepted") return;
    entry.state = entry.method === "INVITE" && status < 300 ? "accepted" : "completed";
    entry.timeout();
    entry.timeout = this.#clock.after(transactionTimeout, () => this.#remove(entry));
    if (entry.method === "INVITE" && entry.state === "completed") this.#scheduleRepeat(entry);
  }

  /** An ACK came: true when it belongs to a non-2xx final of ours and has done its work. */
  acknowledge(key: string): boolean {
    const entry = this.#byKey.get(key);
    if (entry === undefined || entry.state === "accepted" || entry.state === "proceeding") return false;
    if (entry.state === "confirmed") return true;
    stopTimers(entry);
    entry.state = "confirmed";
    entry.timeout = this.#clock.after(T4, () => this.#remove(entry));
    return true;
  }

  close(): void {
    for (const entry of this.#byKey.values()) stopTimers(entry);
    this.#byKey.clear();
    this.#byId.clear();
    this.#merge.clear();
  }

  #repeat(entry: Entry<Owner>): void {
    if (entry.last === null) return;
    this.repeats++;
    this.#user.send(entry.last, entry.destination);
  }

  #scheduleRepeat(entry: Entry<Owner>): void {
    entry.retransmission = this.#clock.after(entry.interval, () => {
      this.#repeat(entry);
      entry.interval = ms(Math.min(entry.interval * 2, T2));
      this.#scheduleRepeat(entry);
    });
  }

  #remove(entry: Entry<Owner>): void {
    stopTimers(entry);
    this.#byKey.delete(entry.key);
    this.#byId.delete(entry.id);
    this.#merge.delete(entry.mergeKey);
    this.#user.ended(entry);
  }
}

function nothing(): void {}

function stopTimers(entry: { retransmission: Cancel; timeout: Cancel }): void {
  entry.retransmission();
  entry.timeout();
}
