import { isIP } from "node:net";
import * as v from "valibot";
import { rtpFormats } from "../message/media.ts";
import { patternFault } from "./pattern.ts";

/** Kinds of values a configuration is written in. Each message is a way out; `is` is the type as the docs show it. */

/** A host and port as written in the configuration. Port null = the protocol's own. */
export interface HostPort {
  readonly host: string;
  readonly port: number | null;
}

/** Reads `HOST`, `HOST:PORT`, `[IPv6]:PORT` or a bare IPv6 address; null when it is none of them. */
export function readHostPort(text: string): HostPort | null {
  const match =
    /^(?:\[([0-9a-fA-F:.]{2,45})\]|([a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?))(?::([0-9]{1,5}))?$/.exec(text);
  if (match === null) return isIP(text) === 6 ? { host: text, port: null } : null;
  const [, six, name, port] = match;
  if (six !== undefined && isIP(six) !== 6) return null;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) return null;
  return { host: six ?? name ?? "", port: port === undefined ? null : Number(port) };
}

function isSocketAddress(text: string): boolean {
  const read = readHostPort(text);
  return read !== null && read.port !== null && isIP(read.host) !== 0;
}

function written(is: string, wayOut: string, good: (text: string) => boolean) {
  return v.pipe(v.string(wayOut), v.check(good, wayOut), v.metadata({ is }));
}

function matching(is: string, wayOut: string, pattern: RegExp) {
  return written(is, wayOut, (text) => pattern.test(text));
}

export const flag = v.pipe(v.boolean("write true or false"), v.metadata({ is: "true / false" }));

export function whole(min: number, max: number, unit: string) {
  const wayOut = `write a whole number${unit === "" ? "" : ` of ${unit}`} from ${min} to ${max}`;
  return v.pipe(
    v.number(wayOut),
    v.integer(wayOut),
    v.minValue(min, wayOut),
    v.maxValue(max, wayOut),
    v.metadata({ is: `${min} … ${max} ${unit}` }),
  );
}

export function oneOf<const Option extends string | number>(...options: readonly Option[]) {
  const quoted = options.map((option) => JSON.stringify(option));
  return v.pipe(v.picklist(options, `write one of ${quoted.join(", ")}`), v.metadata({ is: quoted.join(" / ") }));
}

export const socketAddress = written(
  "ADDRESS:PORT",
  'write ADDRESS:PORT with an IP address of this machine, e.g. "192.168.1.1:5060" or "[fd00::1]:5060"',
  isSocketAddress,
);
export const ipAddress = written("IP address", 'write an IP address, e.g. "192.168.1.1"', (text) => isIP(text) !== 0);
export const host = written(
  "HOST or HOST:PORT",
  'write a host name or address, with a port if it is not 5060, e.g. "sip.example.com" or "10.0.0.5:5070"',
  (text) => readHostPort(text) !== null,
);
export const collector = written(
  "HOST or HOST:PORT",
  'write a host name or address, with a port if it is not 9060, e.g. "homer.example.com" or "10.0.0.5:9063"',
  (text) => readHostPort(text) !== null,
);
export const domain = written(
  "DOMAIN",
  'write a host name or address without port, e.g. "sip.example.com"',
  (text) => readHostPort(text)?.port === null,
);
export const shortText = matching("text", "write 1 to 64 characters in quotes, on one line", /^[^\p{Cc}]{1,64}$/u);
export const lineId = matching(
  "name",
  'write a short name in small letters, digits and "-", e.g. "office"',
  /^[a-z][a-z0-9-]{0,31}$/,
);
export const sipUser = matching(
  "SIP user",
  'write a number or user name without "sip:" and domain, e.g. "4930123456" or "alice"',
  /^[A-Za-z0-9\-_.!~*'()&=+$,;?/%]{1,64}$/,
);
export const secret = matching("text, kept secret", "write 0 to 128 characters in quotes", /^[^\p{Cc}]{0,128}$/u);
export const internalNumber = matching(
  "internal number",
  'write 1 to 8 digits in quotes, * and # are allowed in front, e.g. "611"',
  /^[*#]{0,2}[0-9]{1,8}$/,
);
export const dialled = matching(
  "number",
  'write the number as it is called, e.g. "0301234567", "+49301234567" or "alice"',
  /^\+?[A-Za-z0-9*#._-]{1,32}$/,
);
export const emergencyNumber = matching("number", 'write 2 to 6 digits in quotes, e.g. "112"', /^[0-9]{2,6}$/);
export const digits = matching(
  "digits",
  'write digits, *, # or a leading + in quotes, e.g. "0049"',
  /^\+?[0-9*#]{0,20}$/,
);
export const phone = matching(
  "phone",
  'write "handset:1", "port:1", an internal number such as "600", or "all"',
  /^(?:all|(?:handset|port):[1-9][0-9]?|[*#]{0,2}[0-9]{1,8})$/,
);
export const path = matching("path", "write the path in quotes", /^[^\p{Cc}]{1,4096}$/u);

/** That it is no built-in one, cross-check.ts knows; and which names there are. */
const encodingName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}(?:\/(?:8000|16000))?$/;
export const ownCodecName = matching("name", 'write the name that the file tells, such as "DVI4"', encodingName);

export const codecName = v.pipe(
  matching(
    "",
    `write one of ${rtpFormats.map((format) => JSON.stringify(format)).join(", ")}, or the name of a [[codec]]`,
    encodingName,
  ),
  v.metadata({ is: `${rtpFormats.map((format) => JSON.stringify(format)).join(" / ")} / name of a [[codec]]` }),
);

export const pattern = v.pipe(
  v.string('write a pattern in quotes, e.g. "0."'),
  v.check(
    (text) => patternFault(text) === null,
    (issue) => patternFault(String(issue.input)) ?? "",
  ),
  v.metadata({ is: "pattern" }),
);

export function list<const Item extends v.GenericSchema>(item: Item, most: number, least = 0) {
  const wayOut = `write a list in brackets, e.g. ["…", "…"], of ${least} to ${most}`;
  return v.pipe(
    v.array(item, wayOut),
    v.minLength(least, wayOut),
    v.maxLength(most, wayOut),
    v.metadata({ is: `list of ${shownType(item)}` }),
  );
}

/** The type of a value in words, for the docs. */
export function shownType(schema: v.GenericSchema): string {
  const metadata: { readonly is?: unknown } = v.getMetadata(schema);
  return String(metadata.is ?? "");
}
