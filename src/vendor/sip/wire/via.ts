import { isToken, readParams } from "./name-addr.ts";

/** One Via value (RFC 3261 §20.42). */
export interface Via {
  readonly transport: string;
  readonly host: string;
  readonly port: number | null;
  readonly params: ReadonlyMap<string, string | null>;
}

const shape =
  /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([A-Za-z0-9\-.!%*_+`'~]+)[ \t]+(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)[ \t]*(?::[ \t]*(\d{1,5}))?[ \t]*((?:;.*)?)$/i;

/** Reads one Via value; null when malformed. */
export function readVia(value: string): Via | null {
  const match = shape.exec(value);
  if (match === null) return null;
  const port = match[3] === undefined ? null : Number(match[3]);
  if (port !== null && (port < 1 || port > 65535)) return null;
  const params = readParams((match[4] ?? "").split(";").slice(1));
  if (params === null) return null;
  const branch = params.get("branch");
  if (branch !== undefined && branch !== null && branch !== "" && !isToken(branch)) return null;
  return { transport: match[1] ?? "", host: match[2] ?? "", port, params };
}

/**
 * The top Via as a server hands it on: with `received`, and `rport` filled in when asked for (RFC 3581 §4).
 * `value` is the first element of the first Via line.
 */
export function stampVia(value: string, via: Via, source: { readonly address: string; readonly port: number }): string {
  const stamped = value
    .replace(/;[ \t]*received[ \t]*=[^;]*/gi, "")
    .replace(/;[ \t]*rport(?:[ \t]*=[^;]*)?(?=;|[ \t]|$)/gi, "");
  const rport = via.params.has("rport") ? `;rport=${source.port}` : "";
  const received =
    rport !== "" || via.host.replace(/^\[|\]$/g, "") !== source.address ? `;received=${source.address}` : "";
  return stamped + received + rport;
}
