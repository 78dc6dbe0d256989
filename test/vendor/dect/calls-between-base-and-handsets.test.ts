import assert from "node:assert/strict";
import { test } from "node:test";
import type { DectCommand, DectEvent } from "../../../src/message/dect.ts";
import type { Event } from "../../../src/message/event.ts";
import { ms } from "../../../src/message/units.ts";
import { referenceBase } from "../../../src/vendor/dect/reference/family.ts";
import type { AttachedDevice } from "../../../src/vendor/family.ts";
import { ccMessages, lceMessages, mmMessages } from "../../../src/vendor/reference/wire/cc.ts";
import {
  keypad,
  readBasicService,
  readCaller,
  readDisplay,
  readReleaseReason,
  readSignal,
  readsInBand,
  releaseReason,
} from "../../../src/vendor/reference/wire/information.ts";
import { Bench, settle } from "../reference/bench.ts";
import { ScriptedDevice } from "../reference/scripted-device.ts";

interface World {
  readonly bench: Bench;
  readonly device: ScriptedDevice;
  readonly attached: AttachedDevice;
}

async function attachedBase(firstNumber = 1): Promise<World> {
  const bench = new Bench();
  const device = new ScriptedDevice("base", "B1", 4);
  device.subscriptions = [
    { handset: 1, located: true, ipui: "0011223344", formats: ["PCMA", "L16"] },
    { handset: 2, located: true, ipui: "0011223355", formats: ["L16"] },
    { handset: 4, located: false, ipui: "0011223366", formats: ["L16"] },
  ];
  const attached = await bench.attach(referenceBase(), device, firstNumber);
  bench.events.length = 0;
  return { bench, device, attached };
}

const INCOMING: DectCommand = {
  world: "dect",
  kind: "setup",
  handset: "handset:2",
  call: "cc:out-7",
  caller: { number: "030123", name: "Jürgen" },
  signal: "alertingExternal",
  channel: 3,
};
const RELEASE: DectCommand = {
  world: "dect",
  kind: "release",
  handset: "handset:2",
  call: "cc:out-7",
  reason: "normal",
};
const toHandset2 = { handset: 2, transaction: { byHandset: false, value: 0 } };
const fromHandset1 = { handset: 1, transaction: { byHandset: true, value: 3 } };

function messages(device: ScriptedDevice): number[] {
  return device.links.map((link) => link.message);
}

function dectKinds(events: readonly Event[]): string[] {
  return events.map((event) => event.kind);
}

test("an attached base lists its handsets by the gateway's numbers, and says which are switched off", async () => {
  const bench = new Bench();
  const device = new ScriptedDevice("base", "B1", 4);
  device.subscriptions = [
    { handset: 1, located: true, ipui: "0011223344", formats: ["PCMA", "L16"] },
    { handset: 3, located: false, ipui: "0011223366", formats: ["L16"] },
  ];
  const attached = await bench.attach(referenceBase(), device, 11);
  assert.deepEqual(bench.events, [
    {
      world: "dect",
      kind: "attached",
      at: 1000,
      base: "base:1",
      model: "Scripted base",
      serial: "B1",
      channels: 4,
      handsets: [
        { handset: "handset:11", ipui: "0011223344", formats: ["L16", "PCMA"] },
        { handset: "handset:13", ipui: "0011223366", formats: ["L16"] },
      ],
    },
    { world: "dect", kind: "detachedHandset", at: 1000, handset: "handset:13" },
  ]);
  await attached.detach();
});

test("a setup carries caller, signal, service and channel to the handset, and is answered", async () => {
  const { bench, device, attached } = await attachedBase();
  attached.perform(INCOMING);
  await settle();
  const [setup] = device.links;
  assert.ok(setup);
  assert.deepEqual([setup.handset, setup.message, setup.channel], [2, ccMessages.setup, 3]);
  assert.deepEqual(readCaller(setup.elements), { number: "030123", name: "Jürgen" });
  assert.equal(readSignal(setup.elements), "alertingExternal");
  assert.equal(readBasicService(setup.elements), 0x80);
  device.link({ ...toHandset2, message: ccMessages.alerting });
  device.link({ ...toHandset2, message: ccMessages.connect });
  await settle();
  attached.perform({ world: "dect", kind: "connectAck", handset: "handset:2", call: "cc:out-7" });
  await settle();
  const party = { world: "dect", at: 1000, handset: "handset:2", call: "cc:out-7" };
  assert.deepEqual(bench.events, [
    { ...party, kind: "alerting" },
    { ...party, kind: "connect" },
  ]);
  assert.deepEqual(messages(device), [ccMessages.setup, ccMessages.connectAck]);
  await attached.detach();
});

test("an internal call is announced as one", async () => {
  const { device, attached } = await attachedBase();
  attached.perform({ ...INCOMING, signal: "alertingInternal" } as DectCommand);
  await settle();
  assert.equal(readBasicService(device.links[0]?.elements ?? []), 0x90);
  await attached.detach();
});

test("a page that fails is told, and the transaction lasts until it is released", async () => {
  const { bench, device, attached } = await attachedBase();
  attached.perform(INCOMING);
  await settle();
  device.link({ ...toHandset2, discriminator: 0, message: lceMessages.pageFailed });
  await settle();
  assert.deepEqual(dectKinds(bench.events), ["pageFailed"]);
  attached.perform({ ...RELEASE, reason: "notInRange" } as DectCommand);
  await settle();
  assert.equal(device.links[1]?.message, ccMessages.release);
  assert.equal(readReleaseReason(device.links[1]?.elements ?? []), "notInRange");
  device.link({ ...toHandset2, message: ccMessages.releaseCom });
  await settle();
  assert.equal(bench.events.length, 1);
  assert.equal(bench.clock.pending, 0);
  await attached.detach();
});

test("alerting that crosses our release is not told", async () => {
  const { bench, device, attached } = await attachedBase();
  attached.perform(INCOMING);
  attached.perform(RELEASE);
  await settle();
  device.link({ ...toHandset2, message: ccMessages.alerting });
  device.link({ ...toHandset2, message: ccMessages.releaseCom });
  await settle();
  assert.deepEqual(bench.events, []);
  await attached.detach();
});

test("both sides release at once: nothing is told, nothing more is sent", async () => {
  const { bench, device, attached } = await attachedBase();
  attached.perform(INCOMING);
  attached.perform(RELEASE);
  await settle();
  device.link({ ...toHandset2, message: ccMessages.release });
  await settle();
  assert.deepEqual(bench.events, []);
  assert.deepEqual(messages(device), [ccMessages.setup, ccMessages.release]);
  assert.equal(bench.clock.pending, 0);
  await attached.detach();
});

test("a release that the handset never confirms is over after CC.02", async () => {
  const { bench, attached } = await attachedBase();
  attached.perform(INCOMING);
  attached.perform(RELEASE);
  await settle();
  assert.equal(bench.clock.pending, 1);
  bench.clock.advance(ms(36_000));
  assert.equal(bench.clock.pending, 0);
  assert.deepEqual(bench.reports, ["CC-RELEASE was not answered"]);
  await attached.detach();
});

test("a handset that hangs up is told once, and its release is confirmed when the upper half releases", async () => {
  const { bench, device, attached } = await attachedBase();
  attached.perform(INCOMING);
  await settle();
  device.link({ ...toHandset2, message: ccMessages.release, elements: [releaseReason("normal")] });
  await settle();
  assert.deepEqual(bench.last(), {
    world: "dect",
    kind: "released",
    at: 1000,
    handset: "handset:2",
    call: "cc:out-7",
    reason: "normal",
  });
  assert.deepEqual(messages(device), [ccMessages.setup]);
  attached.perform(RELEASE);
  attached.perform(RELEASE);
  await settle();
  assert.deepEqual(messages(device), [ccMessages.setup, ccMessages.releaseCom]);
  await attached.detach();
});

test("a busy handset refuses by CC-RELEASE-COM, which needs no answer", async () => {
  const { bench, device, attached } = await attachedBase();
  attached.perform(INCOMING);
  await settle();
  device.link({ ...toHandset2, message: ccMessages.releaseCom, elements: [releaseReason("busy")] });
  await settle();
  const event = bench.last() as DectEvent;
  assert.equal(event.kind === "released" && event.reason, "busy");
  attached.perform(RELEASE);
  await settle();
  assert.deepEqual(messages(device), [ccMessages.setup]);
  await attached.detach();
});

test("a setup that the base refuses comes back as released, for want of resources", async () => {
  const { bench, device, attached } = await attachedBase();
  device.refuses.add("linkSend");
  attached.perform(INCOMING);
  await settle();
  const event = bench.last() as DectEvent;
  assert.equal(event.kind === "released" && event.reason, "resources");
  attached.perform(RELEASE);
  await settle();
  assert.equal(bench.events.length, 1);
  await attached.detach();
});

test("a handset lifts, dials digit by digit, is connected, and hangs up", async () => {
  const { bench, device, attached } = await attachedBase();
  device.link({ ...fromHandset1, message: ccMessages.setup });
  await settle();
  const setup = bench.last();
  assert.ok(setup?.kind === "setup" && setup.world === "dect");
  const { call } = setup;
  assert.equal(call, "cc:in-1");
  const party = { world: "dect", handset: "handset:1", call } as const;
  attached.perform({ ...party, kind: "setupAck", channel: 0 });
  await settle();
  for (const keys of ["6", "01"]) device.link({ ...fromHandset1, message: ccMessages.info, elements: [keypad(keys)] });
  await settle();
  for (const kind of ["proceeding", "alerting", "connect"] as const) attached.perform({ ...party, kind });
  attached.perform({ ...party, kind: "display", text: "Port 1" });
  await settle();
  device.link({ ...fromHandset1, message: ccMessages.connectAck });
  device.link({ ...fromHandset1, message: ccMessages.release });
  await settle();
  attached.perform({ ...party, kind: "release", reason: "normal" });
  await settle();
  assert.deepEqual(
    bench.events.map((event) => (event.kind === "keypad" ? event.keypad : event.kind)),
    ["setup", "6", "01", "released"],
  );
  assert.deepEqual(messages(device), [0x0d, 0x02, 0x01, 0x07, 0x7b, 0x5a]);
  const [ack, , , , info] = device.links;
  assert.equal(ack?.channel, 0);
  assert.equal(readsInBand(ack?.elements ?? []), true);
  assert.equal(readDisplay(info?.elements ?? []), "Port 1");
  assert.deepEqual(bench.reports, []);
  await attached.detach();
});

test("a handset that dials en bloc gives its number with the setup", async () => {
  const { bench, device, attached } = await attachedBase();
  device.link({ ...fromHandset1, message: ccMessages.setup, elements: [keypad("602")] });
  await settle();
  const event = bench.last();
  assert.equal(event?.kind === "setup" && event.world === "dect" && event.keypad, "602");
  await attached.detach();
});

test("a handset may use its transaction value again once it is released, and the call has a new name", async () => {
  const { bench, device, attached } = await attachedBase();
  device.link({ ...fromHandset1, message: ccMessages.setup });
  device.link({ ...fromHandset1, message: ccMessages.releaseCom });
  device.link({ ...fromHandset1, message: ccMessages.setup });
  await settle();
  const names = bench.events.map((event) => ("call" in event ? event.call : ""));
  assert.deepEqual(names, ["cc:in-1", "cc:in-1", "cc:in-2"]);
  attached.perform({ world: "dect", kind: "release", handset: "handset:1", call: "cc:in-1", reason: "normal" });
  device.link({ ...fromHandset1, message: ccMessages.info, elements: [keypad("5")] });
  await settle();
  const event = bench.last();
  assert.equal(event?.kind === "keypad" && event.call, "cc:in-2");
  await attached.detach();
});

test("a message for a transaction that does not exist is answered by CC-RELEASE-COM, a confirmation by nothing", async () => {
  const { bench, device, attached } = await attachedBase();
  device.link({ ...fromHandset1, message: ccMessages.info, elements: [keypad("5")] });
  device.link({ ...fromHandset1, message: ccMessages.releaseCom });
  device.link({ ...fromHandset1, message: ccMessages.release });
  await settle();
  assert.deepEqual(messages(device), [ccMessages.releaseCom, ccMessages.releaseCom]);
  assert.deepEqual(bench.events, []);
  await attached.detach();
});

test("what is malformed or does not fit is dropped and counted while a call goes on", async () => {
  const { bench, device, attached } = await attachedBase();
  attached.perform(INCOMING);
  await settle();
  device.link({ handset: 99, message: ccMessages.setup });
  device.link({ ...toHandset2, message: ccMessages.setup });
  device.link({ handset: 1, transaction: { byHandset: false, value: 9 }, message: ccMessages.setup });
  device.link({ ...toHandset2, message: 0x33 });
  device.link({ ...toHandset2, message: ccMessages.connectAck });
  device.link({ discriminator: 9, message: 0x01 });
  device.link({ discriminator: 5, handset: 77, message: mmMessages.detach });
  device.link({ discriminator: 5, message: 0x99 });
  device.eventOctets(Uint8Array.of(1, 2, 3));
  await settle();
  assert.deepEqual(bench.events, []);
  assert.ok(bench.reports.length >= 9, bench.reports.join("\n"));
  device.link({ ...toHandset2, message: ccMessages.alerting });
  await settle();
  assert.deepEqual(dectKinds(bench.events), ["alerting"]);
  await attached.detach();
});

test("a handset that registers its location, or is switched off, is told", async () => {
  const { bench, device, attached } = await attachedBase();
  device.link({ discriminator: 5, handset: 4, message: mmMessages.locateRequest });
  device.link({ discriminator: 5, handset: 4, message: mmMessages.detach });
  await settle();
  assert.deepEqual(bench.events, [
    { world: "dect", kind: "located", at: 1000, handset: "handset:4" },
    { world: "dect", kind: "detachedHandset", at: 1000, handset: "handset:4" },
  ]);
  await attached.detach();
});

test("another list of handsets makes the base be attached anew, but not in a call", async () => {
  const { bench, device, attached } = await attachedBase();
  device.link({ ...fromHandset1, message: ccMessages.setup });
  device.event({ kind: "subscriptionsChanged" });
  await settle();
  assert.deepEqual(dectKinds(bench.events), ["setup"]);
  device.link({ ...fromHandset1, message: ccMessages.releaseCom });
  await settle();
  attached.perform({ world: "dect", kind: "release", handset: "handset:1", call: "cc:in-1", reason: "normal" });
  assert.equal(await attached.gone, "its handsets have changed");
  assert.equal(bench.last()?.kind, "detached");
});

test("commands for calls that do not exist do nothing", async () => {
  const { bench, device, attached } = await attachedBase();
  attached.perform(RELEASE);
  attached.perform({ world: "dect", kind: "connectAck", handset: "handset:2", call: "cc:out-99" });
  await settle();
  assert.deepEqual(device.links, []);
  assert.deepEqual(bench.events, []);
  await attached.detach();
});
