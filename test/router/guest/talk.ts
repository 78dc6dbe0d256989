import assert from "node:assert/strict";
import { toneLevelDbm0 } from "../../peers/harness/audio.ts";
import type { Baresip } from "../../peers/harness/baresip.ts";
import type { Phone } from "../../peers/harness/phone.ts";
import { LEVEL_DBM0, notes } from "../../peers/harness/voices.ts";
import type { Sound } from "../../peers/harness/wav.ts";

/** Long enough for a note, short enough that a lost frame is one of many: samples. */
const WINDOW = 160;
const TOLERANCE_DB = 4;
/** A stranger's voice, or one's own that nobody gave back: an analog line's echo lies at -36. */
const STRANGER_DBM0 = -30;
const TALK_MS = 2500;
/** What a path takes to open, and the first sound to come through. */
const OPENING_MS = 700;

/**
 * Of what was said. On an idle machine of two cores it is all on x86-64, with other work on both cores 25 %, on 32-bit
 * ARM 39 %: it says that the path is open both ways, and nothing of its quality, which test/peers looks at.
 */
const UNDERSTOOD = 0.1;

/** Parts, 0 to 1, of a conversation in which each heard the other's note at its level. */
export interface Heard {
  readonly inside: number;
  readonly outside: number;
}

/**
 * Lifts and dials as one who does not wait for the dial tone for long: in pieces it is none, and the keys are events of
 * the device and no sound.
 */
export async function dial(phone: Phone, number: string): Promise<void> {
  await phone.lift();
  await phone.hears("dial", 3000).catch(() => undefined);
  await phone.press(number);
}

/**
 * A person inside and a softphone outside talk at once. On an emulated processor frames come late and are lost: the
 * result is how much each understood. What must not be heard is looked at all the same.
 */
export async function talk(phone: Phone, softphone: Baresip, note: number): Promise<Heard> {
  const own = notes[phone.name as keyof typeof notes];
  const stop = await phone.record();
  await phone.act({ kind: "hum", frequencyHz: own, levelDbm0: LEVEL_DBM0, ms: null });
  const before = (await softphone.heard()).samples.length;
  const outside = await softphone.hasHeard(before / 8 + TALK_MS, TALK_MS + 20_000);
  const inside = await stop();
  await phone.act({ kind: "hush" });
  return {
    inside: shareOf(phone.name, inside, OPENING_MS * 8, note),
    outside: shareOf(softphone.uri, outside, before + OPENING_MS * 8, own),
  };
}

function shareOf(who: string, { samples, rateHz }: Sound, from: number, note: number): number {
  let [good, all] = [0, 0];
  for (let at = from; at + WINDOW <= samples.length; at += WINDOW) {
    const level = toneLevelDbm0({ rateHz, samples: samples.subarray(at, at + WINDOW) }, note);
    if (Math.abs(level - LEVEL_DBM0) <= TOLERANCE_DB) good += 1;
    all += 1;
  }
  const sound = { rateHz, samples: samples.subarray(from) };
  for (const stranger of Object.values(notes).filter((one) => Math.abs(one - note) > 300)) {
    const level = toneLevelDbm0(sound, stranger);
    assert.ok(
      level < STRANGER_DBM0,
      `${who} hears ${stranger} Hz at ${level.toFixed(1)} dBm0, who is not in this call`,
    );
  }
  return all === 0 ? 0 : good / all;
}

export function assertUnderstood({ inside, outside }: Heard): void {
  const words = `inside ${(100 * inside).toFixed(0)} %, outside ${(100 * outside).toFixed(0)} % of the other was heard`;
  assert.ok(inside >= UNDERSTOOD && outside >= UNDERSTOOD, `${words}: the voice path is not open both ways`);
}
