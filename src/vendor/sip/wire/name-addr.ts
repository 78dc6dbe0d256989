/** `"Name" <uri>;params` or `uri;params` (RFC 3261 §20.10). */
export interface NameAddr {
  /** Display name without its quotes and escapes, empty when there is none. */
  readonly display: string;
  readonly uri: string;
  /** Header parameters by lower-case name; null = without a value. */
  readonly params: ReadonlyMap<string, string | null>;
}

/** The parts of a sip, sips or tel URI. */
export interface Uri {
  readonly scheme: "sip" | "sips" | "tel";
  /** Unescaped user part without password; the number of a tel URI; empty when there is none. */
  readonly user: string;
  readonly host: string;
  readonly port: number | null;
  readonly params: ReadonlyMap<string, string | null>;
}

const tokenText = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

export function isToken(text: string): boolean {
  return tokenText.test(text);
}

/** Splits at `separator` outside quotes and angle brackets; null when a quote or bracket never closes. */
export function splitOutside(text: string, separator: "," | ";"): string[] | null {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  let angled = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === '"' && !angled) quoted = true;
    else if (char === "<") angled = true;
    else if (char === ">") angled = false;
    else if (char === separator && !angled) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  if (quoted || angled) return null;
  parts.push(text.slice(from).trim());
  return parts;
}

/** Reads `;name=value` parts; null when one is malformed. */
export function readParams(parts: readonly string[]): Map<string, string | null> | null {
  const params = new Map<string, string | null>();
  for (const part of parts) {
    const equals = part.indexOf("=");
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (!isToken(name)) return null;
    if (!params.has(name)) params.set(name, equals < 0 ? null : part.slice(equals + 1).trim());
  }
  return params;
}

/** Reads a From, To, Contact, Route … value (one, not a list); null when malformed. */
export function readNameAddr(value: string): NameAddr | null {
  const parts = splitOutside(value, ";");
  const first = parts?.[0];
  if (parts === null || first === undefined) return null;
  const params = readParams(parts.slice(1));
  if (params === null) return null;
  const open = openBracket(first);
  if (open === null) return null;
  if (open < 0) return isUriText(first) ? { display: "", uri: first, params } : null;
  const uri = first.slice(open + 1, -1);
  if (!first.endsWith(">") || !isUriText(uri)) return null;
  const display = readDisplay(first.slice(0, open).trim());
  return display === null ? null : { display, uri, params };
}

/** Where `<` is outside the quoted display name; -1 without one, null when the quotes do not close. */
function openBracket(text: string): number | null {
  if (!text.startsWith('"')) return text.indexOf("<");
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') {
      const open = text.indexOf("<", at);
      return open < 0 || text.slice(at + 1, open).trim() !== "" ? null : open;
    }
  }
  return null;
}

function readDisplay(text: string): string | null {
  if (!text.startsWith('"')) return text.includes('"') ? null : text;
  return text.slice(1, -1).replace(/\\(.)/g, "$1");
}

function isUriText(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/.test(text);
}

const sipUri = /^(sips?):(?:([^@]*)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?((?:;[^?]*)?)(?:\?.*)?$/i;

/** Reads a sip, sips or tel URI; null for another scheme or a malformed one. */
export function readUri(text: string): Uri | null {
  if (/^tel:/i.test(text)) return readTel(text);
  const match = sipUri.exec(text);
  if (match === null) return null;
  const port = match[4] === undefined ? null : Number(match[4]);
  if (port !== null && (port < 1 || port > 65535)) return null;
  const params = readParams((match[5] ?? "").split(";").slice(1));
  const user = percentDecoded((match[2] ?? "").split(":")[0] ?? "");
  if (params === null || user === null) return null;
  const scheme = match[1]?.toLowerCase() === "sips" ? "sips" : "sip";
  return { scheme, user, host: match[3] ?? "", port, params };
}

function readTel(text: string): Uri | null {
  const [number, ...rest] = text.slice(4).split(";");
  const params = readParams(rest);
  if (number === undefined || !/^\+?[0-9A-Fa-f*#().-]+$/.test(number) || params === null) return null;
  return { scheme: "tel", user: number.replace(/[().-]/g, ""), host: "", port: null, params };
}

/** Undoes %-escapes; null when they are malformed. Control characters stay escaped: nobody dials them. */
function percentDecoded(text: string): string | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return null;
  if (/%(?:[01][0-9A-Fa-f]|7[Ff])/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
