import type { Identity } from "../../message/name.ts";

/** What a caller ID message said (GR-30, ETSI EN 300 659-3). */
export interface CallerIdMessage extends Identity {
  /** `unavailable` (O) or `withheld` (P) when there is no number. */
  readonly absence: "unavailable" | "withheld" | null;
  /** MMDDHHMM, null when not sent. */
  readonly dateTime: string | null;
}

export const SDMF_CALL = 0x04;
export const MDMF_CALL = 0x80;

const parameter = { dateTime: 0x01, number: 0x02, numberAbsence: 0x04, name: 0x07 } as const;

/** True when the octets from the type to the checksum add up to zero modulo 256. */
export function checksumHolds(message: Uint8Array): boolean {
  return message.reduce((sum, octet) => (sum + octet) & 0xff, 0) === 0;
}

/** Reads a message from type to checksum; null when it is broken or no call set-up. */
export function readCallerId(message: Uint8Array): CallerIdMessage | null {
  const length = message[1];
  if (length === undefined || message.length !== length + 3 || !checksumHolds(message)) return null;
  const content = message.subarray(2, 2 + length);
  if (message[0] === MDMF_CALL) return readParameters(content);
  return message[0] === SDMF_CALL ? readSingle(content) : null;
}

function readParameters(content: Uint8Array): CallerIdMessage | null {
  const found = new Map<number, string>();
  let at = 0;
  while (at < content.length) {
    const type = content[at];
    const length = content[at + 1];
    if (type === undefined || length === undefined || at + 2 + length > content.length) return null;
    found.set(type, text(content.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return {
    number: found.get(parameter.number) ?? null,
    name: found.get(parameter.name) ?? null,
    absence: absenceOf(found.get(parameter.numberAbsence)),
    dateTime: found.get(parameter.dateTime) ?? null,
  };
}

/** SDMF: eight digits of date and time, then the number or O or P. */
function readSingle(content: Uint8Array): CallerIdMessage | null {
  if (content.length < 8) return null;
  const rest = text(content.subarray(8));
  const absence = absenceOf(rest);
  const number = absence === null && rest !== "" ? rest : null;
  return { number, name: null, absence, dateTime: text(content.subarray(0, 8)) };
}

function absenceOf(code: string | undefined): CallerIdMessage["absence"] {
  if (code === "P") return "withheld";
  return code === "O" ? "unavailable" : null;
}

/** 7-bit text as the display shows it; what cannot be shown becomes a question mark. */
function text(octets: Uint8Array): string {
  return Array.from(octets, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : "?")).join("");
}
