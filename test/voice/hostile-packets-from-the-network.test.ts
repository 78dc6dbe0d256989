import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { Address } from "../../src/message/media.ts";
import { numberedFrame, numberOf } from "../assembly/rtp.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";

const timeout = 30_000;
const STRANGE = 40_000;

async function farEnd(context: TestContext, address?: string): Promise<FarEnd> {
  const end = await FarEnd.open(address);
  context.after(() => end.close());
  return end;
}

function open(house: VoiceHouse, stream: number, remote: Address): void {
  const payload = { format: "PCMA", payloadType: 8, eventPayloadType: null } as const;
  house.perform({ kind: "openRtp", endpoint: `rtp:${stream}`, remote, ...payload, direction: "sendrecv" });
}

interface Call {
  readonly house: VoiceHouse;
  readonly a: FarEnd;
  readonly b: FarEnd;
}

/** Stream 0 and 1 of a voice path, joined, with a far end each. */
async function call(context: TestContext, own = "127.0.0.1"): Promise<Call> {
  const house = await VoiceHouse.open(context, { address: own });
  const [a, b] = [await farEnd(context, own), await farEnd(context, own)];
  open(house, 0, a.where);
  open(house, 1, b.where);
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  return { house, a, b };
}

/** a talks, packet for packet, until b has heard so many of its frames untouched; `between` is done before each. */
async function heardByB({ house, a, b }: Call, frames: number, between: () => void = () => {}): Promise<number[]> {
  const numbers: number[] = [];
  await Promise.all([
    a.talk(
      house.portOf(0),
      8,
      (n) => {
        between();
        return numberedFrame(n);
      },
      () => numbers.length >= frames,
    ),
    b.hear(({ payload }) => {
      const number = numberOf(payload);
      if (number !== null) numbers.push(number);
      return numbers.length >= frames;
    }),
  ]);
  return numbers;
}

test("packets of no octets and of 9000 are counted, and the call goes on", { timeout }, async (context) => {
  const all = await call(context);
  let times = 0;
  await heardByB(all, 10, () => {
    if (times++ >= 5) return;
    all.a.sendRaw(new Uint8Array(0), all.house.portOf(0));
    all.a.sendRaw(new Uint8Array(9000).fill(0x80), all.house.portOf(0));
    all.a.sendRaw(new Uint8Array(9000).fill(0x80), all.house.portOf(0) + 1);
  });
  const status = await all.house.voice.status();
  assert.equal(status.malformedPackets, 15);
  assert.equal(status.strangerPackets, 0);
});

test("a stranger's flood is counted and not heard, and the call goes on", { timeout }, async (context) => {
  const all = await call(context);
  const strangers = [await farEnd(context, "127.0.0.9"), await farEnd(context)];
  // The first packet lets nobody else in any more.
  await heardByB(all, 2);
  const heard = await heardByB(all, 20, () => {
    for (let n = 0; n < 40; n++)
      for (const stranger of strangers) stranger.send(all.house.portOf(0), 8, () => numberedFrame(STRANGE));
  });
  assert.ok(heard.every((number) => number < 30_000));
  const status = await all.house.voice.status();
  assert.ok(status.strangerPackets >= 400, `${status.strangerPackets}`);
  assert.deepEqual(
    strangers.map(({ received }) => received.length),
    [0, 0],
  );
});

test("RTCP on the RTP port is read as RTCP, and none of it is heard", { timeout }, async (context) => {
  const all = await call(context);
  const report = Uint8Array.of(0x80, 201, 0, 1, 1, 2, 3, 4);
  const broken = Uint8Array.of(0x80, 201, 0xff, 0xff, 1, 2, 3, 4);
  let times = 0;
  await heardByB(all, 10, () => {
    all.a.sendRaw(report, all.house.portOf(0));
    if (times++ < 3) all.a.sendRaw(broken, all.house.portOf(0));
  });
  const status = await all.house.voice.status();
  assert.equal(status.malformedPackets, 3);
  assert.equal(status.strangerPackets, 0);
});

test("far ends that cannot be reached harm no other call", { timeout }, async (context) => {
  const all = await call(context);
  const closed = createSocket("udp4").bind(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo; // UDP: an object
  closed.close();
  open(all.house, 2, { address: "127.0.0.1", port });
  open(all.house, 3, { address: "255.255.255.255", port: 9 });
  await heardByB(all, 20);
  const { workerRestarts, streams } = await all.house.voice.status();
  assert.equal(workerRestarts, 0);
  assert.ok(streams.every(({ sent }) => sent > 0));
});

test("a call on a port that another had before never hears the other's far end", { timeout }, async (context) => {
  const all = await call(context);
  await heardByB(all, 3);
  const before = all.a;
  all.house.perform({ kind: "close", endpoint: "rtp:0" });
  const next = { ...all, a: await farEnd(context) };
  // Another address: a far end behind the same NAT is told apart by its port once it has spoken itself.
  const old = await farEnd(context, "127.0.0.9");
  open(all.house, 0, next.a.where);
  all.house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  const heard = await heardByB(next, 10, () => {
    before.send(all.house.portOf(0), 8, () => numberedFrame(STRANGE));
    old.send(all.house.portOf(0), 8, () => numberedFrame(STRANGE));
  });
  assert.ok(heard.every((number) => number < 30_000));
});

test("far ends talk over IPv6", { timeout }, async (context) => {
  const all = await call(context, "::1");
  const stranger = await farEnd(context, "::1");
  await heardByB(all, 2);
  const heard = await heardByB(all, 10, () => stranger.send(all.house.portOf(0), 8, () => numberedFrame(STRANGE)));
  assert.ok(heard.every((number) => number < 30_000));
  assert.ok((await all.house.voice.status()).strangerPackets >= 9);
});
