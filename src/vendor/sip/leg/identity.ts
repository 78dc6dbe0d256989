import type { Identity } from "../../../message/name.ts";
import { header, headers, type SipRequest } from "../wire/message.ts";
import { readNameAddr, readUri, splitOutside } from "../wire/name-addr.ts";

const longest = 128;

/**
 * Who calls. P-Asserted-Identity counts only from the account's own server (RFC 3325 §5); Privacy: id and the
 * anonymous URI withhold the number.
 */
export function callerOf(request: SipRequest, trusted: boolean): Identity {
  const asserted = trusted
    ? headers(request, "p-asserted-identity").flatMap((line) => splitOutside(line, ",") ?? [])
    : [];
  const party = [...asserted, header(request, "from") ?? ""].map(readNameAddr).find((found) => found !== null);
  const uri = readUri(party?.uri ?? "");
  const user = uri?.user ?? "";
  const withheld =
    /(?:^|;)\s*(?:id|user|full)\b/i.test(header(request, "privacy") ?? "") ||
    user.toLowerCase() === "anonymous" ||
    (uri?.host ?? "").toLowerCase() === "anonymous.invalid";
  if (withheld) return { number: null, name: null };
  return { number: number(user), name: plain(party?.display ?? "") };
}

/** The number called: the user part of the Request-URI, or what stands for it when that is our Contact. */
export function dialledNumber(request: SipRequest, token: string): string {
  const user = readUri(request.uri)?.user ?? "";
  if (user !== token) return number(user) ?? "";
  // A registrar has put our Contact there; what was dialled is in these (RFC 7315 §4.2, RFC 3261 §8.1.1.2).
  const called = [header(request, "p-called-party-id"), header(request, "to")];
  for (const value of called) {
    const dialled = number(readUri(readNameAddr(value ?? "")?.uri ?? "")?.user ?? "");
    if (dialled !== null) return dialled;
  }
  return "";
}

/** A user part without the parameters a telephone-subscriber may have in it (RFC 3261 §19.1.6). */
function number(user: string): string | null {
  return plain(user.split(";")[0] ?? "");
}

/** Text without control characters, of bounded length; null when nothing is left. */
function plain(text: string): string | null {
  const clean = text
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .trim()
    .slice(0, longest);
  return clean === "" ? null : clean;
}

/** The URI of a number at a host: every character that a user part may not hold is escaped (RFC 3261 §19.1.1). */
export function sipUri(user: string, host: string, port: number | null): string {
  const bytes = [...Buffer.from(user, "utf8")];
  const escaped = bytes.map((byte) => (isUserChar(byte) ? String.fromCharCode(byte) : `%${hex(byte)}`)).join("");
  return `sip:${escaped}@${host}${port === null || port === 5060 ? "" : `:${port}`}`;
}

function isUserChar(byte: number): boolean {
  return /[A-Za-z0-9\-_.!~*'()&=+$,?/]/.test(String.fromCharCode(byte)) && byte < 128;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

/** A display name that cannot leave its quotes. */
export function displayName(name: string): string {
  return (plain(name) ?? "").replace(/["\\]/g, "");
}
