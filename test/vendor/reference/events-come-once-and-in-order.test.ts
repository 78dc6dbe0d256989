import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttachedDevice } from "../../../src/vendor/family.ts";
import { referenceDongle } from "../../../src/vendor/fxs/reference/family.ts";
import type { DeviceEvent } from "../../../src/vendor/reference/wire/event-frame.ts";
import { dtmfRegister } from "../../../src/vendor/reference/wire/slic.ts";
import { Bench, settle } from "./bench.ts";
import { ScriptedDevice } from "./scripted-device.ts";

interface World {
  readonly bench: Bench;
  readonly device: ScriptedDevice;
  readonly attached: AttachedDevice;
}

async function attachedDongle(): Promise<World> {
  const bench = new Bench();
  const device = new ScriptedDevice("dongle");
  const attached = await bench.attach(referenceDongle(), device);
  await settle();
  device.log.length = 0;
  return { bench, device, attached };
}

function pressed(digit: "1" | "2" | "3"): DeviceEvent {
  const dtmf = dtmfRegister(digit);
  return { kind: "slic", port: 0, interrupts: [0, 0, 1], dtmf, linefeed: 0x11, loop: 1, timestamp: 0 };
}

function digits(bench: Bench): string {
  return bench.events.map((event) => (event.kind === "digit" ? event.digit : "")).join("");
}

test("an event that a timed-out read took with it is asked for again", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.loseNextEvent();
  device.event(pressed("1"));
  await settle();
  assert.equal(digits(bench), "");
  device.failRead(2);
  await settle();
  assert.equal(digits(bench), "1");
  await attached.detach();
});

test("a timeout when nothing was lost asks for nothing", async () => {
  const { device, attached } = await attachedDongle();
  device.failRead(2);
  await settle();
  assert.deepEqual(device.log, []);
  assert.equal(device.isReading(2), true);
  await attached.detach();
});

test("an event that runs ahead of a lost one waits for it", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.loseNextEvent();
  device.event(pressed("1"));
  device.event(pressed("2"));
  device.event(pressed("3"));
  await settle();
  assert.equal(digits(bench), "123");
  assert.ok(device.log.includes("eventReplay 0 0"));
  await attached.detach();
});

test("a broken event is asked for again, and comes whole", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.eventOctets(Uint8Array.of(0x4f, 0x45, 1, 2, 3));
  device.repair(0, pressed("1"));
  await settle();
  device.event(pressed("2"));
  await settle();
  assert.equal(digits(bench), "12");
  assert.deepEqual(bench.reports, ["event refused: too short"]);
  await attached.detach();
});

test("an event that stays broken is skipped and counted, and the next ones come", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.eventOctets(new Uint8Array(30));
  device.event(pressed("2"));
  await settle();
  assert.equal(digits(bench), "2");
  assert.equal(bench.reports.at(-1), "event skipped");
  await attached.detach();
});

test("an event of a later version of the protocol is skipped without a word", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.event({ kind: "unknown", type: 0x66, body: new Uint8Array(3) });
  device.event(pressed("1"));
  await settle();
  assert.equal(digits(bench), "1");
  assert.deepEqual(bench.reports, []);
  await attached.detach();
});

test("when the lost event is no longer held the device is given up", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.loseNextEvent();
  device.event(pressed("1"));
  device.oldest = 1;
  device.event(pressed("2"));
  assert.match(await attached.gone, /^events were lost/);
  assert.equal(bench.last()?.kind, "detached");
});

test("a device that sends endless nonsense as events is given up", async () => {
  const { device, attached } = await attachedDongle();
  for (let event = 0; event < 60; event++) device.eventOctets(Uint8Array.of(0));
  assert.equal(await attached.gone, "sends events that are of no use");
});

test("a device that started again by itself is given up", async () => {
  const { device, attached } = await attachedDongle();
  device.event({ kind: "restarted" });
  assert.equal(await attached.gone, "the device started again by itself");
});

test("a device of another major version, of another kind, or without channels is refused with a sentence", async () => {
  for (const [change, says] of [
    [{ major: 2 }, /speaks protocol 2\.0, this gateway 1: update one of them/],
    [{ kind: "base" }, /says that it is a base/],
    [{ channels: 0 }, /has 0 voice channels/],
    [{ channels: 9 }, /has 9 voice channels/],
  ] as const) {
    const device = new ScriptedDevice("dongle");
    device.identification = { ...device.identification, ...change };
    await assert.rejects(new Bench().attach(referenceDongle(), device), says);
    assert.equal(device.opened, false);
    assert.equal(device.claimed, false);
  }
});

test("a device that is in use elsewhere is refused with the way out", async () => {
  const device = new ScriptedDevice("dongle");
  device.claimed = true;
  await assert.rejects(new Bench().attach(referenceDongle(), device), /another program uses it/);
});
