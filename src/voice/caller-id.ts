/**
 * The caller ID message: MDMF of Telcordia GR-30 and ETSI EN 300 659-3.
 *
 *   0x80 | length | parameters: type, length, octets … | checksum: all octets together sum up to 0 modulo 256
 */
const CALL_SETUP = 0x80;
const DATE_AND_TIME = 0x01;
const NUMBER = 0x02;
const NO_NUMBER = 0x04;
const NAME = 0x07;
const NO_NAME = 0x08;

const MAX_NUMBER = 20;
/** EN 300 659-3 allows 50; Bellcore phones cut after 15 by themselves. */
const MAX_NAME = 50;

export interface CallerIdentity {
  /** Null = not available or withheld. */
  readonly number: string | null;
  readonly name: string | null;
}

/** Builds the message, checksum included. `now` is shown by the phone as the local time of the call. */
export function callerIdMessage(caller: CallerIdentity, now: Date): Uint8Array {
  const number = caller.number === null ? "" : dialable(caller.number);
  const name = caller.name === null ? "" : ascii(caller.name);
  const body = [
    ...parameter(DATE_AND_TIME, monthDayHourMinute(now)),
    ...(number === "" ? parameter(NO_NUMBER, absence(caller)) : parameter(NUMBER, number)),
    ...(name === "" ? parameter(NO_NAME, absence(caller)) : parameter(NAME, name)),
  ];
  const message = [CALL_SETUP, body.length, ...body];
  const sum = message.reduce((total, octet) => total + octet, 0);
  return Uint8Array.from([...message, -sum & 0xff]);
}

/** O = out of area, P = private: whoever gives neither number nor name wants to stay unknown. */
function absence(caller: CallerIdentity): string {
  return caller.number === null && caller.name === null ? "P" : "O";
}

function parameter(type: number, text: string): number[] {
  return [type, text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))];
}

function monthDayHourMinute(now: Date): string {
  return [now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes()]
    .map((value) => String(value).padStart(2, "0"))
    .join("");
}

function dialable(number: string): string {
  return number.replace(/[^0-9*#+]/g, "").slice(0, MAX_NUMBER);
}

/** ISO 646: letters lose their accents, what is still foreign becomes a question mark. */
function ascii(name: string): string {
  const plain = name
    .replace(/ß/g, "ss")
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "");
  return Array.from(plain, (letter) => (/^[ -~]$/.test(letter) ? letter : "?"))
    .join("")
    .trim()
    .slice(0, MAX_NAME);
}
