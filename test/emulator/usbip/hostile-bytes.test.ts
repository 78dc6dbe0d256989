import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { ms } from "../../../src/message/units.ts";
import { vendorSetup } from "../../../src/vendor/reference/wire/control.ts";
import { random } from "../../vendor/reference/bench.ts";
import { settle } from "../time.ts";
import { type Rig, rig } from "./rig.ts";
import { command, importRequest, operation, setupOf, type UsbipHost } from "./usbip-host.ts";

const BASE = 0x10002;
const identify = vendorSetup("identify", 0, 0);

/** The dongle is attached by somebody good, and works all the time. */
async function beside() {
  const all = rig();
  const good = await all.attach("1-2", "good");
  return { ...all, good };
}

async function isClosed(stream: Duplex): Promise<boolean> {
  stream.resume();
  await settle();
  return stream.destroyed || stream.readableEnded;
}

async function stillWorks({ good, house, reports }: Rig & { good: UsbipHost }, said: RegExp): Promise<void> {
  assert.equal((await good.control(identify, 64)).data.toString("latin1", 0, 4), "Offh");
  assert.equal(reports.length, 1);
  assert.match(reports[0] ?? "", said);
  await house.close();
}

for (const [name, octets, said] of [
  ["another version", operation(0x8005, 0, 0x0106), /^evil speaks USB\/IP version 0x106, not 0x111/],
  ["an unknown operation", operation(0x8009), /asks for operation 0x8009/],
  ["a line of HTTP", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), /speaks USB\/IP version 0x4745/],
  ["zeros", Buffer.alloc(4096), /version 0x0/],
] as const)
  test(`a client that begins with ${name} is sent away, and the others notice nothing`, async () => {
    const world = await beside();
    const evil = world.connect("evil");
    evil.write(octets);
    assert.equal(await isClosed(evil), true);
    await stillWorks(world, said);
  });

for (const [name, fields, said] of [
  ["an unknown command", { command: 7 }, /command 0x7 is none of USB\/IP/],
  ["an answer", { command: 3 }, /command 0x3 is none/],
  ["a command for another device", { command: 1, device: 0x10003 }, /device 0x10003, which it has not imported/],
  ["an endpoint above 15", { command: 1, endpoint: 16 }, /endpoint 16 is above 15/],
  ["a direction that there is not", { command: 1, direction: 2 }, /direction 2 is neither/],
  ["a transfer of 4 GB", { command: 1, endpoint: 1, length: 0xffff_ffff }, /transfer of 4294967295 octets, more than/],
  ["a read of 4 GB", { command: 1, direction: 1, endpoint: 1, length: 0x8000_0000 }, /transfer of 2147483648 octets/],
  ["an isochronous transfer", { command: 1, direction: 1, endpoint: 1, packets: 8 }, /isochronous/],
] as const)
  test(`${name} costs an importer its device, and the others notice nothing`, async () => {
    const world = await beside();
    const evil = await world.attach("1-1", "evil");
    evil.send(command({ sequence: 1, device: BASE, ...fields }));
    await evil.ended;
    assert.deepEqual(world.changes.slice(1), ["evil has base:1", "evil lost base:1"]);
    await stillWorks(world, said);
  });

test("a sequence number that is under way already costs the importer its device", async () => {
  const world = await beside();
  const evil = await world.attach("1-1", "evil");
  const read = command({ command: 1, sequence: 5, device: BASE, direction: 1, endpoint: 2, length: 64 });
  evil.send(Buffer.concat([read, read]));
  await evil.ended;
  await stillWorks(world, /sequence number 5 is under way already/);
});

test("an importer that hands in transfers without end loses its device", async () => {
  const world = await beside();
  const evil = await world.attach("1-1", "evil");
  for (let sequence = 1; sequence <= 300; sequence++)
    evil.send(command({ command: 1, sequence, device: BASE, direction: 1, endpoint: 2, length: 64 }));
  await evil.ended;
  await stillWorks(world, /more than 256 transfers are under way/);
});

test("an importer that reads none of its answers loses its device", async () => {
  const world = await beside();
  const deaf = world.connect("deaf");
  deaf.write(importRequest("1-1"));
  const setup = setupOf(
    { requestType: "standard", recipient: "device", request: 6, value: 0x0200, index: 0 },
    true,
    255,
  );
  for (let sequence = 1; sequence <= 20_000; sequence++)
    deaf.write(command({ command: 1, sequence, device: BASE, direction: 1, length: 255, setup }));
  await settle();
  await stillWorks(world, /^deaf does not read the answers to its own commands/);
});

test("a request of which half comes is waited for ten seconds, however slowly the rest comes", async () => {
  const world = await beside();
  const slow = world.connect("slow");
  for (const octet of importRequest("1-1").subarray(0, 20)) {
    slow.write(Uint8Array.of(octet));
    await settle();
    world.clock.advance(ms(480));
  }
  assert.equal(await isClosed(slow), false);
  world.clock.advance(ms(500));
  assert.equal(await isClosed(slow), true);
  await stillWorks(world, /^slow was not done with a request after 10 s/);
});

test("data that a command promised and that do not come are waited for ten seconds", async () => {
  const world = await beside();
  const evil = await world.attach("1-1", "evil");
  evil.send(command({ command: 1, sequence: 1, device: BASE, endpoint: 1, length: 100 }));
  await settle();
  world.clock.advance(ms(9_999));
  await settle();
  assert.equal(evil.gone, false);
  world.clock.advance(ms(1));
  await evil.ended;
  await stillWorks(world, /^evil was not done with a request after 10 s/);
});

test("an importer that rests between two commands may rest for ever", async () => {
  const { clock, attach, house, reports } = rig();
  const host = await attach("1-1");
  assert.equal((await host.control(identify, 64)).status, 0);
  clock.advance(ms(3_600_000));
  assert.equal((await host.control(identify, 64)).status, 0);
  assert.deepEqual([reports, clock.pending], [[], 0]);
  await house.close();
});

test("commands cut into single octets are the same commands", async () => {
  const { attach, house } = rig();
  const host = await attach("1-1");
  const whole = host.send.bind(host);
  host.send = (octets) => {
    for (const octet of octets) whole(Uint8Array.of(octet));
  };
  const { data } = await host.control(identify, 64);
  assert.equal(data.toString("latin1", 0, 4), "Offh");
  const session = vendorSetup("session", 1, 0);
  assert.equal((await host.control(session, new Uint8Array(0))).status, 0);
  await house.close();
});

test("more clients than there can be are sent away, those that were there before stay", async () => {
  const world = await beside();
  const idle = Array.from({ length: 31 }, () => world.connect("idle"));
  const extra = world.connect("extra");
  assert.equal(await isClosed(extra), true);
  assert.equal(await isClosed(idle[0] ?? extra), false);
  await stillWorks(world, /^extra is one of more than 32 clients/);
});

test("ten thousand random commands: nothing throws, nothing stays, the device can be attached again", async () => {
  const world = await beside();
  const next = random(20_260);
  const pick = (...choices: readonly number[]) => choices[next(choices.length)] ?? 0;
  for (let n = 0; n < 10_000; ) {
    const evil = world.connect("evil").resume();
    evil.write(importRequest("1-1"));
    for (let alive = true; alive && n < 10_000; n++) {
      const length = pick(0, 1, 22, 64, 348, 5000, next(0x7fff_ffff));
      const setup = Uint8Array.from({ length: 8 }, () => pick(0, 1, 2, 0x40, 0x80, 0xc0, next(256)));
      const fields = { command: pick(1, 1, 1, 2, next(9)), sequence: n + 1, device: pick(BASE, BASE, BASE, next(9)) };
      const where = { direction: pick(0, 1, 1, next(4)), endpoint: pick(0, 1, 2, next(20)), unlink: next(n + 1) };
      evil.write(command({ ...fields, ...where, length, setup }));
      if (where.direction === 0 && length <= 5000) evil.write(Buffer.alloc(length, next(256)));
      if (next(8) === 0) evil.destroy();
      await settle();
      alive = !evil.destroyed && !evil.readableEnded;
    }
    evil.destroy();
    await settle();
  }
  assert.ok(world.reports.length > 100);
  world.reports.splice(0, world.reports.length, "random commands were refused");
  assert.equal((await world.attach("1-1")).device.deviceId, BASE);
  await stillWorks(world, /refused/);
  assert.equal(world.clock.pending, 0);
});
