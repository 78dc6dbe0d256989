import { isIP } from "node:net";
import { isBuiltInName, isNoVoice, rtpFormats } from "../message/media.ts";
import { phonesBehind } from "./assemble.ts";
import { emergencyNumbers } from "./emergency.ts";
import { type Fault, shown } from "./fault.ts";
import type { Document } from "./schema.ts";
import { readHostPort } from "./value.ts";

/** The most RTP socket pairs bound ahead. */
const mostPairs = 64;
const builtIn: readonly string[] = rtpFormats;

/**
 * What the schema cannot see: one section against another.
 * `faulty` tells which paths are wrong in themselves; they are judged no further, but may still be referred to.
 */
export function crossCheck(document: Document, faulty: (path: string) => boolean): Fault[] {
  const faults = [
    ...checkSip(document),
    ...checkRtp(document),
    ...checkLines(document),
    ...checkCodecs(document),
    ...checkNumbers(document),
    ...checkIds(document),
    ...checkLineNames(document),
    ...checkPhones(document),
    ...checkOutgoing(document),
    ...checkContacts(document),
  ];
  return faults.filter(({ path }) => !faulty(path));
}

function fault(path: string, value: unknown, problem: string): Fault {
  return { path, value: shown(path, value), problem };
}

function checkSip({ sip }: Document): Fault[] {
  const host = readHostPort(sip.listen)?.host ?? "";
  if (isIP(host) !== 0 && /^[0.:]+$/.test(host))
    return [fault("sip.listen", sip.listen, "no far end can answer to it: write the address of one interface")];
  return [];
}

function checkRtp({ rtp, sip, voice }: Document): Fault[] {
  const faults: Fault[] = [];
  const pairs = Math.floor((rtp.port_max - rtp.port_min + 1) / 2);
  if (rtp.port_min % 2 !== 0)
    faults.push(fault("rtp.port_min", rtp.port_min, `is odd: RTP is on even ports, write ${rtp.port_min + 1}`));
  if (pairs < 2)
    faults.push(
      fault("rtp.port_max", rtp.port_max, `leaves ${Math.max(0, pairs)} pairs: write ${rtp.port_min + 3} or more`),
    );
  if (pairs > mostPairs)
    faults.push(
      fault(
        "rtp.port_max",
        rtp.port_max,
        `makes ${pairs} pairs, the most is ${mostPairs}: write ${rtp.port_min + mostPairs * 2 - 1} or less`,
      ),
    );
  faults.push(...checkJitter(rtp, voice.frame_ms));
  const sipPort = readHostPort(sip.listen)?.port ?? 0;
  if (sipPort >= rtp.port_min && sipPort <= rtp.port_max)
    faults.push(
      fault("rtp.port_min", rtp.port_min, `the range contains the port of sip.listen, ${sipPort}: move one of them`),
    );
  return faults;
}

function checkJitter(rtp: Document["rtp"], frame: number): Fault[] {
  const { jitter_ms: depth, jitter_min_ms: least, jitter_max_ms: most } = rtp;
  const faults: Fault[] = [];
  for (const key of ["jitter_ms", "jitter_min_ms", "jitter_max_ms"] as const) {
    const ms = rtp[key];
    if (ms % frame === 0) continue;
    faults.push(fault(`rtp.${key}`, ms, `is no multiple of ${frame}: write ${Math.ceil(ms / frame) * frame}`));
  }
  if (least > depth)
    faults.push(fault("rtp.jitter_min_ms", least, `is more than rtp.jitter_ms: write ${depth} or less`));
  if (most < depth) faults.push(fault("rtp.jitter_max_ms", most, `is less than rtp.jitter_ms: write ${depth} or more`));
  return faults;
}

function checkLines({ line }: Document): Fault[] {
  const faults = twice(line.map(({ name }, index) => ({ path: `line[${index + 1}].name`, value: name })));
  line.forEach((item, index) => {
    const at = `line[${index + 1}]`;
    const direct = item.mode === "direct";
    const needed = direct ? "server" : "registrar";
    if (item[needed] === undefined)
      faults.push(fault(`${at}.${needed}`, undefined, `is missing: a "${item.mode}" line needs it`));
    for (const key of direct ? (["registrar", "outbound_server"] as const) : (["server"] as const))
      if (item[key] !== undefined)
        faults.push(
          fault(`${at}.${key}`, item[key], `does nothing on a "${item.mode}" line: take it out, or change \`mode\``),
        );
  });
  return faults;
}

function checkCodecs({ line, codec, voice }: Document): Fault[] {
  const names = codec.map(({ name }) => name.toLowerCase());
  const all = [...rtpFormats, ...codec.map(({ name }) => name)].map((name) => JSON.stringify(name));
  const unknown = line.flatMap(({ codecs }, index) =>
    codecs.flatMap((name, place) => {
      if (builtIn.includes(name) || names.includes(name.toLowerCase())) return [];
      return [fault(`line[${index + 1}].codecs[${place + 1}]`, name, `write one of ${all.join(", ")}`)];
    }),
  );
  const own = codec.flatMap(({ name }, index) => {
    const isTaken = isBuiltInName(name) || isNoVoice(name);
    if (!isTaken && !name.includes("/")) return [];
    const problem = isTaken ? "is built in: give the codec another name" : "write the name alone, without a rate";
    return [fault(`codec[${index + 1}].name`, name, problem)];
  });
  const short = codec.flatMap(({ name, frame_ms: frameMs }, index) => {
    if (frameMs % voice.frame_ms === 0 || voice.frame_ms % frameMs === 0) return [];
    const problem = `turns of ${voice.frame_ms} ms do not make a frame of "${name}": write voice.frame_ms = 10, or take it out`;
    return [fault(`codec[${index + 1}].frame_ms`, frameMs, problem)];
  });
  return [
    ...unknown,
    ...own,
    ...short,
    ...twice(names.map((value, index) => ({ path: `codec[${index + 1}].name`, value }))),
  ];
}

/** A value that may be there once only. */
interface Once {
  readonly path: string;
  readonly value: string;
}

function twice(values: readonly Once[]): Fault[] {
  const first = new Map<string, string>();
  return values.flatMap(({ path, value }) => {
    const earlier = first.get(value);
    if (earlier === undefined) {
      first.set(value, path);
      return [];
    }
    return [fault(path, value, `is already ${earlier}: write another one`)];
  });
}

function internalNumbers(document: Document): Once[] {
  return (["handset", "port", "group", "service"] as const).flatMap((kind) =>
    document[kind].map(({ number }, index) => ({ path: `${kind}[${index + 1}].number`, value: number })),
  );
}

function checkNumbers(document: Document): Fault[] {
  const numbers = internalNumbers(document);
  const emergency = document.numbering.emergency ?? emergencyNumbers[document.country];
  const shadowed = numbers.flatMap(({ path, value }) => {
    const caught = emergency.find((number) => value.startsWith(number));
    return caught === undefined
      ? []
      : [fault(path, value, `can not be dialled, the emergency number ${caught} leaves at once: write another one`)];
  });
  return [...twice(numbers), ...shadowed];
}

function checkIds(document: Document): Fault[] {
  return (["handset", "port"] as const).flatMap((kind) =>
    twice(
      document[kind].map(({ id }, index) => ({ path: `${kind}[${index + 1}].id`, value: String(id ?? index + 1) })),
    ),
  );
}

function checkLineNames(document: Document): Fault[] {
  const known = [...new Set(document.line.map(({ name }) => name))];
  const wayOut = known.length === 0 ? "add a [[line]] first" : `write one of ${known.join(", ")}`;
  const named = (["handset", "port", "incoming", "outgoing"] as const).flatMap((kind) =>
    document[kind].map(({ line }, index) => ({ path: `${kind}[${index + 1}].line`, line })),
  );
  const forwards = document.incoming.map(({ forward_line: line }, index) => ({
    path: `incoming[${index + 1}].forward_line`,
    line,
  }));
  return [...named, ...forwards].flatMap(({ path, line }) =>
    line === undefined || known.includes(line) ? [] : [fault(path, line, `there is no line of this name: ${wayOut}`)],
  );
}

function checkPhones(document: Document): Fault[] {
  const members = document.group.flatMap((group, index) =>
    group.members.map((word, place) => ({ word, path: `group[${index + 1}].members[${place + 1}]`, groups: false })),
  );
  const ring = document.incoming.flatMap((rule, index) =>
    rule.ring.map((word, place) => ({ word, path: `incoming[${index + 1}].ring[${place + 1}]`, groups: true })),
  );
  return [...members, ...ring].flatMap(({ word, path, groups }) => {
    if (phonesBehind(word, groups ? document : { ...document, group: [] }) !== null) return [];
    return [
      fault(path, word, `there is no such phone${groups ? " or group" : ""}: add its section, or write another one`),
    ];
  });
}

function checkOutgoing({ outgoing }: Document): Fault[] {
  const faults = twice(
    outgoing.map(({ pattern }, index) => ({ path: `outgoing[${index + 1}].pattern`, value: pattern })),
  );
  outgoing.forEach(({ line, bar }, index) => {
    const at = `outgoing[${index + 1}]`;
    if (line === undefined && !bar)
      faults.push(fault(`${at}.line`, undefined, "is missing: name a line, or write bar = true"));
    if (line !== undefined && bar)
      faults.push(fault(`${at}.bar`, bar, "a barred number needs no line: take one of them out"));
  });
  return faults;
}

function checkContacts({ contact }: Document): Fault[] {
  return twice(
    contact.flatMap(({ numbers }, index) =>
      numbers.map((number, place) => ({ path: `contact[${index + 1}].numbers[${place + 1}]`, value: number })),
    ),
  );
}
