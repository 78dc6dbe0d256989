import type { Direction } from "../../../message/media.ts";

/** One `m=` section of an SDP (RFC 8866 §5.14), reduced to what answering needs. */
export interface MediaSection {
  readonly kind: string;
  /** 0 = refused or switched off. */
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** From `c=` here or at session level; null when there is none that we can send to. */
  readonly address: string | null;
  readonly direction: Direction;
  /** payload type -> encoding name/clock rate, as `a=rtpmap` says. */
  readonly mapping: ReadonlyMap<string, string>;
  /** What `a=ptime` and `a=maxptime` say, ms; null when they say nothing, or nothing that RFC 8866 knows. */
  readonly ptimeMs: number | null;
  readonly maxptimeMs: number | null;
}

export interface SessionDescription {
  readonly sections: readonly MediaSection[];
}

const mostSections = 8;
const mostFormats = 64;
const longestText = 8192;
const mostLines = 256;

interface Draft {
  kind: string;
  port: number;
  protocol: string;
  formats: string[];
  address: string | null;
  direction: Direction | null;
  mapping: Map<string, string>;
  ptimeMs: number | null;
  maxptimeMs: number | null;
}

interface Level {
  address: string | null;
  direction: Direction | null;
}

const directions: readonly string[] = ["sendrecv", "sendonly", "recvonly", "inactive"];

/** Reads an SDP (RFC 8866); a string says what is wrong with it. Unknown lines are passed over, limits are held. */
export function readSessionDescription(text: string): SessionDescription | string {
  if (text.length > longestText) return "session description over 8192 characters";
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== "");
  if (lines.length > mostLines) return "session description over 256 lines";
  if (lines[0]?.trim() !== "v=0") return "session description does not begin with v=0";
  const session: Level = { address: null, direction: null };
  const drafts: Draft[] = [];
  for (const line of lines.slice(1)) {
    const problem = readLine(line, session, drafts);
    if (problem !== null) return problem;
  }
  if (drafts.length === 0) return "session description without a media section";
  return { sections: drafts.map((draft) => finish(draft, session)) };
}

function readLine(line: string, session: Level, drafts: Draft[]): string | null {
  if (line[1] !== "=") return "session description line without =";
  const value = line.slice(2).trim();
  if (line[0] === "m") return readMedia(value, drafts);
  const draft = drafts.at(-1);
  const level = draft ?? session;
  if (line[0] === "c") return readConnection(value, level);
  if (line[0] === "a") return readAttribute(value, level, draft ?? null);
  return null;
}

function readMedia(value: string, drafts: Draft[]): string | null {
  if (drafts.length >= mostSections) return "session description over 8 media sections";
  const match = /^([\w.+-]{1,32}) (\d{1,5})(?:\/\d{1,5})? ([\w/.+-]{1,32}) ([^\r\n]{1,512})$/.exec(value);
  const port = Number(match?.[2]);
  if (match === null || port > 65535) return "malformed m= line";
  const formats = (match[4] ?? "").split(/ +/);
  if (formats.length > mostFormats) return "m= line over 64 formats";
  drafts.push({
    kind: match[1] ?? "",
    port,
    protocol: match[3] ?? "",
    formats,
    address: null,
    direction: null,
    mapping: new Map(),
    ptimeMs: null,
    maxptimeMs: null,
  });
  return null;
}

function readConnection(value: string, level: Level): string | null {
  const match = /^IN (IP4|IP6) ([0-9A-Fa-f:.]{2,45})(?:\/\d{1,3}){0,2}$/.exec(value);
  const address = match?.[2];
  if (address === undefined || !isLiteral(match?.[1] ?? "", address)) return "c= line without an IP address";
  level.address = address;
  return null;
}

function isLiteral(type: string, address: string): boolean {
  if (type === "IP6") return address.includes(":");
  const octets = address.split(".");
  return octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) < 256);
}

function readAttribute(value: string, level: Level, draft: Draft | null): string | null {
  if (directions.includes(value)) level.direction = value as Direction; // checked against the list of them
  if (draft === null) return null;
  const mapping = /^rtpmap:(\d{1,3}) +([\w.+-]{1,32}\/\d{1,6})(?:\/(\d{1,2}))?/.exec(value);
  if (mapping?.[1] !== undefined && mapping[2] !== undefined) {
    const channels = mapping[3] === undefined || mapping[3] === "1" ? "" : `/${mapping[3]}`;
    if (draft.mapping.size < mostFormats) draft.mapping.set(mapping[1], mapping[2].toLowerCase() + channels);
  }
  if (value.startsWith("ptime:")) draft.ptimeMs = packetTime(value) ?? draft.ptimeMs;
  if (value.startsWith("maxptime:")) draft.maxptimeMs = packetTime(value) ?? draft.maxptimeMs;
  return null;
}

/** RFC 8866 §9, `non-zero-int-or-real`; anything else is no attribute that is known, and passed over. */
function packetTime(value: string): number | null {
  const time = Number(/^[a-z]+:(\d{1,9}(?:\.\d{1,6})?)$/.exec(value)?.[1] ?? 0);
  return time > 0 ? time : null;
}

function finish(draft: Draft, session: Level): MediaSection {
  return {
    ...draft,
    address: draft.address ?? session.address,
    direction: draft.direction ?? session.direction ?? "sendrecv",
  };
}
