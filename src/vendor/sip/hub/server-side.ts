import type { Address } from "../../../message/media.ts";
import type { Clock } from "../../clock/clock.ts";
import type { AccountCore } from "../library/account-core.ts";
import { ServerTransactions } from "../transaction/server.ts";
import { cseq, header, headers, type SipRequest, type SipResponse, withHeader, writeMessage } from "../wire/message.ts";
import { readNameAddr, splitOutside } from "../wire/name-addr.ts";
import { readVia, stampVia, type Via } from "../wire/via.ts";
import { branchOf, transactionOf } from "./branch.ts";
import type { HubOutput } from "./client-side.ts";
import { reveal } from "./hidden-uri.ts";
import { normaliseRequest } from "./normaliser.ts";
import { extractSession } from "./session-body.ts";
import {
  type Answer,
  allowed,
  capabilities,
  inspect,
  inspectContent,
  refusal,
  statelessResponse,
} from "./stateless.ts";

/** A request taken, as it came (its Via stamped), kept for its responses. */
export interface Received {
  readonly request: SipRequest;
  readonly source: Address;
  readonly account: AccountCore;
  /** The To tag of our responses, once one was sent. */
  toTag: string | null;
}

export interface ServerSideUser {
  /** The account an INVITE or OPTIONS outside a dialog is for. */
  accountFor(request: SipRequest, source: Address): AccountCore | null;
  accounts(): readonly AccountCore[];
  /** CANCEL for an INVITE that has no final response yet; its 200 is sent. */
  cancelled(transaction: number): void;
}

/**
 * Requests from the network to sip.js, and its responses back. What can be answered without a dialog is answered
 * here, statelessly; what reaches sip.js has one short Via and URIs it can read, and its responses get back the
 * Via, From, To, Call-ID and CSeq of the request as it came (RFC 3261 §8.2.6.2).
 */
export class ServerSide {
  readonly #transactions: ServerTransactions<Received>;
  readonly #user: ServerSideUser;
  readonly #output: HubOutput;
  readonly #salt: string;

  constructor(clock: Clock, salt: string, user: ServerSideUser, output: HubOutput) {
    this.#user = user;
    this.#output = output;
    this.#salt = salt;
    this.#transactions = new ServerTransactions(clock, { send: output.send, ended: () => {} });
  }

  get transactions(): { readonly size: number; readonly repeats: number } {
    return this.#transactions;
  }

  close(): void {
    this.#transactions.close();
  }

  /** The request that sip.js knows by this branch. */
  received(branch: string): { readonly id: number; readonly received: Received } | null {
    const id = transactionOf(branch);
    const transaction = this.#transactions.byId(id);
    return transaction === null ? null : { id, received: transaction.owner };
  }

  /** Answers a request that did not pass the gate, when there is enough of it to answer. */
  refuse(request: SipRequest, source: Address, status: number, problem: string): void {
    const essential = ["via", "from", "to", "call-id", "cseq"];
    if (request.method === "ACK" || essential.some((key) => header(request, key) === null)) return;
    const phrase = status === 505 ? "Version Not Supported" : "Bad Request";
    const reason = problem.replace(/[^\x20-\x7e]/g, "?").slice(0, 80);
    // A Via that cannot be read is echoed as it came: its sender at least knows his own.
    const stamped = stamp(request, source);
    const answer = refusal(status, `${phrase}: ${reason}`);
    this.#answer(stamped?.request ?? request, stamped?.destination ?? source, answer);
  }

  /** A request came from the network; it has passed the gate. */
  request(plain: SipRequest, source: Address): void {
    const stamped = stamp(plain, source);
    if (stamped === null) return;
    const { request, key, destination } = stamped;
    if (request.method === "ACK") this.#acknowledge(request, key, source);
    else if (request.method === "CANCEL") this.#cancel(request, key, destination);
    else if (!this.#transactions.repeated(key)) {
      const outcome = this.#route(request, source);
      if ("status" in outcome) this.#answer(request, destination, outcome);
      else this.#open(stamped, source, outcome);
    }
  }

  /** sip.js sends a response. */
  response(message: SipResponse): void {
    const found = this.received(readVia(header(message, "via") ?? "")?.params.get("branch") ?? "");
    if (found === null) return;
    const { id, received } = found;
    const tag = readNameAddr(header(message, "to") ?? "")?.params.get("tag") ?? null;
    received.toTag ??= tag;
    const text = writeMessage(restored(message, received.request, tag));
    this.#transactions.respond(id, message.status, text);
  }

  #acknowledge(request: SipRequest, key: string, source: Address): void {
    if (this.#transactions.acknowledge(key)) return;
    const account = this.#dialogOf(request);
    if (account !== null) this.#deliver(account, request, branchOf(0), source);
  }

  /** RFC 3261 §9.2. The 487 comes later, when the upper half has let go. */
  #cancel(request: SipRequest, key: string, destination: Address): void {
    const invite = this.#transactions.find(key);
    if (invite === null) {
      this.#answer(request, destination, refusal(481, "Call/Transaction Does Not Exist"));
      return;
    }
    const tag = invite.owner.toTag;
    const to = header(request, "to") ?? "";
    const tagged = tag === null || to.includes(";tag=") ? request : withHeader(request, "to", [`${to};tag=${tag}`]);
    this.#answer(tagged, destination, refusal(200, "OK"));
    if (invite.state === "proceeding" && invite.method === "INVITE") this.#user.cancelled(invite.id);
  }

  #route(request: SipRequest, source: Address): AccountCore | Answer {
    const refused = inspect(request);
    if (refused !== null) return refused;
    const inside = readNameAddr(header(request, "to") ?? "")?.params.has("tag") === true;
    const account = inside ? this.#dialogOf(request) : this.#user.accountFor(request, source);
    if (inside && account === null) return refusal(481, "Call/Transaction Does Not Exist");
    if (!inside && (request.method === "BYE" || request.method === "INFO"))
      return refusal(481, "Call/Transaction Does Not Exist");
    if (account === null) return refusal(404, "Not Found");
    if (request.method === "OPTIONS") return capabilities;
    return (request.method === "INVITE" ? inspectContent(request, contentOf(request)) : null) ?? account;
  }

  #open(stamped: Stamped, source: Address, account: AccountCore): void {
    const { request, key, destination } = stamped;
    const owner: Received = { request, source, account, toTag: null };
    const inside = readNameAddr(header(request, "to") ?? "")?.params.has("tag") === true;
    const merge = inside ? key : mergeKey(request);
    const arrival = this.#transactions.receive({ key, method: request.method, mergeKey: merge, destination, owner });
    if (arrival.kind === "merged") this.#answer(request, destination, refusal(482, "Loop Detected"));
    if (arrival.kind === "full")
      this.#answer(request, destination, refusal(503, "Service Unavailable", ["retry-after", "10"]));
    if (arrival.kind !== "fresh") return;
    const { id } = arrival.transaction;
    if (this.#deliver(account, request, branchOf(id), source)) return;
    this.#transactions.respond(id, 500, statelessResponse(request, refusal(500, "Server Internal Error"), this.#salt));
  }

  #deliver(account: AccountCore, request: SipRequest, branch: string, source: Address): boolean {
    const peer = `${source.address}:${source.port}`;
    try {
      if (account.receive(writeMessage(normaliseRequest(request, account.token, branch)))) return true;
      this.#output.report(peer, `${request.method} could not be read`);
    } catch (error) {
      this.#output.report(peer, `${request.method} was refused: ${String(error)}`);
    }
    return false;
  }

  /** The account that has the dialog this request names (RFC 3261 §12.2.2). */
  #dialogOf(request: SipRequest): AccountCore | null {
    const local = readNameAddr(header(request, "to") ?? "")?.params.get("tag");
    const remote = readNameAddr(header(request, "from") ?? "")?.params.get("tag");
    const id = `${header(request, "call-id")}${local}${remote}`;
    return this.#user.accounts().find(({ core }) => core.dialogs.has(id)) ?? null;
  }

  #answer(request: SipRequest, destination: Address, answer: Answer): void {
    this.#output.send(statelessResponse(request, answer, this.#salt), destination);
  }
}

interface Stamped {
  readonly request: SipRequest;
  readonly key: string;
  readonly destination: Address;
}

/** The request with `received` and `rport` in its top Via, its transaction's key and where responses go. */
function stamp(request: SipRequest, source: Address): Stamped | null {
  const [line, ...others] = headers(request, "via");
  const [top, ...rest] = splitOutside(line ?? "", ",") ?? [];
  const via = readVia(top ?? "");
  if (top === undefined || via === null) return null;
  const lines = [[stampVia(top, via, source), ...rest].join(", "), ...others];
  const port = via.params.has("rport") ? source.port : (via.port ?? 5060);
  const stamped = withHeader(request, "via", lines);
  return { request: stamped, key: transactionKey(request, via), destination: { address: source.address, port } };
}

/** RFC 3261 §17.2.3; without the magic cookie by what RFC 2543 compares. */
function transactionKey(request: SipRequest, via: Via): string {
  const forInvite = request.method === "ACK" || request.method === "CANCEL";
  const method = forInvite ? "INVITE" : request.method;
  const branch = via.params.get("branch") ?? "";
  const sentBy = `${via.host.toLowerCase()}:${via.port ?? 5060}`;
  if (/^z9hG4bK./i.test(branch)) return `${branch}|${sentBy}|${method}`;
  const tag = readNameAddr(header(request, "from") ?? "")?.params.get("tag") ?? "";
  return `2543|${branch}|${sentBy}|${header(request, "call-id")}|${tag}|${cseq(request).number}|${method}`;
}

/** RFC 3261 §8.2.2.2. */
function mergeKey(request: SipRequest): string {
  const tag = readNameAddr(header(request, "from") ?? "")?.params.get("tag") ?? "";
  return `${header(request, "call-id")}|${tag}|${header(request, "cseq")}`;
}

/** What is in the body as far as it matters; null = nothing. */
function contentOf(request: SipRequest): string | null {
  if (request.body.trim() === "") return null;
  const session = extractSession(request);
  if (session !== null) return session.type;
  const disposition = header(request, "content-disposition") ?? "";
  return /^\s*session/i.test(disposition) || disposition === "" ? "unknown" : null;
}

function restored(message: SipResponse, request: SipRequest, tag: string | null): SipResponse {
  const to = header(request, "to") ?? "";
  const tagged = tag === null || readNameAddr(to)?.params.has("tag") === true ? to : `${to};tag=${tag}`;
  const revealed = message.headers.map(({ key, value }) => ({
    key,
    value: key === "record-route" ? reveal(value) : value,
  }));
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["via", headers(request, "via")],
    ["from", headers(request, "from")],
    ["to", [message.status === 100 ? to : tagged]],
    ["call-id", headers(request, "call-id")],
    ["cseq", headers(request, "cseq")],
    ["supported", []],
    ["allow", message.status >= 200 && request.method === "INVITE" ? [allowed] : []],
    ["timestamp", message.status === 100 ? headers(request, "timestamp") : []],
  ];
  return parts.reduce<SipResponse>((sum, [key, values]) => withHeader(sum, key, values), {
    ...message,
    headers: revealed,
  });
}
