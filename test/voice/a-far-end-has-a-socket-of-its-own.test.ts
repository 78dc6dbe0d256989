import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { TestContext } from "node:test";
import type { Address } from "../../src/message/media.ts";
import { numberedFrame, numberOf } from "../assembly/rtp.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";

const timeout = 20_000;

async function farEnd(context: TestContext, address?: string): Promise<FarEnd> {
  const end = await FarEnd.open(address);
  context.after(() => end.close());
  return end;
}

/** A stream that hears itself. */
function mirror(house: VoiceHouse, remote: Address): void {
  const payload = { format: "PCMA", payloadType: 8, eventPayloadType: null } as const;
  house.perform({ kind: "openRtp", endpoint: "rtp:0", remote, ...payload, direction: "sendrecv" });
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:0" });
}

/** Talks until so many frames of its own came back; `offset` tells them from what was sent before. */
async function hearItself(house: VoiceHouse, end: FarEnd, frames: number, offset: number): Promise<void> {
  let heard = 0;
  end.send(house.portOf(0), 8, (n) => numberedFrame(offset + n));
  await end.talk(
    house.portOf(0),
    8,
    (n) => numberedFrame(offset + n),
    ({ payload }) => (numberOf(payload) ?? 0) >= offset && ++heard >= frames,
  );
}

test("what strangers send while a call runs is counted, and not heard", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const [end, stranger, other] = [await farEnd(context), await farEnd(context, "127.0.0.9"), await farEnd(context)];
  mirror(house, end.where);
  await hearItself(house, end, 5, 1000);
  for (let n = 0; n < 20; n++) stranger.send(house.portOf(0), 8, () => numberedFrame(30_000));
  // The far end's own address, but not the port that was learnt.
  for (let n = 0; n < 20; n++) other.send(house.portOf(0), 8, () => numberedFrame(30_000));
  await hearItself(house, end, 5, 2000);
  const { strangerPackets } = await house.voice.status();
  assert.equal(strangerPackets, 40);
  assert.ok(end.received.every(({ payload }) => numberOf(payload) !== 30_000));
});

test("nobody else may take the port of a stream that is in a call", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const end = await farEnd(context);
  mirror(house, end.where);
  await hearItself(house, end, 5, 1000);
  const thief = createSocket({ type: "udp4", reuseAddr: true });
  context.after(() => thief.close());
  thief.bind(house.portOf(0), "127.0.0.1");
  const [error] = (await once(thief, "error")) as [NodeJS.ErrnoException]; // what dgram tells
  assert.equal(error.code, "EADDRINUSE");
});

test("the port that signalling named wins over the one that was learnt first", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const [named, natted] = [await farEnd(context), await farEnd(context)];
  mirror(house, named.where);
  await hearItself(house, natted, 5, 1000);
  const before = natted.received.length;
  await hearItself(house, named, 5, 2000);
  assert.ok(named.received.length >= 5);
  // Whoever was learnt first is a stranger now.
  natted.send(house.portOf(0), 8, () => numberedFrame(30_000));
  await hearItself(house, named, 5, 3000);
  assert.ok(named.received.every(({ payload }) => numberOf(payload) !== 30_000));
  assert.ok(natted.received.length - before <= 5, "still sent to");
  assert.equal((await house.voice.status()).strangerPackets, 1);
});

test("a far end that moves by signalling is heard and spoken to where it is", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const [first, second] = [await farEnd(context), await farEnd(context, "127.0.0.2")];
  mirror(house, first.where);
  await hearItself(house, first, 5, 1000);
  mirror(house, second.where);
  await hearItself(house, second, 5, 2000);
  mirror(house, first.where);
  await hearItself(house, first, 5, 3000);
  assert.equal((await house.voice.status()).malformedPackets, 0);
});

test("a far end whose port was shut for a while is spoken to as soon as it is open", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const first = await FarEnd.open("127.0.0.5");
  mirror(house, first.where);
  await hearItself(house, first, 5, 1000);
  await first.close();
  const { ticks } = await house.voice.status();
  while ((await house.voice.status()).ticks < ticks + 10);
  const again = createSocket("udp4");
  context.after(() => again.close());
  again.bind(first.port, first.address);
  await once(again, "message");
});
