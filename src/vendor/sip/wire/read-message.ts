import { type Header, headerKey, type SipMessage } from "./message.ts";

/** Octets of a datagram that is looked at (faults.md §0: sip.js needs seconds for 64 kB). */
export const longestMessage = 8192;
const longestLine = 4096;
const mostHeaders = 100;

/** What reading a datagram came to. A fault carries what could be read, so that it may be answered. */
export type Reading =
  | { readonly kind: "message"; readonly message: SipMessage }
  | { readonly kind: "nothing" }
  | { readonly kind: "fault"; readonly status: number; readonly problem: string; readonly message: SipMessage | null };

const token = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const requestLine = /^([A-Za-z0-9\-.!%*_+`'~]{1,64}) ([^\s<>"]{1,2048}) SIP\/(\d+\.\d+)$/i;
const requestLike = /^([A-Za-z0-9\-.!%*_+`'~]{1,64})[ \t]+(.*?)[ \t]*SIP\/\d+\.\d+[ \t]*$/i;
const statusLine = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i;

/**
 * Reads one datagram as a SIP message by RFC 3261 §7 and §18.3, in linear time.
 * `nothing`: a keep-alive (RFC 5626 §4.4.1) or other octets that cannot be SIP.
 */
export function readMessage(datagram: Uint8Array): Reading {
  if (datagram.length > longestMessage) return fault(513, "message over 8192 octets", null);
  const octets = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.length);
  let begin = 0;
  while (octets[begin] === 13 || octets[begin] === 10) begin++;
  if (begin === octets.length || !isTokenOctet(octets[begin] ?? 0)) return { kind: "nothing" };
  const blank = octets.indexOf("\r\n\r\n", begin);
  const head = octets.toString("utf8", begin, blank < 0 ? octets.length : blank);
  const rest = blank < 0 ? Buffer.alloc(0) : octets.subarray(blank + 4);
  const lines = head.split("\r\n");
  const start = readStart(lines[0] ?? "");
  if (start === null) return fault(400, "first line is neither a SIP request nor a SIP response", null);
  const fields = readHeaders(lines);
  const bare = { ...start.message, headers: fields.headers, body: "" };
  const problem = blank < 0 ? "header section does not end" : (start.problem ?? fields.problem);
  if (problem !== null) return fault(start.status, problem, bare);
  return readBody(bare, rest);
}

function fault(status: number, problem: string, message: SipMessage | null): Reading {
  return { kind: "fault", status, problem, message };
}

function isTokenOctet(octet: number): boolean {
  return octet > 32 && octet < 127;
}

interface Start {
  readonly message: SipMessage;
  readonly problem: string | null;
  readonly status: number;
}

function readStart(line: string): Start | null {
  const empty = { headers: [], body: "" };
  const response = statusLine.exec(line);
  if (response !== null) {
    const message = { kind: "response" as const, status: Number(response[1]), reason: response[2] ?? "", ...empty };
    return { message, problem: null, status: 400 };
  }
  const exact = requestLine.exec(line);
  if (exact !== null) {
    const message = { kind: "request" as const, method: exact[1] ?? "", uri: exact[2] ?? "", ...empty };
    if (exact[3] !== "2.0") return { message, problem: `SIP version ${exact[3]}`, status: 505 };
    return { message, problem: null, status: 400 };
  }
  const loose = line.length > longestLine ? null : requestLike.exec(line);
  if (loose === null) return null;
  const message = { kind: "request" as const, method: loose[1] ?? "", uri: loose[2] ?? "", ...empty };
  return { message, problem: "malformed Request-Line", status: 400 };
}

function readHeaders(lines: readonly string[]): { headers: Header[]; problem: string | null } {
  const headers: Header[] = [];
  let problem: string | null = null;
  for (let at = 1; at < lines.length; ) {
    let line = lines[at++] ?? "";
    while (at < lines.length && /^[ \t]/.test(lines[at] ?? "")) line += ` ${(lines[at++] ?? "").trim()}`;
    if (line.length > longestLine) problem ??= "header line over 4096 characters";
    if (headers.length >= mostHeaders) return { headers, problem: problem ?? "over 100 header lines" };
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trimEnd();
    const value = line.slice(colon + 1).trim();
    if (!token.test(name)) problem ??= "malformed header name";
    else if (hasControl(value)) problem ??= `control character in ${name}`;
    else headers.push({ key: headerKey(name), value });
  }
  return { headers, problem };
}

/** A control character may only stand escaped in a quoted string (RFC 3261 §25.1, quoted-pair). */
function hasControl(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (((code < 32 && code !== 9) || code === 127) && value[at - 1] !== "\\") return true;
  }
  return false;
}

function readBody(bare: SipMessage, rest: Buffer): Reading {
  const stated = bare.headers.filter((entry) => entry.key === "content-length");
  if (stated.length > 1) return fault(400, "several Content-Length", bare);
  const length = stated[0]?.value ?? String(rest.length);
  if (!/^\d{1,9}$/.test(length)) return fault(400, `Content-Length ${show(length)} is no number`, bare);
  if (Number(length) > rest.length)
    return fault(400, `Content-Length ${length} is over the ${rest.length} octets there`, bare);
  return { kind: "message", message: { ...bare, body: rest.toString("utf8", 0, Number(length)) } };
}

/** A piece of hostile text, safe to put into a report. */
export function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
