import { type PluginFormat, type RtpFormat, rtpFormats } from "../message/media.ts";
import type { HandsetName, LineName, PhoneName, PortName } from "../message/name.ts";
import type { House, IncomingRule, LinePlan, PhonePlan } from "../message/plan.ts";
import type { SipAccount, SipOptions } from "../vendor/sip/options.ts";
import type { VoiceOptions } from "../voice/contract.ts";
import type { Config, HepConfig } from "./config.ts";
import { emergencyNumbers } from "./emergency.ts";
import type { Document } from "./schema.ts";
import { type HostPort, readHostPort } from "./value.ts";

type Line = Document["line"][number];

const sipPort = 5060;
const hepPort = 9060;

/** The phones of a document in their order: handsets first. */
export function phonesOf(document: Document): { readonly phone: PhoneName; readonly number: string }[] {
  return [
    ...document.handset.map((item, index) => ({ phone: handsetName(item.id ?? index + 1), number: item.number })),
    ...document.port.map((item, index) => ({ phone: portName(item.id ?? index + 1), number: item.number })),
  ];
}

function handsetName(id: number): HandsetName {
  return `handset:${id}`;
}

function portName(id: number): PortName {
  return `port:${id}`;
}

/** Phones behind `handset:1`, `port:1`, an internal number or `all`; null when there are none by that name. */
export function phonesBehind(word: string, document: Document): readonly PhoneName[] | null {
  const phones = phonesOf(document);
  if (word === "all") return phones.map(({ phone }) => phone);
  const one = phones.find(({ phone, number }) => phone === word || number === word);
  if (one !== undefined) return [one.phone];
  const group = document.group.find(({ number }) => number === word);
  // A group's own members are phones only, so this ends.
  return group === undefined ? null : ringList(group.members, { ...document, group: [] });
}

function ringList(words: readonly string[], document: Document): readonly PhoneName[] {
  return [...new Set(words.flatMap((word) => phonesBehind(word, document) ?? []))];
}

/** What the parts are told, from a document without faults. */
export function assemble(document: Document): Config {
  const { rtp, voice, data, recorder, usb, memory } = document;
  const listen = endOf(document.sip.listen);
  return {
    house: houseOf(document),
    sip: sipOf(document),
    voice: {
      address: rtp.address ?? listen.host,
      firstPort: rtp.port_min,
      lastPort: rtp.port_max,
      streams: Math.floor((rtp.port_max - rtp.port_min + 1) / 2),
      usbChannels: usb.voice_channels,
      frameMs: voice.frame_ms,
      jitterMs: rtp.jitter_ms,
      jitterMinMs: rtp.jitter_min_ms,
      jitterMaxMs: rtp.jitter_max_ms,
      edge: rtp.edge,
      priority: voice.priority,
      drive: rtp.drive,
      rtpTimeoutMs: rtp.timeout_ms,
      codecs: document.codec.map(({ name, file, clock_rate: clockRate, frame_ms: frameMs }) => ({
        name,
        file,
        clockRate,
        frameMs,
      })),
      ...(document.hep.collector === undefined ? {} : { seeRtcp: true }),
      ...shadowOf(document),
    },
    emulator: usb.emulate
      ? { handsets: highest(document.handset), ports: highest(document.port), country: document.country }
      : null,
    usb: usb.enabled,
    recorder: { enabled: recorder.enabled, keep: recorder.keep, segmentBytes: recorder.segment_kb * 1024 },
    data: { dir: data.dir ?? null, callLogSize: data.call_log_size, saveAfterMs: data.save_after_ms },
    hep: hepOf(document),
    memoryLimitBytes: memory.limit_mb * 1_000_000,
    seeds: document.contact.map(({ name, numbers }, index) => ({ id: index + 1, name, numbers })),
  };
}

/** Null without a collector. */
function hepOf({ hep }: Document): HepConfig | null {
  if (hep.collector === undefined) return null;
  const { host, port } = endOf(hep.collector);
  return { host, port: port ?? hepPort, id: hep.id, password: hep.password, credentials: hep.credentials };
}

/** Nothing without a candidate. */
function shadowOf({ shadow }: Document): Pick<VoiceOptions, "shadow"> {
  const { module, codec, streams, share_percent: sharePercent } = shadow;
  if (module === undefined && codec === undefined) return {};
  const files = { ...(module === undefined ? {} : { module }), ...(codec === undefined ? {} : { codec }) };
  return { shadow: { ...files, streams, sharePercent } };
}

function highest(phones: readonly { readonly id?: number | undefined }[]): number {
  return phones.reduce((most, { id }, index) => Math.max(most, id ?? index + 1), 0);
}

function houseOf(document: Document): House {
  const { numbering } = document;
  return {
    country: document.country,
    lines: document.line.map((line) => linePlan(line, document)),
    phones: phonePlans(document),
    groups: document.group.map(({ number, members }) => ({ number, members: ringList(members, document) })),
    services: document.service.map(({ number, service }) => ({ number, service })),
    outgoing: document.outgoing.map((rule) => ({
      name: rule.name ?? rule.pattern,
      pattern: rule.pattern,
      line: rule.line === undefined ? null : lineName(rule.line),
      strip: rule.strip,
      prefix: rule.prefix,
    })),
    emergency: numbering.emergency ?? emergencyNumbers[document.country],
    callLogSize: document.data.call_log_size,
    timing: {
      firstDigitMs: numbering.first_digit_ms,
      interDigitMs: numbering.inter_digit_ms,
      completeMs: numbering.complete_ms,
      noAnswerMs: numbering.no_answer_ms,
      busyToneMs: numbering.busy_tone_ms,
    },
  };
}

function lineName(name: string): LineName {
  return `line:${name}`;
}

function linePlan(line: Line, document: Document): LinePlan {
  return {
    line: lineName(line.name),
    registers: line.mode === "register",
    incoming: incomingOf(line, document),
    maxCalls: line.max_calls,
    codecs: line.codecs.map((name) => formatOf(name, document)),
    dtmf: line.dtmf,
    ...(line.comfort_noise ? { comfortNoise: true } : {}),
    number: line.number ?? line.user,
  };
}

/** Of a document without faults: built in, or one of its codecs. */
function formatOf(name: string, document: Document): RtpFormat {
  const builtIn = rtpFormats.find((format) => format === name);
  return builtIn ?? document.codec.map(pluginOf).find((format) => isNamed(format, name)) ?? "PCMA";
}

function isNamed(format: PluginFormat, name: string): boolean {
  return format.toLowerCase().startsWith(`codec:${name.toLowerCase()}/`);
}

function pluginOf({ name, clock_rate: rate }: Document["codec"][number]): PluginFormat {
  return `codec:${name}/${rate}`;
}

/** A line's rules in order, closed by one for any number: all phones. */
function incomingOf(line: Line, document: Document): readonly IncomingRule[] {
  const rules = document.incoming.filter((rule) => rule.line === line.name).map((rule) => incomingRule(rule, document));
  if (rules.some(({ numbers }) => numbers.length === 0)) return rules;
  return [...rules, { numbers: [], ring: ringList(["all"], document) }];
}

function incomingRule(rule: Document["incoming"][number], document: Document): IncomingRule {
  const { numbers, forward } = rule;
  if (forward === undefined) return { numbers, ring: ringList(rule.ring, document) };
  return { numbers, ring: [], forward: { line: lineName(rule.forward_line ?? rule.line), number: forward } };
}

function phonePlans(document: Document): readonly PhonePlan[] {
  const sections = [...document.handset, ...document.port];
  return phonesOf(document).map(({ phone, number }, index) => {
    const section = sections[index];
    const [kind = "", id = ""] = phone.split(":");
    const name = section?.name ?? `${kind === "port" ? "Phone" : "Handset"} ${id}`;
    const line = section?.line === undefined ? null : lineName(section.line);
    return { phone, number, name, line, ...lineOf(section) };
  });
}

/** What only an analog line has. */
function lineOf(
  section: Document["handset"][number] | Document["port"][number] | undefined,
): Pick<PhonePlan, "echoTailMs" | "fax"> {
  const onPort = section !== undefined && "fax" in section && section.fax;
  const tail = section !== undefined && "echo_tail_ms" in section ? section.echo_tail_ms : 0;
  return { ...(tail === 0 ? {} : { echoTailMs: tail }), ...(onPort ? { fax: true } : {}) };
}

function sipOf(document: Document): SipOptions {
  const listen = endOf(document.sip.listen);
  return {
    listen: { address: listen.host, port: listen.port ?? sipPort },
    mediaAddress: document.sip.media_address ?? null,
    userAgent: document.sip.user_agent,
    accounts: document.line.map(accountOf),
    codecs: document.codec.map((codec) => ({ format: pluginOf(codec), frameMs: codec.frame_ms })),
    frameMs: document.voice.frame_ms,
  };
}

function accountOf(line: Line): SipAccount {
  const home = endOf((line.mode === "register" ? line.registrar : line.server) ?? "");
  const server = line.outbound_server === undefined ? home : endOf(line.outbound_server);
  return {
    line: lineName(line.name),
    mode: line.mode,
    user: line.user,
    authUser: line.auth_user ?? line.user,
    password: line.password,
    displayName: line.display_name ?? "",
    domain: line.domain ?? home.host,
    server: { host: server.host, port: server.port ?? sipPort },
    expiresSeconds: line.expires_s,
  };
}

function endOf(text: string): HostPort {
  return readHostPort(text) ?? { host: text, port: null };
}
