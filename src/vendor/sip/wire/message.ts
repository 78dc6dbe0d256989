/** A header field: `key` is the long name in lower case (`v` reads as `via`), the value is unfolded and trimmed. */
export interface Header {
  readonly key: string;
  readonly value: string;
}

interface Common {
  readonly headers: readonly Header[];
  /** Body as text, cut to Content-Length; empty when there is none. */
  readonly body: string;
}

export interface SipRequest extends Common {
  readonly kind: "request";
  readonly method: string;
  readonly uri: string;
}

export interface SipResponse extends Common {
  readonly kind: "response";
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;

/** RFC 3261 §7.3.3 and the registered compact forms (IANA sip-parameters). */
const compact: Readonly<Record<string, string>> = {
  a: "accept-contact",
  b: "referred-by",
  c: "content-type",
  d: "request-disposition",
  e: "content-encoding",
  f: "from",
  i: "call-id",
  j: "reject-contact",
  k: "supported",
  l: "content-length",
  m: "contact",
  o: "event",
  r: "refer-to",
  s: "subject",
  t: "to",
  u: "allow-events",
  v: "via",
  x: "session-expires",
};

/** The long, lower-case name of a header field. */
export function headerKey(name: string): string {
  const lower = name.toLowerCase();
  return compact[lower] ?? lower;
}

/** Names whose usual spelling is not "each word with a capital". */
const spelling: Readonly<Record<string, string>> = {
  "call-id": "Call-ID",
  cseq: "CSeq",
  "www-authenticate": "WWW-Authenticate",
  "mime-version": "MIME-Version",
  rseq: "RSeq",
  rack: "RAck",
};

function headerName(key: string): string {
  return (
    spelling[key] ?? key.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
  );
}

/** The first value of a header, null when there is none. */
export function header(message: SipMessage, key: string): string | null {
  for (const entry of message.headers) if (entry.key === key) return entry.value;
  return null;
}

/** All values of a header in order, one for each line. */
export function headers(message: SipMessage, key: string): string[] {
  return message.headers.filter((entry) => entry.key === key).map((entry) => entry.value);
}

/** The message with every line of `key` replaced by `values`, put where the first one was (or at the end). */
export function withHeader<M extends SipMessage>(message: M, key: string, values: readonly string[]): M {
  const fresh = values.map((value) => ({ key, value }));
  const first = message.headers.findIndex((entry) => entry.key === key);
  const rest = message.headers.filter((entry) => entry.key !== key);
  const at = first < 0 ? rest.length : first;
  return { ...message, headers: [...rest.slice(0, at), ...fresh, ...rest.slice(at)] };
}

/** CSeq number and method; the gate has made sure that they are there. */
export function cseq(message: SipMessage): { readonly number: number; readonly method: string } {
  const [number, method] = (header(message, "cseq") ?? "").split(/[ \t]+/);
  return { number: Number(number), method: method ?? "" };
}

/** Writes a message for the wire; Content-Length is computed, whatever the headers say. */
export function writeMessage(message: SipMessage): string {
  const start =
    message.kind === "request"
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  const lines = [start];
  for (const { key, value } of message.headers)
    if (key !== "content-length") lines.push(`${headerName(key)}: ${value}`);
  lines.push(`Content-Length: ${Buffer.byteLength(message.body)}`);
  return `${lines.join("\r\n")}\r\n\r\n${message.body}`;
}
