import { randomBytes } from "node:crypto";
import { type IncomingResponse, NameAddrHeader, type OutgoingRequestMessage } from "sip.js/lib/core/index.js";
import type { SipEvent } from "../../message/sip.ts";
import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../clock/clock.ts";
import { hiddenUri } from "./hub/hidden-uri.ts";
import { sipUri } from "./leg/identity.ts";
import type { AccountCore } from "./library/account-core.ts";

export interface RegistrationHouse {
  readonly clock: Clock;
  /** 0 <= x < 1, spreads retries so that a street of gateways does not come back at once. */
  readonly random: () => number;
  post(event: SipEvent): void;
}

/** Waits after the nth failure in a row, doubling (RFC 5626 §4.5, with times for one house instead of a fleet). */
const firstWaitMs = 4_000;
const longestWaitMs = 300_000;
/** Wrong credentials do not mend by asking again soon; servers lock out who tries. */
const barredWaitMs = 60_000;

/**
 * Keeps one account registered: REGISTER, refresh before it expires, back-off after a failure, 423 with the longer
 * time asked for (RFC 3261 §10.2). One REGISTER is under way at a time. sip.js's own Registerer is not used: it
 * storms or locks up on common answers (sipjs.md §1.4).
 */
export class Registration {
  readonly #account: AccountCore;
  readonly #house: RegistrationHouse;
  readonly #callId = randomBytes(12).toString("hex");
  readonly #fromTag = randomBytes(8).toString("hex");
  #state: "idle" | "registered" | "failed" | "stopped" = "idle";
  #expires: number;
  #sequence = 0;
  #failures = 0;
  #pending = false;
  #granted = 0;
  #timer: Cancel = () => {};
  #whenDone: (() => void) | null = null;

  constructor(account: AccountCore, house: RegistrationHouse) {
    this.#account = account;
    this.#house = house;
    this.#expires = account.account.expiresSeconds;
  }

  start(): void {
    this.#register(this.#expires);
  }

  /** Takes the binding back; resolves when the registrar has answered. The caller sets the limit. */
  stop(): Promise<void> {
    const bound = this.#state === "registered" || this.#pending;
    this.#state = "stopped";
    this.#timer();
    if (!bound) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenDone = resolve;
      if (!this.#pending) this.#register(0);
    });
  }

  #register(expires: number): void {
    const { account, core, contact } = this.#account;
    const self = hiddenUri(sipUri(account.user, account.domain, null));
    const message = core.makeOutgoingRequestMessage(
      "REGISTER",
      hiddenUri(`sip:${account.domain}`),
      self,
      self,
      { callId: this.#callId, fromTag: this.#fromTag, cseq: ++this.#sequence, fromDisplayName: "" },
      [`Contact: <${contact}>;expires=${expires}`],
    );
    this.#pending = true;
    core.register(message, {
      onAccept: (response) => this.#finished(message, () => this.#accepted(response, expires)),
      onRedirect: (response) => this.#finished(message, () => this.#rejected(response)),
      onReject: (response) => this.#finished(message, () => this.#rejected(response)),
    });
  }

  #finished(message: OutgoingRequestMessage, next: () => void): void {
    this.#pending = false;
    // A challenge has counted it up.
    this.#sequence = Math.max(this.#sequence, message.cseq);
    if (this.#state !== "stopped") next();
    else if (this.#granted >= 0 && message.extraHeaders.some((line) => !line.endsWith("expires=0"))) {
      // The answer to an earlier REGISTER came after stop(): only now may it be taken back.
      this.#granted = -1;
      this.#register(0);
    } else {
      this.#post({ kind: "unregistered" });
      this.#whenDone?.();
    }
  }

  #accepted({ message }: IncomingResponse, asked: number): void {
    const contact: unknown = message.parseHeader("contact");
    const expires = contact instanceof NameAddrHeader ? Number(contact.getParam("expires")) : asked;
    if (!(expires > 0)) {
      this.#fail(500, "registrar granted no time", firstWaitMs);
      return;
    }
    this.#failures = 0;
    if (this.#state !== "registered" || this.#granted !== expires)
      this.#post({ kind: "registered", server: this.#server(), expiresSeconds: expires });
    this.#state = "registered";
    this.#granted = expires;
    this.#later(expires * 1000 * (0.75 + 0.1 * this.#house.random()), this.#expires);
  }

  #rejected({ message }: IncomingResponse): void {
    const status = message.statusCode ?? 500;
    const minimum = Number(message.getHeader("min-expires"));
    // RFC 3261 §10.2.8; a registrar that asks for less than we offered is going round in circles.
    if (status === 423 && minimum > this.#expires && minimum < 1_000_000) {
      this.#expires = minimum;
      this.#register(minimum);
      return;
    }
    const retryAfter = Number.parseInt(message.getHeader("retry-after") ?? "", 10);
    const barred = status === 401 || status === 403 || status === 404 || status === 407;
    this.#fail(
      status,
      message.reasonPhrase ?? "",
      retryAfter > 0 ? retryAfter * 1000 : barred ? barredWaitMs : firstWaitMs,
    );
  }

  #fail(status: number, reason: string, firstWait: number): void {
    this.#state = "failed";
    this.#post({ kind: "registrationFailed", server: this.#server(), status, reason });
    const wait = Math.min(Math.max(longestWaitMs, firstWait), firstWait * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#later(wait * (0.5 + 0.5 * this.#house.random()), this.#expires);
  }

  #later(delayMs: number, expires: number): void {
    this.#timer();
    this.#timer = this.#house.clock.after(ms(Math.min(delayMs, 2 ** 31 - 1)), () => this.#register(expires));
  }

  #server(): string {
    const { host, port } = this.#account.account.server;
    return `${host}:${port}`;
  }

  #post(event: RegistrationEvent): void {
    const { clock, post } = this.#house;
    const line = this.#account.account.line;
    post({ ...event, world: "sip", at: clock.now(), line } as SipEvent); // the parts left out of RegistrationEvent
  }
}

type RegistrationEvent =
  | { readonly kind: "registered"; readonly server: string; readonly expiresSeconds: number }
  | { readonly kind: "registrationFailed"; readonly server: string; readonly status: number; readonly reason: string }
  | { readonly kind: "unregistered" };
