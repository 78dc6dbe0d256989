import type { CountryCode } from "../message/country.ts";
import type { RtpFormat, VoiceFormat } from "../message/media.ts";
import type { DeviceName, HandsetName, LineName, PhoneName, PortName } from "../message/name.ts";
import type { House, LinePlan, OutgoingRule, PhonePlan } from "../message/plan.ts";
import type { CallRecord, Contact } from "../message/record.ts";
import { instant, ms } from "../message/units.ts";
import { Chance, mix } from "./chance.ts";

interface SimulatedBase {
  readonly base: DeviceName;
  readonly channels: number;
  readonly handsets: HandsetName[];
  readonly formats: readonly VoiceFormat[];
}

interface SimulatedDongle {
  readonly dongle: DeviceName;
  readonly ports: PortName[];
  readonly formats: readonly VoiceFormat[];
}

/** A house of chance: its plan, and the devices in it. */
export interface SimulatedHouse {
  readonly plan: House;
  readonly bases: readonly SimulatedBase[];
  readonly dongles: readonly SimulatedDongle[];
  /** What the files hold when it starts. */
  readonly saved: { readonly contacts: readonly Contact[]; readonly calls: readonly CallRecord[] };
  readonly streams: number;
  /** What people in it dial, and what others dial to reach it. */
  readonly dialled: readonly string[];
  readonly called: readonly string[];
}

const countries: readonly CountryCode[] = ["DE", "US", "GB", "FR", "RU"];
const codecs: readonly (readonly RtpFormat[])[] = [
  ["PCMA", "PCMU"],
  ["G722", "PCMA", "PCMU"],
  ["PCMU", "G726-32"],
  ["G722"],
  ["codec:X-SIM/8000", "PCMA"],
];
/** What devices of several families hand over. */
const families: readonly (readonly VoiceFormat[])[] = [["L16"], ["L16"], ["PCMA", "PCMU", "L16"], ["PCMU"], []];
const saved = savedBefore();

/** Emergencies, barred, by this line or that, too short, too long, and no number at all. */
const outside = [
  "0301234567",
  "0900666",
  "112",
  "112",
  "077",
  "71",
  "9",
  "",
  "5*5",
  "24",
  "71#",
  "6#",
  `0${"1".repeat(40)}`,
];

/** One seed, one house: lines, handsets, ports, plans. */
export function houseOf(seed: number): SimulatedHouse {
  const chance = new Chance(mix(seed, 1, 0));
  const lines = Array.from({ length: chance.between(1, 3) }, (_, n): LineName => `line:l${n + 1}`);
  const bases = Array.from({ length: chance.between(0, 2) }, (_, n) => ({
    base: `base:${n + 1}` as const,
    channels: chance.between(2, 6),
    handsets: numbered("handset", 1 + n * 6, chance.between(1, 5)),
    formats: chance.pick(families),
  }));
  const dongles = Array.from({ length: chance.between(bases.length === 0 ? 1 : 0, 2) }, (_, n) => ({
    dongle: `dongle:${n + 1}` as const,
    ports: numbered("port", 1 + n * 4, chance.between(1, 4)),
    formats: chance.pick(families),
  }));
  const phones = [...bases.flatMap(({ handsets }) => handsets), ...dongles.flatMap(({ ports }) => ports)];
  const plan = planOf(chance, lines, phones);
  const own = [...plan.phones.map(({ number }) => number), "600", "690"];
  const called = [...own, "691", "main", "fwd", "empty", "nobody"];
  const dialled = [...own, ...own, "691", "691", ...outside];
  return { plan, bases, dongles, streams: chance.between(1, 12), saved, dialled, called };
}

function savedBefore(): SimulatedHouse["saved"] {
  const contacts: Contact[] = [
    { id: 4, name: "The office", numbers: ["100"] },
    { id: 3, name: "Alice at work", numbers: ["0 30-1", "700"] },
    { id: 1, name: "Alice", numbers: ["700", "0 30-1"] },
  ];
  const at = instant(1_794_900_000_000);
  const from = { number: "700", name: "Alice" };
  const calls = [1, 2, 3, 4, 5, 6, 7, 8].map(
    (id): CallRecord => ({
      id,
      call: `call:${id}`,
      direction: "incoming",
      result: "missed",
      from,
      to: { number: "main", name: null },
      fromParty: "line:l1",
      answeredBy: null,
      startedAt: at,
      answeredAt: null,
      durationMs: ms(0),
      cause: "cancelled",
      quality: [],
    }),
  );
  return { contacts, calls };
}

function numbered<K extends string>(kind: K, first: number, count: number): `${K}:${number}`[] {
  return Array.from({ length: count }, (_, n): `${K}:${number}` => `${kind}:${first + n}`);
}

function planOf(chance: Chance, lines: readonly LineName[], phones: readonly PhoneName[]): House {
  const [first = "line:l1"] = lines;
  return {
    country: chance.pick(countries),
    lines: lines.map((line, n) => linePlan(chance, line, n, phones)),
    phones: phones.map((phone, n) => phonePlan(chance, phone, n)),
    groups: [{ number: "600", members: phones }],
    services: [
      { number: "690", service: "echo" },
      { number: "691", service: "capsule" },
    ],
    outgoing: outgoing(chance.pick(lines), first),
    emergency: ["112"],
    timing: {
      firstDigitMs: chance.pick([5000, 15000]),
      interDigitMs: chance.pick([3000, 8000]),
      completeMs: chance.pick([500, 3000]),
      noAnswerMs: chance.pick([10_000, 30_000, 60_000]),
      busyToneMs: chance.pick([3000, 30_000]),
    },
    ...(chance.percent(10) ? {} : { callLogSize: chance.pick([5, 20, 1000]) }),
  };
}

function outgoing(line: LineName, first: LineName): OutgoingRule[] {
  return [
    { name: "near", pattern: "7x", line, strip: 0, prefix: "" },
    { name: "longer", pattern: "7xx.", line: first, strip: 0, prefix: "" },
    { name: "premium", pattern: "0900.", line: null, strip: 0, prefix: "" },
    { name: "sets", pattern: "[2-4]x", line, strip: 1, prefix: "00" },
    { name: "one", pattern: "55", line: null, strip: 0, prefix: "" },
    { name: "never", pattern: "5[13", line, strip: 0, prefix: "" },
    { name: "outside", pattern: "0.", line: first, strip: 1, prefix: "" },
  ];
}

function linePlan(chance: Chance, line: LineName, n: number, phones: readonly PhoneName[]): LinePlan {
  return {
    line,
    registers: chance.percent(60),
    incoming: [
      { numbers: ["main"], ring: phones.filter(() => chance.percent(60)) },
      { numbers: ["fwd"], ring: [], forward: { line, number: "0170123" } },
      { numbers: ["empty"], ring: [] },
      ...(chance.percent(30) ? [{ numbers: [], ring: phones }] : []),
    ],
    maxCalls: chance.between(1, 8),
    codecs: chance.pick(codecs),
    dtmf: chance.pick(["rfc4733", "info", "inband"] as const),
    ...(chance.percent(30) ? { comfortNoise: true } : {}),
    number: `100${n}`,
  };
}

function phonePlan(chance: Chance, phone: PhoneName, n: number): PhonePlan {
  const port = phone.startsWith("port:");
  return {
    phone,
    number: `6${11 + n}`,
    name: phone,
    line: null,
    ...(port && chance.percent(50) ? { echoTailMs: 32 } : {}),
    ...(port && chance.percent(40) ? { fax: true } : {}),
  };
}
