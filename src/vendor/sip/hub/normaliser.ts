import { createHash } from "node:crypto";
import {
  cseq,
  header,
  headers,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  withHeader,
} from "../wire/message.ts";
import { readNameAddr, readUri, splitOutside } from "../wire/name-addr.ts";
import { bestChallenge, isEchoable, writeChallenge } from "./challenge.ts";
import { hideRoute, hideUri } from "./hidden-uri.ts";
import { extractSession } from "./session-body.ts";

/** What a rule may know besides the response. */
export interface ResponseContext {
  /** The request it answers, as it was sent. */
  readonly request: SipRequest;
  /** Contact user of the account: how we find our own binding. */
  readonly token: string;
  /** The account's own Contact URI. */
  readonly contact: string;
  /** The response came from the account's server, so its challenge may be answered (faults.md C5). */
  readonly trusted: boolean;
}

/** A response rule: named after the defect it repairs. sip.js never sees the defect. */
export interface ResponseRule {
  readonly name: string;
  readonly apply: (response: SipResponse, context: ResponseContext) => SipResponse;
}

/** Seconds a binding may last for us: setTimeout overflows above 2^31 ms. */
const longestExpires = 2_000_000;
const shortestExpires = 5;

const responseRules: readonly ResponseRule[] = [
  { name: "the 200 to REGISTER has one Contact, ours, with its expires", apply: ownBinding },
  { name: "a dialog-forming response has a Contact", apply: contactOfDialog },
  { name: "a dialog-forming response has a To tag", apply: tagOfDialog },
  { name: "a challenge is one that we can answer, from whom we may answer", apply: oneChallenge },
  { name: "a body has a type, and an SDP among others stands alone", apply: plainSession },
];

export function normaliseResponse(response: SipResponse, context: ResponseContext): SipResponse {
  return responseRules.reduce((message, rule) => rule.apply(message, context), response);
}

/**
 * sip.js takes the `expires` of the Contact only, retries for ever when it is missing, and locks up without a Contact
 * (sipjs.md §1.4). Registrars leave out either, list other bindings, or grant more than a timer can hold.
 */
function ownBinding(response: SipResponse, { request, token, contact }: ResponseContext): SipResponse {
  if (request.method !== "REGISTER" || response.status < 200 || response.status > 299) return response;
  const bindings = headers(response, "contact").flatMap((line) => splitOutside(line, ",") ?? []);
  const ours = bindings.map(readNameAddr).find((binding) => readUri(binding?.uri ?? "")?.user === token);
  const asked = readNameAddr(header(request, "contact") ?? "")?.params.get("expires");
  const granted = number(ours?.params.get("expires")) ?? number(header(response, "expires")) ?? number(asked) ?? 3600;
  const seconds = granted === 0 ? 0 : Math.min(longestExpires, Math.max(shortestExpires, granted));
  return withHeader(response, "contact", [`<${contact}>;expires=${seconds}`]);
}

function number(text: string | null | undefined): number | null {
  return text !== null && text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** sip.js drops an 18x or 200 without Contact and so never rings, or never ACKs (sipjs.md §1.5). */
function contactOfDialog(response: SipResponse, { request }: ResponseContext): SipResponse {
  if (!formsDialog(response, request)) return response;
  const first = splitOutside(header(response, "contact") ?? "", ",")?.[0] ?? "";
  return withHeader(response, "contact", [`<${readNameAddr(first)?.uri ?? request.uri}>`]);
}

/** A tag of our own making stands in; it is the same for every such response to one request. */
function tagOfDialog(response: SipResponse, { request }: ResponseContext): SipResponse {
  const to = header(response, "to") ?? "";
  if (!formsDialog(response, request) || readNameAddr(to)?.params.has("tag") === true) return response;
  const tag = createHash("sha256")
    .update(header(request, "via") ?? "")
    .digest("hex")
    .slice(0, 16);
  return withHeader(response, "to", [`${to};tag=untagged-${tag}`]);
}

function formsDialog(response: SipResponse, request: SipRequest): boolean {
  return request.method === "INVITE" && response.status > 100 && response.status < 300;
}

function oneChallenge(response: SipResponse, { trusted }: ResponseContext): SipResponse {
  if (response.status !== 401 && response.status !== 407) return response;
  const key = response.status === 401 ? "www-authenticate" : "proxy-authenticate";
  const best = trusted ? bestChallenge(headers(response, key)) : null;
  const value = best !== null && isEchoable(best) ? [writeChallenge(best)] : [];
  return withHeader(withHeader(withHeader(response, "www-authenticate", []), "proxy-authenticate", []), key, value);
}

/** sip.js throws on a body without a type and cannot read multipart (sipjs.md §1.7). */
function plainSession<M extends SipMessage>(message: M): M {
  const session = extractSession(message);
  const bare = withHeader(withHeader(message, "content-disposition", []), "content-type", []);
  if (session === null) return { ...bare, body: "" };
  return { ...withHeader(bare, "content-type", [session.type]), body: session.body };
}

/** Headers that sip.js reads; all others stay in the hub. */
const wanted = new Set(["from", "to", "call-id", "cseq", "contact", "record-route", "content-type", "reason"]);
const wantedInResponses = new Set([
  "www-authenticate",
  "proxy-authenticate",
  "require",
  "rseq",
  "min-expires",
  "retry-after",
]);

/** The canonical form of a message: one Via of the hub's, and URIs hidden from sip.js's grammar. */
export function canonical<M extends SipMessage>(message: M, branch: string): M {
  const kept = message.headers.filter(
    ({ key }) => wanted.has(key) || (message.kind === "response" && wantedInResponses.has(key)),
  );
  const via = { key: "via", value: `SIP/2.0/UDP hub.invalid;branch=${branch}` };
  return { ...message, headers: [via, ...kept.flatMap(({ key, value }) => canonicalHeader(key, value))] };
}

function canonicalHeader(key: string, value: string): { key: string; value: string }[] {
  if (key === "record-route")
    return (splitOutside(value, ",") ?? []).map((route) => ({ key, value: hideRoute(route) }));
  if (key === "cseq") return [{ key, value: value.replace(/[ \t]+/, " ") }];
  if (key !== "from" && key !== "to" && key !== "contact") return [{ key, value }];
  const party = readNameAddr(key === "contact" ? (splitOutside(value, ",")?.[0] ?? "") : value);
  if (party === null) return [];
  const name = key === "contact" ? "expires" : "tag";
  const kept = party.params.get(name);
  return [{ key, value: `<${hideUri(party.uri)}>${kept === undefined || kept === null ? "" : `;${name}=${kept}`}` }];
}

/** A request as sip.js gets it: to the account's token, with the hub's branch. */
export function normaliseRequest(request: SipRequest, token: string, branch: string): SipRequest {
  const plain = requestRules.reduce((message, rule) => rule.apply(message), request);
  return { ...canonical(plain, branch), uri: `sip:${token}@hub.invalid` };
}

const requestRules: readonly { readonly name: string; readonly apply: (request: SipRequest) => SipRequest }[] = [
  { name: "a body has a type, and an SDP among others stands alone", apply: plainSession },
  { name: "the CSeq number has no leading zeros", apply: plainSequence },
  { name: "an INVITE as of RFC 2543, without Contact, is answered to its From", apply: contactOfInvite },
];

function plainSequence(request: SipRequest): SipRequest {
  return withHeader(request, "cseq", [`${cseq(request).number} ${request.method}`]);
}

function contactOfInvite(request: SipRequest): SipRequest {
  if (request.method !== "INVITE" || header(request, "contact") !== null) return request;
  return withHeader(request, "contact", [`<${readNameAddr(header(request, "from") ?? "")?.uri ?? ""}>`]);
}
