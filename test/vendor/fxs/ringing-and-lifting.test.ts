import assert from "node:assert/strict";
import { test } from "node:test";
import type { FxsCommand } from "../../../src/message/fxs.ts";
import { ms } from "../../../src/message/units.ts";
import type { AttachedDevice } from "../../../src/vendor/family.ts";
import { referenceDongle } from "../../../src/vendor/fxs/reference/family.ts";
import type { SlicEvent } from "../../../src/vendor/reference/wire/event-frame.ts";
import { dtmfRegister } from "../../../src/vendor/reference/wire/slic.ts";
import { Bench, settle } from "../reference/bench.ts";
import { ScriptedDevice } from "../reference/scripted-device.ts";

interface World {
  readonly bench: Bench;
  readonly device: ScriptedDevice;
  readonly attached: AttachedDevice;
}

async function attachedDongle(prepare: (device: ScriptedDevice) => void = () => {}): Promise<World> {
  const bench = new Bench();
  const device = new ScriptedDevice("dongle");
  prepare(device);
  const attached = await bench.attach(referenceDongle(), device);
  device.log.length = 0;
  return { bench, device, attached };
}

function interrupt(
  port: number,
  registers: { second?: number; third?: number; dtmf?: number; loop?: number },
): SlicEvent {
  const { second = 0, third = 0, dtmf = 0, loop = 0 } = registers;
  return { kind: "slic", port, interrupts: [0, second, third], dtmf, linefeed: 0x11, loop, timestamp: 0 };
}

const LIFTED = { second: 0x02, loop: 0x01 };
const HUNG_UP = { second: 0x02, loop: 0x00 };
const TRIPPED = { second: 0x03, loop: 0x03 };
const GERMAN: FxsCommand = { world: "fxs", port: "port:2", kind: "ring", cadenceMs: [1000, 4000], frequencyHz: 25 };
const BRITISH: FxsCommand = { ...GERMAN, cadenceMs: [400, 200, 400, 2000] };

test("an attached dongle names its ports in order of channels, with their hooks and formats", async () => {
  const { bench, attached } = await attachedDongle((device) => device.reads.set("1:68", 0x01));
  assert.deepEqual(bench.events, [
    {
      world: "fxs",
      kind: "attached",
      at: 1000,
      dongle: "dongle:1",
      model: "Scripted dongle",
      serial: "S1",
      ports: [
        { port: "port:1", offHook: false },
        { port: "port:2", offHook: true },
      ],
      formats: ["PCMA", "PCMU", "L16"],
    },
  ]);
  await attached.detach();
});

test("bring-up leaves each SLIC fed, calibrated, debounced and interrupting", async () => {
  const { device, attached } = await attachedDongle();
  for (const registers of device.registers) {
    const figures = [8, 14, 21, 22, 23, 63, 64, 67, 69, 70].map((register) => registers[register]);
    assert.deepEqual(figures, [0, 0, 0, 0xff, 0x01, 0x54, 1, 0x1f, 0x0a, 0x0a]);
  }
  await attached.detach();
});

test("a dongle whose SLIC does not answer is refused with a sentence and closed", async () => {
  const bench = new Bench();
  const device = new ScriptedDevice("dongle");
  device.reads.set("1:11", 0xff);
  await assert.rejects(bench.attach(referenceDongle(), device), /port 1: SLIC does not answer \(DR 11 reads 0xff\)/);
  assert.equal(device.opened, false);
  assert.equal(device.claimed, false);
  assert.deepEqual(bench.events, []);
  assert.equal(bench.clock.pending, 0);
});

test("a line supply that comes up late is waited for; one that never does is named", async () => {
  const bench = new Bench();
  const device = new ScriptedDevice("dongle");
  for (const port of [0, 1]) device.reads.set(`${port}:82`, 20);
  const late = bench.attach(referenceDongle(), device);
  await settle();
  bench.clock.advance(ms(10));
  device.reads.clear();
  await settle();
  bench.clock.advance(ms(10));
  const attached = await late;
  await attached.detach();

  for (const port of [0, 1]) device.reads.set(`${port}:82`, 20);
  const never = assert.rejects(bench.attach(referenceDongle(), device), /does not reach 60 V/);
  for (let look = 0; look < 12; look++) {
    await settle();
    bench.clock.advance(ms(10));
  }
  await never;
});

test("a one-burst cadence rings by the SLIC's own timers", async () => {
  const { device, attached } = await attachedDongle();
  attached.perform(GERMAN);
  await settle();
  assert.deepEqual(device.log, [
    "slicWriteIndirect 20 1 = 109,126",
    "slicWriteIndirect 21 1 = 214,1",
    "slicWrite 48 1 = 64",
    "slicWrite 49 1 = 31",
    "slicWrite 50 1 = 0",
    "slicWrite 51 1 = 125",
    "slicWrite 34 1 = 48",
    "slicWrite 64 1 = 4",
  ]);
  await attached.detach();
});

test("a two-burst cadence is timed by the gateway, and repeats", async () => {
  const { bench, device, attached } = await attachedDongle();
  attached.perform(BRITISH);
  const feeds: string[] = [];
  for (const part of [0, 400, 200, 400, 2000, 400]) {
    bench.clock.advance(ms(part));
    await settle();
    feeds.push(...device.log.filter((line) => line.startsWith("slicWrite 64 1")));
    device.log.length = 0;
  }
  assert.deepEqual(
    feeds,
    [4, 2, 4, 2, 4, 2].map((feed) => `slicWrite 64 1 = ${feed}`),
  );
  await attached.detach();
  assert.equal(bench.clock.pending, 0);
});

test("ringing that is stopped leaves the line in on-hook transmission for 6 s, then fed", async () => {
  const { bench, device, attached } = await attachedDongle();
  attached.perform(GERMAN);
  attached.perform({ world: "fxs", port: "port:2", kind: "stopRing" });
  await settle();
  assert.deepEqual(device.log.slice(-2), ["slicWrite 34 1 = 0", "slicWrite 64 1 = 2"]);
  bench.clock.advance(ms(5999));
  await settle();
  assert.equal(device.registers[1]?.[64], 2);
  bench.clock.advance(ms(1));
  await settle();
  assert.equal(device.registers[1]?.[64], 1);
  await attached.detach();
});

test("stopping a port that does not ring changes nothing", async () => {
  const { device, attached } = await attachedDongle();
  attached.perform({ world: "fxs", port: "port:1", kind: "stopRing" });
  await settle();
  assert.deepEqual(device.log, []);
  await attached.detach();
});

test("ring trip is one off-hook, and ends the ringing for good", async () => {
  const { bench, device, attached } = await attachedDongle();
  attached.perform(BRITISH);
  await settle();
  device.event(interrupt(1, TRIPPED));
  await settle();
  assert.deepEqual(bench.last(), { world: "fxs", kind: "wentOffHook", at: 1000, port: "port:2" });
  assert.equal(device.registers[1]?.[64], 1);
  assert.equal(bench.clock.pending, 0);
  device.event(interrupt(1, HUNG_UP));
  await settle();
  assert.deepEqual(bench.kinds(), ["attached", "wentOffHook", "wentOnHook"]);
  await attached.detach();
});

test("a phone that is lifted in the pause between two rings is fed at once", async () => {
  const { bench, device, attached } = await attachedDongle();
  attached.perform(BRITISH);
  bench.clock.advance(ms(500));
  await settle();
  assert.equal(device.registers[1]?.[64], 2);
  device.event(interrupt(1, LIFTED));
  await settle();
  assert.equal(device.registers[1]?.[64], 1);
  assert.equal(bench.last()?.kind, "wentOffHook");
  await attached.detach();
});

test("the same hook state said twice is one event", async () => {
  const { bench, device, attached } = await attachedDongle();
  for (const state of [LIFTED, LIFTED, HUNG_UP, HUNG_UP]) device.event(interrupt(0, state));
  await settle();
  assert.deepEqual(bench.kinds(), ["attached", "wentOffHook", "wentOnHook"]);
  await attached.detach();
});

test("a flash is an on-hook and an off-hook; which it was is decided above", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.event(interrupt(0, LIFTED));
  await settle();
  device.event(interrupt(0, HUNG_UP));
  await settle();
  bench.clock.advance(ms(100));
  device.event(interrupt(0, LIFTED));
  await settle();
  assert.deepEqual(
    bench.events.slice(1).map(({ kind, at }) => [kind, at]),
    [
      ["wentOffHook", 1000],
      ["wentOnHook", 1000],
      ["wentOffHook", 1100],
    ],
  );
  await attached.detach();
});

test("each digit that the decoder hears is one event", async () => {
  const { bench, device, attached } = await attachedDongle();
  for (const digit of ["6", "0", "#"] as const) {
    device.event(interrupt(0, { third: 0x01, dtmf: dtmfRegister(digit), loop: 0x01 }));
  }
  await settle();
  assert.deepEqual(
    bench.events.slice(1).map((event) => (event.kind === "digit" ? event : event.kind)),
    ["6", "0", "#"].map((digit) => ({ world: "fxs", kind: "digit", at: 1000, port: "port:1", digit })),
  );
  await attached.detach();
});

test("the linefeed of a port follows the command, and ends its ringing", async () => {
  const { device, attached } = await attachedDongle();
  attached.perform(GERMAN);
  attached.perform({ world: "fxs", port: "port:2", kind: "linefeed", feed: "reverseActive" });
  await settle();
  assert.equal(device.registers[1]?.[34], 0);
  assert.equal(device.registers[1]?.[64], 5);
  await attached.detach();
});

test("a power alarm takes the port out of service once, and feeds it again after a rest", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.registers[0]?.set([0], 64);
  device.event(interrupt(0, { second: 0x04 }));
  await settle();
  assert.equal(bench.last()?.kind, "lineFault");
  bench.clock.advance(ms(1000));
  await settle();
  assert.equal(device.registers[0]?.[64], 1);
  device.event(interrupt(0, { second: 0x08 }));
  await settle();
  for (let rest = 0; rest < 2; rest++) {
    bench.clock.advance(ms(1000));
    await settle();
  }
  assert.deepEqual(bench.kinds(), ["attached", "lineFault", "lineRestored"]);
  await attached.detach();
});

test("an alarm that has reset the SLIC makes the port be brought up again", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.registers[0]?.fill(0);
  device.registers[0]?.set([2], 8);
  device.event(interrupt(0, { second: 0x04 }));
  await settle();
  bench.clock.advance(ms(1000));
  await settle();
  assert.ok(device.log.includes("slicReset 0 0"));
  bench.clock.advance(ms(1000));
  await settle();
  assert.equal(bench.last()?.kind, "lineRestored");
  assert.equal(device.registers[0]?.[23], 1);
  await attached.detach();
});

test("a port that keeps alarming stays off", async () => {
  const { bench, device, attached } = await attachedDongle();
  for (let alarm = 0; alarm < 12; alarm++) {
    device.event(interrupt(0, { second: 0x04 }));
    await settle();
    bench.clock.advance(ms(1000));
    await settle();
  }
  bench.clock.advance(ms(60_000));
  await settle();
  assert.deepEqual(bench.kinds(), ["attached", "lineFault"]);
  assert.ok(bench.reports.includes("port:1: power alarm again and again: the port stays off"));
  await attached.detach();
});

test("an event for a port that does not exist, or with an impossible loop status, changes nothing", async () => {
  const { bench, device, attached } = await attachedDongle();
  device.event(interrupt(5, LIFTED));
  device.event(interrupt(0, { second: 0x02, loop: 0xff }));
  device.link({ message: 0x05 });
  await settle();
  assert.deepEqual(bench.kinds(), ["attached"]);
  assert.equal(bench.reports.length, 3);
  device.event(interrupt(0, LIFTED));
  await settle();
  assert.equal(bench.last()?.kind, "wentOffHook");
  await attached.detach();
});
