import { cseq, header, headers, type SipMessage } from "./message.ts";
import { isToken, readNameAddr, readUri, splitOutside } from "./name-addr.ts";
import { type Reading, readMessage, show } from "./read-message.ts";
import { readVia } from "./via.ts";

const once = ["from", "to", "call-id", "cseq", "max-forwards", "content-type"];
/** RFC 3261 §25.1: callid = word [ "@" word ]. */
const callId = /^[A-Za-z0-9\-.!%*_+`'~()<>:\\"/[\]?{}]{1,256}(?:@[A-Za-z0-9\-.!%*_+`'~()<>:\\"/[\]?{}]{1,256})?$/;

/**
 * Reads a datagram and checks everything sip.js believes unseen: the mandatory headers once each, CSeq of the
 * message's method, URIs and tags that can be parsed. Cheap (microseconds); what passes is safe to normalise.
 */
export function gate(datagram: Uint8Array): Reading {
  const reading = readMessage(datagram);
  if (reading.kind !== "message") return reading;
  const problem = flaw(reading.message);
  return problem === null ? reading : { kind: "fault", status: 400, problem, message: reading.message };
}

function flaw(message: SipMessage): string | null {
  for (const key of once) if (headers(message, key).length > 1) return `several ${key} headers`;
  return (
    missing(message) ??
    badSequence(message) ??
    badVia(message) ??
    badParty(message, "from") ??
    badParty(message, "to") ??
    badHops(message) ??
    badContact(message) ??
    badRoutes(message) ??
    badUri(message)
  );
}

function missing(message: SipMessage): string | null {
  for (const key of ["via", "from", "to", "call-id", "cseq"])
    if (header(message, key) === null) return `${key} header is missing`;
  return callId.test(header(message, "call-id") ?? "") ? null : "malformed Call-ID";
}

/** RFC 3261 §8.1.1.5: the number is below 2^31, the method is the request's. */
function badSequence(message: SipMessage): string | null {
  const text = header(message, "cseq") ?? "";
  if (!/^\d{1,10}[ \t]+[A-Za-z0-9\-.!%*_+`'~]+$/.test(text)) return `CSeq ${show(text)} is malformed`;
  const { number, method } = cseq(message);
  if (number >= 2 ** 31) return `CSeq number ${number} is not below 2^31`;
  if (message.kind === "request" && method !== message.method) return "CSeq method differs from the request's";
  return null;
}

function badVia(message: SipMessage): string | null {
  const values = splitOutside(header(message, "via") ?? "", ",");
  const via = values === null ? null : readVia(values[0] ?? "");
  return via === null ? "malformed Via" : null;
}

function badParty(message: SipMessage, key: "from" | "to"): string | null {
  const party = readNameAddr(header(message, key) ?? "");
  if (party === null) return `malformed ${key}`;
  const tag = party.params.get("tag");
  if (tag !== undefined && (tag === null || !isToken(tag) || tag.length > 256)) return `malformed tag in ${key}`;
  return null;
}

function badHops(message: SipMessage): string | null {
  const hops = header(message, "max-forwards");
  return hops === null || (/^\d{1,10}$/.test(hops) && Number(hops) < 256) ? null : "malformed Max-Forwards";
}

/** Only where we take the Contact as the remote target: INVITE and its responses. RFC 2543 knew INVITE without one. */
function badContact(message: SipMessage): string | null {
  if (cseq(message).method !== "INVITE") return null;
  const line = header(message, "contact");
  const inside = readNameAddr(header(message, "to") ?? "")?.params.has("tag") === true;
  if (line === null)
    return message.kind === "request" && message.method === "INVITE" && inside ? "re-INVITE without Contact" : null;
  const first = splitOutside(line, ",")?.[0];
  return first === undefined || readNameAddr(first) === null ? "malformed Contact" : null;
}

function badRoutes(message: SipMessage): string | null {
  for (const line of headers(message, "record-route")) {
    const routes = splitOutside(line, ",");
    if (routes === null || routes.length > 20 || routes.some((route) => readNameAddr(route) === null))
      return "malformed Record-Route";
  }
  return null;
}

function badUri(message: SipMessage): string | null {
  if (message.kind !== "request") return null;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(message.uri)) return "Request-URI without a scheme";
  return /^(sips?|tel):/i.test(message.uri) && readUri(message.uri) === null ? "malformed Request-URI" : null;
}
