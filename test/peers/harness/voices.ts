import { assertHears, part } from "./audio.ts";
import type { Baresip } from "./baresip.ts";
import type { Phone } from "./phone.ts";
import type { Sound } from "./wav.ts";

/** Every party has a note of its own; none is a harmonic, a DTMF or a progress-tone frequency of another. */
export const notes = {
  "handset:1": 1010,
  "handset:2": 1090,
  "handset:3": 1150,
  "port:1": 1830,
  "port:2": 1910,
  softphone: 2110,
  otherSoftphone: 2230,
} as const;

/** Speech level of a telephone, dBm0. */
export const LEVEL_DBM0 = -16;

/** The trans-hybrid loss of a port is 20 dB: an echo of one's own voice is 18 dB down at least. */
export const ECHO_DBM0 = LEVEL_DBM0 - 18;

/** Fails unless the two hear each other at their levels, and themselves at most as the echo of an analog line. */
export function assertTalk(a: Side, b: Side): void {
  for (const [me, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const hears = [{ frequencyHz: other.note, levelDbm0: LEVEL_DBM0 }];
    const echo = { frequencyHz: me.note, belowDbm0: ECHO_DBM0 };
    const analog = other.who.startsWith("port:");
    assertHears({ who: me.who, sound: me.sound, hears, ...(analog ? { not: [], echo } : { not: [me.note] }) });
  }
}

export interface Side {
  /** A phone's name, or a person's. */
  readonly who: string;
  readonly sound: Sound;
  readonly note: number;
}

export interface Voices {
  /** Those who hum for a while, each his note; all of them listen too. */
  readonly phones: readonly Phone[];
  /** Phones that only listen. */
  readonly listeners?: readonly Phone[];
  /** Softphones hum all the time. */
  readonly softphones?: readonly Baresip[];
}

const HUM_MS = 1400;
/** What the paths' delays and the ends of the hums leave for sure. */
const MIDDLE = { fromMs: 400, toMs: 1200 } as const;

/** Everybody hums at once; the result is what each heard in the middle of it, in the order asked: phones, listeners, softphones. */
export async function everybodyHums(voices: Voices): Promise<readonly Sound[]> {
  const listening = [...voices.phones, ...(voices.listeners ?? [])];
  const softphones = voices.softphones ?? [];
  const stops = await Promise.all(listening.map((phone) => phone.record()));
  const before = await Promise.all(softphones.map(async (softphone) => (await softphone.heard()).samples.length / 8));
  const humming = voices.phones.map((phone) => phone.hum(notes[phone.name as keyof typeof notes], LEVEL_DBM0, HUM_MS));
  const heardOutside = softphones.map((softphone, n) => softphone.hasHeard((before[n] ?? 0) + HUM_MS));
  await Promise.all(humming);
  const outside = await Promise.all(heardOutside);
  const inside = await Promise.all(stops.map((stop) => stop()));
  return [
    ...inside.map((sound) => part(sound, MIDDLE.fromMs, MIDDLE.toMs)),
    ...outside.map((sound, n) => part(sound, (before[n] ?? 0) + MIDDLE.fromMs, (before[n] ?? 0) + MIDDLE.toMs)),
  ];
}
