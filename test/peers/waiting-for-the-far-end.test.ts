import assert from "node:assert/strict";
import { test } from "node:test";
import { lengthMs, part, toneLevelDbm0 } from "./harness/audio.ts";
import { LEVEL_DBM0, notes } from "./harness/voices.ts";
import type { Sound } from "./harness/wav.ts";
import { World } from "./harness/world.ts";

test("while the softphone rings, the caller at an analog phone hears ringback, and hangs up: CANCEL, and the log says so", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const bob = await world.bob({ answer: "manual" });
  const port = house.phone("port:1");
  await port.dial("701");
  await bob.until("CALL_INCOMING");
  await port.hears("ringback", 8000);
  await port.hangUp();
  await bob.until("CALL_CLOSED", 1500);
  await house.isQuiet();
  const [entry] = await house.log();
  assert.deepEqual([entry?.direction, entry?.result, entry?.cause], ["outgoing", "failed", "cancelled"]);
});

test("the caller inside the house hears ringback until the called handset answers", async (t) => {
  const { house } = await World.open(t);
  const [port, handset] = [house.phone("port:1"), house.phone("handset:2")];
  await port.dial("612");
  await handset.rings();
  await port.hears("ringback", 8000);
  await handset.lift();
  const note = notes["handset:2"];
  await handset.act({ kind: "hum", frequencyHz: note, levelDbm0: LEVEL_DBM0, ms: null });
  await port.until("hears the other's note", ({ hearing }) => Math.abs((hearing.frequencyHz ?? 0) - note) < 10, 2000);
  await port.hangUp();
  await handset.hangUp();
  await house.isQuiet();
});

test("a number that is none gets congestion tone at the digit that makes it none", async (t) => {
  const { house } = await World.open(t);
  const port = house.phone("port:1");
  await port.dial("999");
  await port.hears("congestion");
  await port.hangUp();
  await house.isQuiet();
});

test("a key pressed at a handset in a call reaches the softphone as a telephone event", async (t) => {
  const world = await World.open(t);
  const bob = await world.bob();
  const handset = world.house.phone("handset:1");
  await handset.dial("701");
  await bob.until("CALL_ESTABLISHED");
  await bob.hasHeard(300);
  await handset.press("5");
  assert.equal((await bob.until("CALL_DTMF_START", 3000)).param, "5");
  await handset.hangUp();
  await bob.until("CALL_CLOSED");
  await world.house.isQuiet();
});

test("a key pressed at an analog phone in a call reaches the softphone as an event, and its sound does not", async (t) => {
  const world = await World.open(t);
  const bob = await world.bob();
  const port = world.house.phone("port:1");
  await port.dial("701");
  await bob.until("CALL_ESTABLISHED");
  const before = (await bob.hasHeard(300)).samples.length / 8;
  await port.press("5");
  assert.equal((await bob.until("CALL_DTMF_START", 3000)).param, "5");
  const heard = part(await bob.hasHeard(before + 400), before);
  const [low, high] = [loudest(heard, 770), loudest(heard, 1336)];
  assert.ok(low < -20 || high < -20, `770 Hz at ${low.toFixed(1)} dBm0, 1336 Hz at ${high.toFixed(1)} dBm0`);
  await port.hangUp();
  await bob.until("CALL_CLOSED");
  await world.house.isQuiet();
});

/** Level of a frequency in the 40 ms where it is loudest, dBm0. */
function loudest(sound: Sound, frequencyHz: number): number {
  const starts = Array.from({ length: Math.floor(lengthMs(sound) / 20) - 1 }, (_, n) => n * 20);
  return Math.max(...starts.map((at) => toneLevelDbm0(part(sound, at, at + 40), frequencyHz)));
}
