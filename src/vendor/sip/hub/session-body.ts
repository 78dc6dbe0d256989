import { header, type SipMessage } from "../wire/message.ts";

export interface SessionBody {
  readonly type: string;
  readonly body: string;
}

/**
 * The part of a body that is for us: the SDP of a multipart (RFC 5621, first one), a body of one type, or null when
 * there is none or it is marked as not for the session. A missing type is guessed only for what begins as SDP.
 */
export function extractSession(message: SipMessage): SessionBody | null {
  if (message.body.trim() === "") return null;
  const type = header(message, "content-type");
  if (type === null) return message.body.startsWith("v=0") ? { type: "application/sdp", body: message.body } : null;
  const disposition = (header(message, "content-disposition") ?? "session").split(";")[0]?.trim().toLowerCase();
  const bare = bareType(type);
  if (bare.startsWith("multipart/")) return fromMultipart(message.body, type);
  if (bare === "application/sdp" && disposition !== "session") return null;
  return { type: bare, body: message.body };
}

/** `Application/SDP ; charset=x` -> `application/sdp`. */
export function bareType(type: string): string {
  return (type.split(";")[0] ?? "").replace(/[ \t]/g, "").toLowerCase();
}

const mostParts = 16;

function fromMultipart(body: string, type: string): SessionBody | null {
  const boundary = /;[ \t]*boundary[ \t]*=[ \t]*(?:"([^"]{1,70})"|([^;\s"]{1,70}))/i.exec(type);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return null;
  for (const part of `\r\n${body}`.split(`\r\n--${mark}`, mostParts).slice(1)) {
    const blank = part.indexOf("\r\n\r\n");
    const partType = /^content-type[ \t]*:[ \t]*([^\r\n]+)$/im.exec(part.slice(0, Math.max(0, blank)))?.[1];
    if (blank >= 0 && bareType(partType ?? "") === "application/sdp")
      return { type: "application/sdp", body: part.slice(blank + 4) };
  }
  return null;
}
