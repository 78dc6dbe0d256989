import { createHash } from "node:crypto";
import { header, headers, type SipRequest, writeMessage } from "../wire/message.ts";
import { readNameAddr } from "../wire/name-addr.ts";

export const allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO";

/** Methods that exist (IANA sip-parameters) but are not for us: 405 instead of 501. */
const known = new Set(["MESSAGE", "NOTIFY", "PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE"]);
const served = new Set(allowed.split(", "));

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly extra: readonly (readonly [key: string, value: string])[];
}

/**
 * The response of a stateless UAS (RFC 3261 §8.2.7): a repeated request gets the same octets, so nothing is kept.
 * `salt` makes the To tag ours alone.
 */
export function statelessResponse(request: SipRequest, answer: Answer, salt: string): string {
  const to = header(request, "to") ?? "";
  const tagged = readNameAddr(to)?.params.has("tag") === true || answer.status === 100;
  const tag = createHash("sha256")
    .update(`${salt} ${header(request, "via")} ${header(request, "call-id")}`)
    .digest("hex");
  return writeMessage({
    kind: "response",
    status: answer.status,
    reason: answer.reason,
    headers: [
      ...headers(request, "via").map((value) => ({ key: "via", value })),
      { key: "from", value: header(request, "from") ?? "" },
      { key: "to", value: tagged ? to : `${to};tag=${tag.slice(0, 16)}` },
      { key: "call-id", value: header(request, "call-id") ?? "" },
      { key: "cseq", value: header(request, "cseq") ?? "" },
      ...answer.extra.map(([key, value]) => ({ key, value })),
    ],
    body: "",
  });
}

export function refusal(status: number, reason: string, ...extra: (readonly [string, string])[]): Answer {
  return { status, reason, extra };
}

/** What RFC 3261 §8.2.1-8.2.3 asks before a request is anyone's: method, scheme, Require. Null = go on. */
export function inspect(request: SipRequest): Answer | null {
  if (!served.has(request.method)) {
    if (known.has(request.method)) return refusal(405, "Method Not Allowed", ["allow", allowed]);
    return refusal(501, "Not Implemented", ["allow", allowed]);
  }
  if (!/^(?:sips?|tel):/i.test(request.uri)) return refusal(416, "Unsupported URI Scheme");
  const required = headers(request, "require")
    .join(",")
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  if (required.length > 0 && request.method !== "CANCEL")
    return refusal(420, "Bad Extension", ["unsupported", required.join(", ")]);
  return null;
}

/** What §8.2.3 asks of an INVITE: a body that we understand, and an Accept that lets us answer with SDP. */
export function inspectContent(request: SipRequest, type: string | null): Answer | null {
  const encoding = header(request, "content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity")
    return refusal(415, "Unsupported Media Type", ["accept-encoding", "identity"]);
  if (type !== null && type !== "application/sdp")
    return refusal(415, "Unsupported Media Type", ["accept", "application/sdp"]);
  const accept = header(request, "accept");
  if (accept === null || accept === "" || /\*\/\*|application\/\*|application\/sdp|multipart\//i.test(accept))
    return null;
  return refusal(406, "Not Acceptable");
}

/** OPTIONS is answered as the INVITE would be, without asking a phone (RFC 3261 §11.2). */
export const capabilities: Answer = {
  status: 200,
  reason: "OK",
  extra: [
    ["allow", allowed],
    ["accept", "application/sdp"],
    ["accept-encoding", "identity"],
    ["accept-language", "en"],
  ],
};
