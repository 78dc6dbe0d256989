import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { PhoneEvent } from "../../../src/emulator/contract.ts";
import { createEmulatedHouse } from "../../../src/emulator/house.ts";
import { wavHeader } from "../../../src/emulator/mouth/recording.ts";
import { decodeWav } from "../../../src/emulator/mouth/wav-read.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { DONGLE_PRODUCT_ID } from "../../../src/vendor/reference/wire/descriptor.ts";
import { sines } from "../sounds.ts";
import { pass, settle, until } from "../time.ts";
import { player, WireHost } from "../wire-host.ts";

const folder = mkdtempSync(join(tmpdir(), "offhook-house-"));
after(() => rmSync(folder, { recursive: true }));

function build(handsets: number, ports: number) {
  const clock = new VirtualClock(1_700_000_000_000);
  return { clock, house: createEmulatedHouse({ handsets, ports, country: "DE" }, clock) };
}

async function lifted() {
  const { clock, house } = build(0, 1);
  const host = await WireHost.attach(house.bus, DONGLE_PRODUCT_ID);
  await host.write(14, 0);
  await host.write(64, 1);
  await host.open(0, "L16");
  await host.run();
  const person = house.person("port:1");
  assert.ok(person);
  await person.act({ kind: "offhook" });
  return { clock, house, host, person };
}

test("a house has the devices and phones that were asked for", async () => {
  const { house } = build(3, 2);
  assert.deepEqual(house.phones, ["handset:1", "handset:2", "handset:3", "port:1", "port:2"]);
  const devices = await house.bus.getDevices();
  assert.deepEqual(
    devices.map(({ productName }) => productName),
    ["Offhook reference base", "Offhook reference FXS dongle"],
  );
  assert.equal(house.person("port:3"), null);
  assert.equal((await build(0, 1).house.bus.getDevices()).length, 1);
  assert.throws(() => build(0, 9), /9 ports; give 0 to 8/);
  assert.throws(() => build(-1, 1), /-1 handsets; give 0 to 32/);
  await house.close();
});

test("a file is said to its end and arrives sample for sample, and what is heard is recorded", async () => {
  const { clock, house, host, person } = await lifted();
  const speech = sines([300, 1100], -20, 500);
  const file = join(folder, "say.wav");
  writeFileSync(file, Buffer.concat([wavHeader(speech.length * 2), Buffer.from(speech.buffer)]));
  const played = sines([900], -12, 5000);
  host.sound = player(played);
  const recorded = join(folder, "heard.wav");
  await person.act({ kind: "record", file: recorded });
  await pass(clock, 200);
  host.sound = () => new Int16Array(160);
  await pass(clock, 200);
  host.forget();
  const changes: string[] = [];
  const stop = person.onChange(({ change }) => changes.push(change));
  const saying = person.act({ kind: "say", file });
  const report = await until(clock, saying);
  assert.equal(report.saying, false);
  assert.ok(changes.includes("said"));
  await pass(clock, 40);
  const arrived = host.heard(0);
  const start = arrived.findIndex((sample) => sample !== 0);
  assert.deepEqual(arrived.subarray(start - 1, start - 1 + speech.length), speech);
  await person.act({ kind: "stopRecording" });
  const heard = decodeWav(readFileSync(recorded), recorded);
  const first = heard.findIndex((sample) => sample !== 0);
  assert.deepEqual(heard.subarray(first, first + 800), played.subarray(1, 801));
  stop();
  await host.detach();
  await house.close();
});

test("hanging up in the middle of speech tells the speaker and completes the recording", async () => {
  const { clock, house, host, person } = await lifted();
  const file = join(folder, "cut.wav");
  await person.act({ kind: "record", file });
  const humming = person.act({ kind: "hum", frequencyHz: 440, levelDbm0: -10, ms: 60_000 });
  const cut = assert.rejects(humming, /port:1 was hung up/);
  await pass(clock, 1000);
  await person.act({ kind: "onhook" });
  await cut;
  const length = decodeWav(readFileSync(file), file).length;
  assert.ok(length >= 48 * 160 && length <= 51 * 160, String(length));
  await host.detach();
  await house.close();
});

test("every change is told with the report as it is then, until the listener stops", async () => {
  const { clock, house } = build(0, 1);
  const person = house.person("port:1");
  assert.ok(person);
  const events: PhoneEvent[] = [];
  const stop = person.onChange((event) => events.push(event));
  await person.act({ kind: "offhook" });
  await person.act({ kind: "away" });
  assert.deepEqual(
    events.map(({ change }) => change),
    ["hook", "present"],
  );
  assert.equal(events[0]?.report.hook, "off");
  assert.equal(events[0]?.report.present, true);
  assert.equal(events[1]?.report.present, false);
  assert.equal(events[0]?.atMs, clock.now());
  stop();
  await person.act({ kind: "back" });
  assert.equal(events.length, 2);
  await house.close();
});

test("a device pulled out in a call takes its calls with it and works again when plugged in", async () => {
  const { clock, house, host, person } = await lifted();
  await pass(clock, 200);
  let changes = 0;
  house.bus.onChange(() => changes++);
  const ended = host.ended;
  await house.unplug("dongle:1");
  await ended;
  assert.deepEqual(await house.bus.getDevices(), []);
  await assert.rejects(house.unplug("dongle:1"), /dongle:1 is unplugged already/);
  await assert.rejects(house.unplug("base:1"), /there is no emulated device base:1; there is: dongle:1/);
  await pass(clock, 100);
  assert.equal(person.look().hook, "off");
  await house.plug("dongle:1");
  await assert.rejects(house.plug("dongle:1"), /plugged in already/);
  assert.equal(changes, 2);
  assert.deepEqual(
    (await house.bus.getDevices()).map(({ serialNumber }) => serialNumber),
    ["EMULATED-FXS-1"],
  );
  const again = await WireHost.attach(house.bus, DONGLE_PRODUCT_ID);
  assert.equal(await again.read(8), 2);
  await again.write(69, 0x0a);
  await again.write(22, 0xff);
  await again.write(14, 0);
  await again.write(64, 1);
  await pass(clock, 100);
  assert.deepEqual(
    again.slic.map(({ loop }) => loop),
    [1],
  );
  await again.detach();
  await house.close();
});

test("an event that was lost with a timed-out read is sent again on demand", async () => {
  const { clock, house, host, person } = await lifted();
  await host.write(22, 0xff);
  await pass(clock, 20);
  await person.act({ kind: "onhook" });
  await pass(clock, 50);
  const before = host.slic.length;
  assert.ok(before > 0);
  const state = await host.ask("eventState", 0, 0, 6);
  assert.equal(state[2], before);
  await host.tell("eventReplay", 0, 0);
  await settle();
  assert.equal(host.slic.length, 2 * before);
  await assert.rejects(host.tell("eventReplay", before + 1, 0), /stalled/);
  await host.detach();
  await house.close();
});

test("a closed house keeps nothing running", async () => {
  const { clock, house } = build(2, 2);
  const person = house.person("port:1");
  await person?.act({ kind: "offhook" });
  const saying = person?.act({ kind: "hum", frequencyHz: 440, levelDbm0: -10, ms: 5000 });
  const cut = assert.rejects(saying ?? Promise.resolve(), /the emulator has ended/);
  await pass(clock, 100);
  await house.close();
  await cut;
  assert.equal(clock.pending, 0);
});
