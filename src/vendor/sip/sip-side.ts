import { randomBytes } from "node:crypto";
import type { IncomingInviteRequest } from "sip.js/lib/core/index.js";
import type { Post } from "../../message/event.ts";
import type { Address } from "../../message/media.ts";
import type { SipCommand, SipLeg } from "../../message/sip.ts";
import { seconds } from "../../message/units.ts";
import type { Clock } from "../clock/clock.ts";
import { accountFor } from "./account-choice.ts";
import { ClientSide } from "./hub/client-side.ts";
import { Resolver } from "./hub/next-hop.ts";
import { ServerSide } from "./hub/server-side.ts";
import type { Flow } from "./hub/socket.ts";
import { callerOf, dialledNumber } from "./leg/identity.ts";
import { IncomingLeg } from "./leg/incoming-leg.ts";
import { attempt, type Leg, type LegHouse, voiceOf } from "./leg/leg.ts";
import { OutgoingLeg } from "./leg/outgoing-leg.ts";
import { type AccountCore, createAccountCore } from "./library/account-core.ts";
import { grammarFigures } from "./library/fast-grammar.ts";
import type { PluginCodec, SipOptions } from "./options.ts";
import { Registration } from "./registration.ts";
import { OfferAnswer } from "./sdp/offer-answer.ts";
import type { MediaPort, SipFigures, SipTap, SipVendor } from "./sip.ts";
import { FloodGuard } from "./wire/flood.ts";
import { gate } from "./wire/gate.ts";
import { header } from "./wire/message.ts";
import { type Reading, readMessage } from "./wire/read-message.ts";

export interface SipHouse {
  readonly post: Post;
  readonly clock: Clock;
  readonly mediaPort: MediaPort;
  readonly report: (peer: string, problem: string) => void;
  readonly random: () => number;
  readonly tap?: SipTap | null;
}

const farewell = seconds(2);

/**
 * Wires the parts together:
 *
 *   Flow -> FloodGuard -> gate -> ServerSide, ClientSide -> AccountCore (sip.js) -> legs -> events
 *   commands -> legs -> AccountCore (sip.js) -> ServerSide, ClientSide -> Flow
 */
export class SipSide implements SipVendor {
  readonly #house: SipHouse;
  readonly #legHouse: LegHouse;
  readonly #codecs: readonly PluginCodec[];
  readonly #frameMs: number;
  readonly #flow: Flow;
  readonly #flood: FloodGuard;
  readonly #resolver: Resolver;
  readonly #client: ClientSide;
  readonly #server: ServerSide;
  readonly #accounts: readonly AccountCore[];
  readonly #registrations: readonly Registration[];
  readonly #legs = new Map<SipLeg, Leg>();
  readonly #count = { received: 0, sent: 0, malformed: 0, flooded: 0 };
  #invitations = 0;
  #closing: (() => void) | null = null;
  #closed: Promise<void> | null = null;
  #leaving: readonly Leg[] = [];

  constructor(options: SipOptions, flow: Flow, house: SipHouse) {
    this.#house = house;
    this.#codecs = options.codecs ?? [];
    this.#frameMs = options.frameMs ?? 20;
    this.#flow = flow;
    this.#flood = new FloodGuard(house.clock.now());
    this.#resolver = new Resolver(() => house.clock.now());
    const output = { send: (text: string, to: Address) => this.#send(text, to), report: house.report };
    this.#client = new ClientSide(flow.local, house.clock, this.#resolver, output);
    this.#server = new ServerSide(house.clock, randomBytes(8).toString("hex"), this.#serverUser(), output);
    const mediaAddress = options.mediaAddress ?? flow.local.address;
    this.#legHouse = { ...house, mediaAddress };
    const core = { send: this.#fromCore.bind(this), invited: this.#invited.bind(this) };
    this.#accounts = options.accounts.map((account) =>
      createAccountCore({ account, address: flow.local, userAgent: options.userAgent }, core),
    );
    this.#registrations = this.#accounts
      .filter(({ account }) => account.mode === "register")
      .map((account) => new Registration(account, house));
    flow.listen((datagram, source) => this.#datagram(datagram, source));
    for (const registration of this.#registrations) registration.start();
  }

  perform(command: SipCommand): void {
    attempt(this.#house, command.kind, () => {
      if (command.kind === "invite") this.#invite(command);
      else this.#legs.get(command.leg)?.perform(command);
    });
    if (command.kind === "release") this.#legs.delete(command.leg);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#leaving = [...this.#legs.values()];
    for (const leg of this.#leaving)
      leg.perform({ world: "sip", line: "line:", leg: leg.name, kind: "release", cause: "normal" });
    this.#legs.clear();
    const unregistered = Promise.all(this.#registrations.map((registration) => registration.stop()));
    const quiet = new Promise<void>((resolve) => {
      this.#closing = resolve;
      this.#checkQuiet();
    });
    await new Promise<void>((resolve) => {
      const limit = this.#house.clock.after(farewell, resolve);
      Promise.all([unregistered, quiet]).then(() => {
        limit();
        resolve();
      }, resolve);
    });
    for (const { core } of this.#accounts) core.dispose();
    this.#client.close();
    this.#server.close();
    await this.#flow.close();
  }

  figures(): SipFigures {
    return {
      ...this.#count,
      legs: this.#legs.size,
      clientTransactions: this.#client.transactions.size,
      serverTransactions: this.#server.transactions.size,
      requestRepeats: this.#client.transactions.repeats,
      responseRepeats: this.#server.transactions.repeats,
      fastParses: grammarFigures.fast,
      slowParses: grammarFigures.slow,
    };
  }

  #serverUser() {
    return {
      accountFor: (request: Parameters<typeof accountFor>[0], source: Address) =>
        accountFor(request, source, this.#accounts, (host) => this.#resolver.addressOf(host)),
      accounts: () => this.#accounts,
      cancelled: (transaction: number) => {
        for (const leg of this.#legs.values()) if (leg.cancelled(transaction)) return;
      },
    };
  }

  #send(text: string, destination: Address): void {
    this.#count.sent++;
    this.#house.tap?.(Buffer.from(text), this.#flow.local, destination);
    this.#flow.send(text, destination);
  }

  #datagram(datagram: Uint8Array, source: Address): void {
    this.#count.received++;
    if (!this.#flood.admit(source.address, this.#house.clock.now())) {
      this.#count.flooded++;
      this.#house.report(source.address, "too many messages a second");
      return;
    }
    // Nothing a stranger sends may stop the house: what throws all the same is reported as our fault, not his.
    attempt(this.#house, "datagram", () => {
      const reading = gate(datagram);
      if (reading.kind !== "nothing") this.#house.tap?.(datagram, source, this.#flow.local);
      this.#message(reading, source);
    });
    this.#checkQuiet();
  }

  #message(reading: Reading, source: Address): void {
    if (reading.kind === "nothing") return;
    if (reading.kind === "fault") {
      this.#count.malformed++;
      this.#house.report(`${source.address}:${source.port}`, reading.problem);
      if (reading.message?.kind === "request")
        this.#server.refuse(reading.message, source, reading.status, reading.problem);
    } else if (reading.message.kind === "request") this.#server.request(reading.message, source);
    else this.#client.response(reading.message, source);
  }

  /** What sip.js writes is read by the same reader as what comes from outside. */
  #fromCore(from: AccountCore, text: string): void {
    const reading = readMessage(Buffer.from(text));
    if (reading.kind !== "message") this.#house.report("sip.js", "wrote a message that cannot be read");
    else if (reading.message.kind === "request") this.#client.request(from, reading.message);
    else this.#server.response(reading.message);
  }

  #invited(to: AccountCore, request: IncomingInviteRequest): void {
    const found = this.#server.received(request.message.viaBranch);
    if (found === null) return;
    const { received, id } = found;
    const body = request.message.body;
    const negotiation = this.#negotiation();
    const media = body === "" ? null : negotiation.take(body);
    if (typeof media === "string") {
      this.#house.report(`${received.source.address}:${received.source.port}`, media);
      request.reject({ statusCode: 488, extraHeaders: [`Warning: 399 offhook "${media}"`] });
      return;
    }
    const leg: SipLeg = `sip:in-${++this.#invitations}`;
    const voice = voiceOf(this.#legHouse, to.account.line, leg, to.contact);
    this.#legs.set(
      leg,
      new IncomingLeg(leg, { request, transaction: id, offered: media !== null }, negotiation, voice),
    );
    const trusted = received.source.address === this.#resolver.addressOf(to.account.server.host);
    voice.tell({
      kind: "invited",
      from: callerOf(received.request, trusted && to.account.mode === "register"),
      dialled: dialledNumber(received.request, to.token),
      callId: header(received.request, "call-id") ?? "",
      media,
    });
  }

  #invite(command: Extract<SipCommand, { readonly kind: "invite" }>): void {
    const { clock, post } = this.#house;
    const { leg, line } = command;
    const account = this.#accounts.find((known) => known.account.line === line);
    if (this.#legs.has(leg)) return;
    if (account === undefined) {
      post({ world: "sip", at: clock.now(), line, kind: "refused", leg, status: 503, reason: "No such line" });
      return;
    }
    const voice = voiceOf(this.#legHouse, line, leg, account.contact);
    this.#legs.set(leg, new OutgoingLeg(command, account, this.#negotiation(), voice));
  }

  #negotiation(): OfferAnswer {
    return new OfferAnswer(this.#legHouse.mediaAddress, this.#house.mediaPort, this.#codecs, this.#frameMs);
  }

  #checkQuiet(): void {
    if (this.#closing === null || this.#client.transactions.unanswered > 0) return;
    if (!this.#leaving.some((leg) => leg.leaving)) this.#closing();
  }
}
