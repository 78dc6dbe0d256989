import assert from "node:assert/strict";
import { test } from "node:test";
import type { UsbSetup } from "../../../src/vendor/family.ts";
import { type RequestName, vendorSetup } from "../../../src/vendor/reference/wire/control.ts";
import { settle } from "../time.ts";
import { rig } from "./rig.ts";
import { errno, list, UsbipHost } from "./usbip-host.ts";

const nothing = new Uint8Array(0);

function standard(request: number, value = 0, index = 0, recipient: UsbSetup["recipient"] = "device"): UsbSetup {
  return { requestType: "standard", recipient, request, value, index };
}

async function read(host: UsbipHost, setup: UsbSetup, length: number): Promise<number[] | null> {
  const { status, data } = await host.control(setup, length);
  return status === 0 ? [...data] : null;
}

async function tell(host: UsbipHost, name: RequestName, value: number, index = 0): Promise<number> {
  return (await host.control(vendorSetup(name, value, index), nothing)).status;
}

test("both devices are listed with what their descriptors say", async () => {
  const { connect, house } = rig();
  assert.deepEqual(await list(connect()), [
    { busid: "1-1", deviceId: 0x10002, speed: 2, ids: [0x1209, 1, 0x0100], interfaces: [[0xff, 0, 1]] },
    { busid: "1-2", deviceId: 0x10003, speed: 2, ids: [0x1209, 2, 0x0100], interfaces: [[0xff, 0, 2]] },
  ]);
  await house.close();
});

test("a kernel enumerates the dongle: descriptors, strings, configuration", async () => {
  const { attach, house } = rig();
  const host = await attach("1-2");
  const device = [18, 1, 0x00, 0x02, 0xff, 0, 0, 64, 0x09, 0x12, 2, 0, 0x00, 0x01, 1, 2, 3, 1];
  assert.deepEqual(await read(host, standard(6, 0x0100), 64), device);
  assert.deepEqual(await read(host, standard(6, 0x0100), 8), device.slice(0, 8));
  assert.deepEqual(await read(host, standard(6, 0x0200), 9), [9, 2, 39, 0, 1, 1, 0, 0x80, 250]);
  assert.deepEqual((await read(host, standard(6, 0x0200), 255))?.slice(9), [
    ...[9, 4, 0, 0, 3, 0xff, 0, 2, 0],
    ...[7, 5, 0x81, 2, 64, 0, 0],
    ...[7, 5, 0x01, 2, 64, 0, 0],
    ...[7, 5, 0x82, 3, 64, 0, 4],
  ]);
  assert.deepEqual(await read(host, standard(6, 0x0300), 255), [4, 3, 0x09, 0x04]);
  const texts = [1, 2, 3].map(async (number) => {
    const octets = await read(host, standard(6, 0x0300 | number, 0x0409), 255);
    assert.equal(octets?.[0], octets?.length);
    return Buffer.from(octets ?? []).toString("utf16le", 2);
  });
  assert.deepEqual(await Promise.all(texts), ["Offhook", "Offhook reference FXS dongle", "EMULATED-FXS-1"]);
  assert.deepEqual(await read(host, standard(8), 1), [0]);
  assert.equal((await host.control(standard(9, 1), nothing)).status, 0);
  assert.deepEqual(await read(host, standard(8), 1), [1]);
  assert.deepEqual(await read(host, standard(0), 2), [0, 0]);
  assert.equal((await host.control(standard(11, 0, 0, "interface"), nothing)).status, 0);
  assert.deepEqual(await read(host, standard(10, 0, 0, "interface"), 1), [0]);
  await house.close();
});

test("what the device does not have is answered by a stall", async () => {
  const { attach, house } = rig();
  const host = await attach("1-1");
  for (const setup of [
    standard(6, 0x0600),
    standard(6, 0x0f00),
    standard(6, 0x0201),
    standard(6, 0x0304, 0x0409),
    standard(6, 0x0301, 0x0407),
    standard(0, 0, 5, "endpoint"),
    standard(0, 0, 1, "interface"),
    standard(12, 0, 0x81, "endpoint"),
    { ...standard(1), requestType: "class" } as const,
  ])
    assert.equal(await read(host, setup, 255), null, JSON.stringify(setup));
  for (const setup of [standard(9, 2), standard(11, 1, 0, "interface"), standard(3, 1, 0), standard(7)])
    assert.equal((await host.control(setup, nothing)).status, errno.stall, JSON.stringify(setup));
  assert.equal((await host.submit(5, 64).answer).status, errno.stall);
  assert.equal((await host.submit(2, Uint8Array.of(1)).answer).status, errno.stall);
  await house.close();
});

test("an endpoint that is halted says so, stalls, and goes on when the halt is cleared", async () => {
  const { attach, house, clock } = rig();
  const host = await attach("1-2");
  await tell(host, "session", 1);
  assert.equal((await host.control(standard(3, 0, 0x82, "endpoint"), nothing)).status, 0);
  assert.deepEqual(await read(host, standard(0, 0, 0x82, "endpoint"), 2), [1, 0]);
  assert.equal((await host.submit(2, 512).answer).status, errno.stall);
  assert.equal((await host.control(standard(1, 0, 0x82, "endpoint"), nothing)).status, 0);
  assert.deepEqual(await read(host, standard(0, 0, 0x82, "endpoint"), 2), [0, 0]);
  const event = host.submit(2, 512);
  await tell(host, "session", 0);
  assert.equal((await event.answer).data.toString("latin1", 0, 2), "OE");
  await house.close();
  assert.equal(clock.pending, 0);
});

test("transfers that a kernel queues on one endpoint come back in their order", async () => {
  const { attach, house } = rig();
  const host = await attach("1-2");
  await tell(host, "session", 1);
  const reads = [host.submit(2, 512), host.submit(2, 512), host.submit(2, 512)];
  await settle();
  assert.equal(host.waiting, 3);
  for (let n = 0; n < 3; n++) await tell(host, "session", 0);
  const answers = await Promise.all(reads.map(({ answer }) => answer));
  assert.deepEqual(
    answers.map(({ data }) => data.readUInt16LE(6)),
    [0, 1, 2],
  );
  await house.close();
});

test("a frame that does not fit into the room there is comes back as babble", async () => {
  const { attach, house } = rig();
  const host = await attach("1-2");
  await tell(host, "session", 1);
  const short = host.submit(2, 4);
  await tell(host, "session", 0);
  assert.deepEqual(await short.answer, { status: errno.babble, length: 0, data: Buffer.alloc(0) });
  await house.close();
});

test("a device belongs to one machine at a time, and is neither listed nor given to another", async () => {
  const { attach, connect, house, changes } = rig();
  const host = await attach("1-1", "first");
  assert.deepEqual(
    (await list(connect())).map(({ busid }) => busid),
    ["1-2"],
  );
  assert.equal(await UsbipHost.import(connect(), "1-1"), 2);
  assert.equal(await UsbipHost.import(connect(), "1-3"), 4);
  assert.equal(await UsbipHost.import(connect(), ""), 4);
  const other = await attach("1-2", "second");
  host.detach();
  await settle();
  const again = await attach("1-1", "third");
  assert.deepEqual(changes, ["first has base:1", "second has dongle:1", "first lost base:1", "third has base:1"]);
  again.detach();
  other.detach();
  await house.close();
});

test("whoever attaches a device after another finds it as after power-up", async () => {
  const { attach, house, clock } = rig();
  const first = await attach("1-2");
  await tell(first, "session", 1);
  await tell(first, "channel", 1, 0);
  await tell(first, "voice", 1);
  const cut = first.submit(1, 512).answer.catch((error: Error) => error.message);
  first.detach();
  assert.equal(await cut, "Disconnected");
  await settle();
  assert.equal(clock.pending, 0);
  const second = await attach("1-2");
  assert.equal(second.device.deviceId, first.device.deviceId);
  assert.deepEqual(await read(second, standard(8), 1), [0]);
  assert.deepEqual(await read(second, vendorSetup("eventState", 0, 0), 6), [0, 0, 0, 0, 0, 0]);
  await house.close();
});

test("unplugged by hand, the machine loses it and nobody gets it until it is plugged in again", async () => {
  const { attach, connect, house, changes } = rig();
  const host = await attach("1-1");
  const lost = host.submit(2, 512).answer.catch((error: Error) => error.message);
  await house.unplug("base:1");
  assert.equal(await lost, "Disconnected");
  await host.ended;
  assert.deepEqual(changes, ["somebody has base:1", "somebody lost base:1"]);
  await assert.rejects(house.unplug("base:1"), /base:1 is unplugged already/);
  assert.equal(await UsbipHost.import(connect(), "1-1"), 4);
  assert.deepEqual(
    (await list(connect())).map(({ busid }) => busid),
    ["1-2"],
  );
  await house.plug("base:1");
  await assert.rejects(house.plug("base:1"), /base:1 is plugged in already/);
  assert.ok((await attach("1-1")) instanceof UsbipHost);
  await house.close();
});
