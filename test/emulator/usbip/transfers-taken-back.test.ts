import assert from "node:assert/strict";
import { test } from "node:test";
import { ms } from "../../../src/message/units.ts";
import { vendorSetup } from "../../../src/vendor/reference/wire/control.ts";
import { settle } from "../time.ts";
import { rig } from "./rig.ts";
import { command, errno, setupOf } from "./usbip-host.ts";

const endSession = vendorSetup("session", 0, 0);

/** A session on the dongle: ending it again and again makes an event each time. */
async function session() {
  const all = rig();
  const host = await all.attach("1-2");
  await host.control(vendorSetup("session", 1, 0), new Uint8Array(0));
  return { ...all, host, event: () => host.control(endSession, new Uint8Array(0)) };
}

function eventNumber({ data }: { readonly data: Buffer }): number {
  return data.readUInt16LE(6);
}

test("a read that is taken back never comes back, and loses nothing that had not come", async () => {
  const { host, event, house } = await session();
  const read = host.submit(2, 512);
  assert.equal(await host.unlink(read.sequence), errno.unlinked);
  await event();
  assert.equal(eventNumber(await host.submit(2, 512).answer), 0);
  await house.close();
});

test("taking back what is over by now is answered by status 0", async () => {
  const { host, event, house } = await session();
  const read = host.submit(2, 512);
  await event();
  await read.answer;
  assert.equal(await host.unlink(read.sequence), 0);
  assert.equal(await host.unlink(4711), 0);
  await house.close();
});

test("event and taking back cross each other: one answer, in whatever order they meet", async () => {
  for (const eventFirst of [true, false]) {
    const { host, house } = await session();
    const read = host.submit(2, 512);
    const answer = read.answer.catch((error: Error) => error);
    await settle();
    const { deviceId: device } = host.device;
    const end = Buffer.from(setupOf(endSession, false, 0));
    const ending = command({ command: 1, sequence: 900, device, setup: end });
    // Both in one piece, as a busy network brings them.
    const taking = command({ command: 2, sequence: 901, device, unlink: read.sequence });
    const statuses = Promise.all([host.statusOf(900), host.statusOf(901)]);
    host.send(Buffer.concat(eventFirst ? [ending, taking] : [taking, ending]));
    assert.deepEqual(await statuses, eventFirst ? [0, 0] : [0, errno.unlinked]);
    const event = eventFirst ? await answer : await host.submit(2, 512).answer;
    assert.ok(!(event instanceof Error));
    assert.equal(eventNumber(event), 0);
    await house.close();
    assert.equal((await answer) instanceof Error, !eventFirst);
  }
});

test("the one in the middle of a queue is taken back, the others keep their order", async () => {
  const { host, event, house } = await session();
  const [first, second, third] = [host.submit(2, 512), host.submit(2, 512), host.submit(2, 512)];
  assert.equal(await host.unlink(second.sequence), errno.unlinked);
  await event();
  await event();
  assert.deepEqual([eventNumber(await first.answer), eventNumber(await third.answer)], [0, 1]);
  await house.close();
});

test("a read that is taken back between two frames takes nothing of the next one", async () => {
  const { host, house, clock } = await session();
  const tell = (name: "channel" | "voice", value: number) =>
    host.control(vendorSetup(name, value, 0), new Uint8Array(0));
  await tell("channel", 3);
  await tell("voice", 1);
  clock.advance(ms(20));
  // 348 octets are there: the first read takes two packets, the second waits for more than there is.
  assert.equal((await host.submit(1, 128).answer).length, 128);
  assert.equal((await host.submit(1, 512).answer).length, 220);
  const waiting = host.submit(1, 512);
  assert.equal(await host.unlink(waiting.sequence), errno.unlinked);
  clock.advance(ms(20));
  const frame = await host.submit(1, 512).answer;
  assert.deepEqual([frame.length, frame.data.readUInt16LE(6)], [348, 1]);
  await house.close();
});

test("ten thousand reads taken back leave nothing behind", async () => {
  const { host, house, reports } = await session();
  for (let n = 0; n < 10_000; n++) {
    const { sequence } = host.submit(2, 512);
    assert.equal(await host.unlink(sequence), errno.unlinked);
  }
  assert.deepEqual([host.waiting, host.unasked], [0, []]);
  assert.deepEqual(reports, []);
  await house.close();
});
