import { randomBytes } from "node:crypto";
import type { Address } from "../../../message/media.ts";
import type { Clock } from "../../clock/clock.ts";
import { type AccountCore, hostOf } from "../library/account-core.ts";
import { type ClientTransaction, ClientTransactions } from "../transaction/client.ts";
import { cseq, header, headers, type SipRequest, type SipResponse, withHeader, writeMessage } from "../wire/message.ts";
import { readNameAddr, readUri, splitOutside } from "../wire/name-addr.ts";
import { readVia } from "../wire/via.ts";
import { reveal } from "./hidden-uri.ts";
import type { Resolver } from "./next-hop.ts";
import { canonical, normaliseResponse } from "./normaliser.ts";
import { allowed } from "./stateless.ts";

/** Where the hub sends and what it tells its owner. */
export interface HubOutput {
  send(text: string, destination: Address): void;
  /** `peer` as `address:port`; `problem` in words. */
  report(peer: string, problem: string): void;
}

interface Sent {
  readonly from: AccountCore;
  readonly coreBranch: string;
  readonly request: SipRequest;
}

/**
 * Our requests, from sip.js to the wire, and their responses back. sip.js's branch (seven digits, not random) is
 * exchanged for one of our own, hidden URIs are put back, the next hop is found (RFC 3261 §8.1.2, §12.2.1.1).
 */
export class ClientSide {
  readonly #transactions: ClientTransactions<Sent>;
  readonly #branches = new Map<string, string>();
  readonly #local: Address;
  readonly #resolver: Resolver;
  readonly #output: HubOutput;
  #injecting = false;
  #closed = false;

  constructor(local: Address, clock: Clock, resolver: Resolver, output: HubOutput) {
    this.#local = local;
    this.#resolver = resolver;
    this.#output = output;
    this.#transactions = new ClientTransactions(clock, {
      send: output.send,
      timedOut: (transaction) => this.#inject(transaction, timeoutOf(transaction)),
      ended: ({ owner }) => this.#branches.delete(branchKey(owner.from, owner.coreBranch)),
    });
  }

  get transactions(): { readonly size: number; readonly repeats: number; readonly unanswered: number } {
    return this.#transactions;
  }

  close(): void {
    this.#closed = true;
    this.#transactions.close();
    this.#branches.clear();
  }

  /** sip.js sends a request. */
  request(from: AccountCore, message: SipRequest): void {
    const coreBranch = branchOf(message);
    const known = this.#branches.get(branchKey(from, coreBranch));
    const invite = known === undefined ? null : this.#transactions.find(known, "INVITE");
    if (message.method === "ACK" && this.#injecting) return;
    if (message.method === "ACK" && invite?.state === "completed") {
      this.#transactions.acknowledge(invite.branch, writeMessage(this.#outward(message, invite.branch)));
      return;
    }
    const branch =
      message.method === "CANCEL" && known !== undefined ? known : `z9hG4bK${randomBytes(12).toString("hex")}`;
    const outward = this.#outward(message, branch);
    if (message.method === "CANCEL" && invite !== null) {
      this.#start({ from, coreBranch, request: outward }, branch, invite.destination);
      this.#transactions.cancelled(branch);
      return;
    }
    if (message.method !== "ACK") this.#branches.set(branchKey(from, coreBranch), branch);
    const hop = nextHop(from, outward);
    this.#resolver.resolve(hop.host, hop.port, (destination) => {
      // A name may be found when there is no socket any more.
      if (this.#closed) return;
      const sent = { from, coreBranch, request: outward };
      if (destination === null || this.#isOurselves(destination)) this.#undeliverable(sent, hop.host);
      else if (message.method === "ACK") this.#output.send(writeMessage(outward), destination);
      else this.#start(sent, branch, destination);
    });
  }

  /** A response came from the network; it has passed the gate. */
  response(message: SipResponse, source: Address): void {
    const branch = branchOf(message);
    const transaction = this.#transactions.find(branch, cseq(message).method);
    if (transaction === null) return;
    if (this.#transactions.receive(branch, transaction.method, message.status) === "pass")
      this.#deliver(transaction.owner, message, source.address);
  }

  #start(sent: Sent, branch: string, destination: Address): void {
    const { request } = sent;
    this.#transactions.start({ branch, method: request.method, text: writeMessage(request), destination, owner: sent });
  }

  /** Our own socket is no next hop: the request would come back as a stranger's. */
  #isOurselves(destination: Address): boolean {
    return destination.address === this.#local.address && destination.port === this.#local.port;
  }

  #undeliverable(sent: Sent, host: string): void {
    this.#output.report(sent.from.account.line, `no way to send ${sent.request.method} to ${JSON.stringify(host)}`);
    const transaction = { owner: sent, method: sent.request.method };
    if (sent.request.method === "ACK") return;
    // In its own turn: sip.js has not yet got its transaction into its tables while it is sending.
    queueMicrotask(() => this.#inject(transaction, [503, "Service Unavailable"]));
  }

  /** Ends a transaction of sip.js's with a response nobody sent. */
  #inject({ owner }: { readonly owner: Sent }, [status, reason]: readonly [number, string]): void {
    const kept = ["via", "from", "to", "call-id", "cseq"];
    const headers = owner.request.headers.filter(({ key }) => kept.includes(key));
    this.#injecting = true;
    try {
      this.#deliver(owner, { kind: "response", status, reason, headers, body: "" }, "");
    } finally {
      this.#injecting = false;
    }
  }

  #deliver({ from, coreBranch, request }: Sent, response: SipResponse, source: string): void {
    const { token, contact, account } = from;
    const trusted = source !== "" && source === this.#resolver.addressOf(account.server.host);
    const normal = normaliseResponse(response, { request, token, contact, trusted });
    const reason = normal.reason.replace(/[^A-Za-z0-9 ]/g, " ");
    try {
      if (!from.receive(writeMessage({ ...canonical(normal, coreBranch), reason })))
        this.#output.report(source, `response ${response.status} could not be read`);
    } catch (error) {
      this.#output.report(source, `response ${response.status} was refused: ${String(error)}`);
    }
  }

  #outward(message: SipRequest, branch: string): SipRequest {
    const via = `SIP/2.0/UDP ${hostOf(this.#local.address)}:${this.#local.port};branch=${branch};rport`;
    const revealed = message.headers.map(({ key, value }) => ({ key, value: reveal(value) }));
    const written = withHeader({ ...message, uri: reveal(message.uri), headers: revealed }, "via", [via]);
    return strictlyRouted(tidy(written));
  }
}

function branchOf(message: SipRequest | SipResponse): string {
  const top = splitOutside(header(message, "via") ?? "", ",")?.[0] ?? "";
  return readVia(top)?.params.get("branch") ?? "";
}

function branchKey(from: AccountCore, branch: string): string {
  return `${from.token} ${branch}`;
}

function timeoutOf({ state }: ClientTransaction<Sent>): readonly [number, string] {
  // Only a CANCEL sets a limit to an INVITE that has had a provisional response.
  return state === "proceeding" ? [487, "Request Terminated"] : [408, "Request Timeout"];
}

/** sip.js's own lists of methods and extensions are not what we serve. */
function tidy(message: SipRequest): SipRequest {
  const listing = message.method === "INVITE" || message.method === "REGISTER";
  const listed = withHeader(withHeader(message, "supported", []), "allow", listing ? [allowed] : []);
  return withHeader(
    listed,
    "route",
    headers(message, "route").filter((route) => route !== ""),
  );
}

/** A first hop without `lr` wants the Request-URI for itself (RFC 3261 §12.2.1.1). */
function strictlyRouted(message: SipRequest): SipRequest {
  const [first, ...rest] = headers(message, "route");
  const hop = readNameAddr(first ?? "");
  if (hop === null || readUri(hop.uri)?.params.has("lr") !== false) return message;
  return withHeader({ ...message, uri: hop.uri }, "route", [...rest, `<${message.uri}>`]);
}

/** Outside a dialog the account's server; inside, the first Route or the remote target. */
function nextHop(from: AccountCore, message: SipRequest): { readonly host: string; readonly port: number } {
  const inside = readNameAddr(header(message, "to") ?? "")?.params.has("tag") === true;
  if (!inside) return from.account.server;
  const route = readNameAddr(header(message, "route") ?? "");
  const target = readUri(route?.uri ?? message.uri);
  if (target === null || target.scheme === "tel" || target.host === "") return from.account.server;
  return { host: target.host, port: target.port ?? 5060 };
}
