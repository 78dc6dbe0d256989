import { createHash, randomBytes } from "node:crypto";
import type { OutgoingRequestMessage } from "sip.js/lib/core/index.js";
import type { DigestAlgorithm } from "../hub/challenge.ts";
import { reveal } from "../hub/hidden-uri.ts";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The inputs of a digest (RFC 7616 §3.4). */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly realm: string;
  readonly nonce: string;
  readonly qop: "auth" | "auth-int" | null;
  readonly cnonce: string;
  readonly nc: string;
  readonly method: string;
  readonly uri: string;
  readonly body: string;
}

/** The `response` value of RFC 7616 §3.4.1, RFC 2069 without qop. */
export function digestResponse(credentials: Credentials, input: DigestInput): string {
  const hash = (text: string) =>
    createHash(input.algorithm.startsWith("MD5") ? "md5" : "sha256")
      .update(text)
      .digest("hex");
  const secret = hash(`${credentials.user}:${input.realm}:${credentials.password}`);
  const first = input.algorithm.endsWith("-sess") ? hash(`${secret}:${input.nonce}:${input.cnonce}`) : secret;
  const entity = input.qop === "auth-int" ? `:${hash(input.body)}` : "";
  const second = hash(`${input.method}:${input.uri}${entity}`);
  if (input.qop === null) return hash(`${first}:${input.nonce}:${second}`);
  return hash(`${first}:${input.nonce}:${input.nc}:${input.cnonce}:${input.qop}:${second}`);
}

/** A challenge as sip.js parses it out of the canonical form. */
interface ParsedChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  readonly algorithm?: string;
  readonly qop?: readonly string[];
}

/**
 * Takes the place of sip.js's DigestAuthentication, which knows MD5 only and hashes no body.
 * `mayAnswer` is asked with the Call-ID: a call given up meanwhile must not be tried again with credentials.
 */
export class Digest {
  readonly #credentials: Credentials;
  readonly #mayAnswer: (callId: string) => boolean;
  #header = "";
  #count = 0;

  constructor(credentials: Credentials, mayAnswer: (callId: string) => boolean) {
    this.#credentials = credentials;
    this.#mayAnswer = mayAnswer;
  }

  /** sip.js asks; false = do not try again. */
  authenticate(request: OutgoingRequestMessage, challenge: ParsedChallenge): boolean {
    if (this.#credentials.password === "" || !this.#mayAnswer(request.callId)) return false;
    const input: DigestInput = {
      algorithm: (challenge.algorithm ?? "MD5") as DigestAlgorithm, // the normaliser lets no other pass
      realm: challenge.realm,
      nonce: challenge.nonce,
      qop: challenge.qop === undefined ? null : challenge.qop.includes("auth") ? "auth" : "auth-int",
      cnonce: randomBytes(8).toString("hex"),
      nc: (++this.#count).toString(16).padStart(8, "0"),
      method: request.method,
      uri: reveal(request.ruri.toRaw()),
      body: typeof request.body === "string" ? request.body : (request.body?.body ?? ""),
    };
    this.#header = writeAuthorization(this.#credentials, input, challenge.opaque ?? null);
    return true;
  }

  toString(): string {
    return this.#header;
  }
}

function writeAuthorization(credentials: Credentials, input: DigestInput, opaque: string | null): string {
  const user = credentials.user.replace(/["\\]/g, "\\$&");
  const parts = [
    `username="${user}"`,
    `realm="${input.realm}"`,
    `nonce="${input.nonce}"`,
    `uri="${input.uri}"`,
    `response="${digestResponse(credentials, input)}"`,
    `algorithm=${input.algorithm}`,
  ];
  if (opaque !== null) parts.push(`opaque="${opaque}"`);
  if (input.qop !== null) parts.push(`qop=${input.qop}`, `cnonce="${input.cnonce}"`, `nc=${input.nc}`);
  return `Digest ${parts.join(", ")}`;
}
