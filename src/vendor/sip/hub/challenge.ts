import { isToken, splitOutside } from "../wire/name-addr.ts";

/** A digest challenge (RFC 3261 §22.4, RFC 8760). */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  readonly algorithm: DigestAlgorithm;
  /** Null: no qop asked for (RFC 2069). */
  readonly qop: "auth" | "auth-int" | null;
  readonly stale: boolean;
}

export type DigestAlgorithm = "MD5" | "MD5-sess" | "SHA-256" | "SHA-256-sess";

/** Weakest first: the one we like best of several is the last in this list. */
const algorithms: readonly DigestAlgorithm[] = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"];

/** Reads all challenges of WWW- or Proxy-Authenticate lines, several in one line included, and picks the strongest. */
export function bestChallenge(lines: readonly string[]): Challenge | null {
  const challenges = lines.flatMap(readChallenges);
  const rank = (challenge: Challenge) => algorithms.indexOf(challenge.algorithm);
  return challenges.reduce<Challenge | null>(
    (best, one) => (best === null || rank(one) > rank(best) ? one : best),
    null,
  );
}

function readChallenges(line: string): Challenge[] {
  const groups: Map<string, string>[] = [];
  for (const part of splitOutside(line, ",") ?? []) {
    const scheme = /^([A-Za-z]+)[ \t]+(.*)$/.exec(part);
    if (scheme !== null) groups.push(new Map([["", (scheme[1] ?? "").toLowerCase()]]));
    const text = scheme?.[2] ?? part;
    const equals = text.indexOf("=");
    const value = text.slice(equals + 1).trim();
    groups.at(-1)?.set(text.slice(0, Math.max(0, equals)).trim().toLowerCase(), unquote(value));
  }
  return groups.flatMap((group) => toChallenge(group) ?? []);
}

function unquote(value: string): string {
  return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
}

function toChallenge(group: ReadonlyMap<string, string>): Challenge | null {
  const realm = group.get("realm");
  const nonce = group.get("nonce");
  if (group.get("") !== "digest" || realm === undefined || nonce === undefined || nonce === "") return null;
  const wanted = (group.get("algorithm") ?? "MD5").toLowerCase();
  const algorithm = algorithms.find((known) => known.toLowerCase() === wanted);
  const qop = readQop(group.get("qop"));
  if (algorithm === undefined || qop === undefined) return null;
  const stale = (group.get("stale") ?? "").toLowerCase() === "true";
  return { realm, nonce, opaque: group.get("opaque") ?? null, algorithm, qop, stale };
}

/** Undefined: nothing in it that we can do. */
function readQop(text: string | undefined): Challenge["qop"] | undefined {
  if (text === undefined) return null;
  const offered = text.toLowerCase().split(/[ \t,]+/);
  if (offered.includes("auth")) return "auth";
  return offered.includes("auth-int") ? "auth-int" : undefined;
}

/** The one form of a challenge that sip.js gets to see. */
export function writeChallenge(challenge: Challenge): string {
  const parts = [`realm="${challenge.realm}"`, `nonce="${challenge.nonce}"`, `algorithm=${challenge.algorithm}`];
  if (challenge.qop !== null) parts.push(`qop="${challenge.qop}"`);
  if (challenge.opaque !== null) parts.push(`opaque="${challenge.opaque}"`);
  if (challenge.stale) parts.push("stale=true");
  return `Digest ${parts.join(", ")}`;
}

/** False when a challenge could not be echoed safely in our own header. */
export function isEchoable(challenge: Challenge): boolean {
  const plain = (text: string) => /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text) && text.length <= 512;
  return (
    plain(challenge.realm) &&
    plain(challenge.nonce) &&
    (challenge.opaque === null || plain(challenge.opaque)) &&
    isToken(challenge.algorithm)
  );
}
