import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import type { RtpFormat } from "../../src/message/media.ts";
import { numberedFrame, numberOf, writeEvent } from "../assembly/rtp.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";

const timeout = 20_000;

async function farEnd(context: TestContext, address?: string): Promise<FarEnd> {
  const end = await FarEnd.open(address);
  context.after(() => end.close());
  return end;
}

function open(house: VoiceHouse, stream: number, end: FarEnd, format: RtpFormat, eventPayloadType = 101): void {
  house.perform({
    kind: "openRtp",
    endpoint: `rtp:${stream}`,
    remote: end.where,
    format,
    payloadType: format === "PCMU" ? 0 : 8,
    eventPayloadType,
    direction: "sendrecv",
  });
}

/** Talks on both streams until each far end has heard so many untouched frames of the other. */
async function converse(house: VoiceHouse, a: FarEnd, b: FarEnd, frames: number) {
  const heardBy = async (listener: FarEnd, stream: number, offset: number, wanted: number) => {
    const numbers: number[] = [];
    await listener.talk(
      house.portOf(stream),
      8,
      (n) => numberedFrame(offset + n),
      ({ payload }) => {
        const number = numberOf(payload);
        if (number !== null && number < 30_000 && Math.floor(number / 10_000) === wanted) numbers.push(number);
        return numbers.length >= frames;
      },
    );
    return numbers;
  };
  return Promise.all([heardBy(a, 0, 10_000, 2), heardBy(b, 1, 20_000, 1)]);
}

test("two joined far ends hear each other's octets untouched, in order", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const [a, b] = [await farEnd(context), await farEnd(context)];
  open(house, 0, a, "PCMA");
  open(house, 1, b, "PCMA");
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  for (const numbers of await converse(house, a, b, 20))
    numbers.forEach((number, n) => {
      assert.ok(n === 0 || number > (numbers[n - 1] ?? 0), `${numbers}`);
    });
  const { streams } = await house.voice.status();
  assert.deepEqual(
    streams.map(({ endpoint, format, peer }) => [endpoint, format, peer]),
    [
      ["rtp:0", "PCMA", "rtp:1"],
      ["rtp:1", "PCMA", "rtp:0"],
    ],
  );
});

test("far ends of different laws hear each other transcoded", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const [a, b] = [await farEnd(context), await farEnd(context)];
  open(house, 0, a, "PCMA");
  open(house, 1, b, "PCMU");
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  // A-law +4032·8 and µ-law +32124 are the loudest values: 0xaa and 0x80; smallest 0xd5 and 0xff.
  const loud = new Uint8Array(160).fill(0xaa);
  const inPcmu = Buffer.alloc(160, 0x80);
  let heard = 0;
  await Promise.all([
    a.talk(
      house.portOf(0),
      8,
      () => loud,
      () => heard >= 5,
    ),
    b.talk(
      house.portOf(1),
      0,
      () => new Uint8Array(160).fill(0xff),
      ({ payloadType, payload }) => {
        if (payloadType === 0 && inPcmu.equals(payload)) heard++;
        return heard >= 5;
      },
    ),
  ]);
  assert.equal(heard >= 5, true);
});

test("a far end joined to itself hears its own frames", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const a = await farEnd(context);
  open(house, 0, a, "PCMA");
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:0" });
  const echoes: number[] = [];
  await a.talk(
    house.portOf(0),
    8,
    (n) => numberedFrame(n + 1),
    ({ payload }) => {
      const number = numberOf(payload);
      if (number !== null) echoes.push(number);
      return echoes.length >= 10;
    },
  );
  assert.ok(
    echoes.every((number, n) => n === 0 || number > (echoes[n - 1] ?? 0)),
    `${echoes}`,
  );
});

test("a stranger's packets are ignored and counted, and the call goes on", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const [a, b] = [await farEnd(context), await farEnd(context)];
  const stranger = await farEnd(context, "127.0.0.9");
  open(house, 0, a, "PCMA");
  open(house, 1, b, "PCMA");
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  for (let n = 0; n < 50; n++) stranger.send(house.portOf(0), 8, () => numberedFrame(40_000));
  await converse(house, a, b, 10);
  assert.ok(
    b.received.every(({ payload }) => numberOf(payload) !== 40_000),
    "b heard the stranger",
  );
  assert.equal(stranger.received.length, 0);
  const { strangerPackets, malformedPackets } = await house.voice.status();
  assert.equal(strangerPackets, 50);
  assert.equal(malformedPackets, 0);
});

test("a far end that speaks before its call and after it is no stranger; a stranger is", {
  timeout,
}, async (context) => {
  const house = await VoiceHouse.open(context);
  const [a, stranger] = [await farEnd(context), await farEnd(context, "127.0.0.9")];
  for (let n = 0; n < 5; n++) a.send(house.portOf(0), 8, () => numberedFrame(n));
  for (let n = 0; n < 3; n++) stranger.send(house.portOf(0), 8, () => numberedFrame(40_000));
  await house.voice.status();
  open(house, 0, a, "PCMA");
  await a.hear(() => true);
  house.perform({ kind: "close", endpoint: "rtp:0" });
  assert.deepEqual((await house.voice.status()).streams, []);
  for (let n = 0; n < 10; n++) a.send(house.portOf(0), 8, () => numberedFrame(n));
  a.sendRaw(Uint8Array.of(0x80, 203, 0, 1, 0, 0, 0, 0), house.portOf(0) + 1);
  let status = await house.voice.status();
  while (status.strangerPackets === 0) status = await house.voice.status();
  assert.equal(status.strangerPackets, 3);
});

test("malformed packets during a call are counted and harm nothing", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const [a, b, c] = [await farEnd(context), await farEnd(context), await farEnd(context)];
  open(house, 0, a, "PCMA");
  open(house, 1, b, "PCMA");
  open(house, 2, c, "PCMA");
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  const folder = new URL("../../../shared/vectors/fuzz-seeds/webrtc-rtp/", import.meta.url);
  for (const name of readdirSync(folder)) c.sendRaw(readFileSync(new URL(name, folder)), house.portOf(2));
  for (let n = 0; n < 20; n++) c.sendRaw(Buffer.from("INVITE sip:600@127.0.0.1 SIP/2.0\r\n"), house.portOf(2));
  c.sendRaw(Buffer.from([0x80, 200, 255, 255]), house.portOf(2) + 1);
  await converse(house, a, b, 10);
  const { malformedPackets, workerRestarts } = await house.voice.status();
  assert.ok(malformedPackets >= 21, `${malformedPackets} counted`);
  assert.equal(workerRestarts, 0);
});

test("a key pressed at the far end arrives once, and a key sent is heard as an event", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const a = await farEnd(context);
  open(house, 0, a, "PCMA");
  await a.hear(() => true);
  for (const end of [false, false, true, true, true])
    a.sendRaw(writeEvent(11, end, 800, { sequence: 1, timestamp: 5 }), house.portOf(0));
  assert.equal((await house.until("digit")).digit, "#");
  house.perform({ kind: "sendDigit", endpoint: "rtp:0", digit: "5", durationMs: 60 });
  const event = await a.hear(({ payloadType }) => payloadType === 101);
  assert.equal(event.payload[0], 5);
  assert.equal(house.events.filter(({ kind }) => kind === "digit").length, 1);
});

test("a command takes effect within the next turn", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const a = await farEnd(context);
  open(house, 0, a, "PCMA");
  await a.hear(() => true);
  const delays: number[] = [];
  for (let n = 0; n < 15; n++) {
    const began = performance.now();
    house.perform({ kind: "tone", endpoint: "rtp:0", tone: "dial", country: "DE" });
    await a.hear(({ payload }) => payload.some((octet) => octet !== 0xd5));
    delays.push(performance.now() - began);
    house.perform({ kind: "tone", endpoint: "rtp:0", tone: null, country: "DE" });
    await a.hear(({ payload }) => payload.every((octet) => octet === 0xd5));
  }
  const median = delays.sort((x, y) => x - y)[7] ?? 0;
  assert.ok(median <= 25, `half of them took longer than ${median} ms`);
});

test("taken ports are skipped, and RTCP is one above RTP", { timeout }, async (context) => {
  const busy = createSocket("udp4");
  busy.bind(41_203, "127.0.0.1");
  await once(busy, "listening");
  context.after(() => busy.close());
  const house = await VoiceHouse.open(context, { firstPort: 41_200, streams: 3 });
  const ports = [0, 1, 2].map((stream) => house.portOf(stream));
  assert.ok(!ports.includes(41_202), `${ports}`);
  assert.ok(
    ports.every((port, n) => port % 2 === 0 && port > (ports[n - 1] ?? 0)),
    `${ports}`,
  );
});

test("no port above the range is bound: fewer streams are, and with none it is said", { timeout }, async (context) => {
  const busy = createSocket("udp4");
  busy.bind(41_252, "127.0.0.1");
  await once(busy, "listening");
  context.after(() => busy.close());
  const house = await VoiceHouse.open(context, { firstPort: 41_250, lastPort: 41_255, streams: 3 });
  const ready = await house.until("ready");
  assert.deepEqual(
    ready.rtp.map(({ port }) => port),
    [41_250, 41_254],
  );
  await assert.rejects(
    VoiceHouse.open(context, { firstPort: 41_252, lastPort: 41_253, streams: 1 }),
    /no pair of UDP ports is free from 41252 to 41253 on 127\.0\.0\.1 — /,
  );
});

test("a stream that is changed has its time to be silent anew", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context, { rtpTimeoutMs: 100 });
  const a = await farEnd(context);
  open(house, 0, a, "PCMA");
  await house.until("rtpTimeout");
  open(house, 0, a, "PCMA");
  const second = await house.until("rtpTimeout", 2);
  assert.ok(second.silentMs >= 100 && second.silentMs < 1000, `${second.silentMs} ms`);
});

test("closing a stream says goodbye by RTCP, without a name", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const rtcp = createSocket("udp4");
  const a = await farEnd(context);
  rtcp.bind(a.port + 1, "127.0.0.1");
  await once(rtcp, "listening");
  context.after(() => rtcp.close());
  open(house, 0, a, "PCMA");
  await a.hear(() => true);
  house.perform({ kind: "close", endpoint: "rtp:0" });
  const [octets] = (await once(rtcp, "message")) as [Buffer]; // what dgram gives first
  assert.equal(octets[1], 200, "a sender report first");
  assert.equal(octets[octets.length - 7], 203, "BYE last");
  assert.doesNotMatch(octets.toString("latin1"), /offhook|127\.|root/i);
});

test("an open stream reports by RTCP within four seconds", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context);
  const rtcp = createSocket("udp4");
  const a = await farEnd(context);
  rtcp.bind(a.port + 1, "127.0.0.1");
  await once(rtcp, "listening");
  context.after(() => rtcp.close());
  open(house, 0, a, "PCMA");
  const began = performance.now();
  const [octets] = (await once(rtcp, "message")) as [Buffer]; // what dgram gives first
  assert.ok(performance.now() - began < 4000, `${performance.now() - began} ms`);
  assert.deepEqual([octets[0], octets[1]], [0x80, 200], "a sender report without blocks: nothing was received");
  assert.ok(octets.readUInt32BE(20) > 50, "packets sent");
  assert.equal(octets.readUInt32BE(24), octets.readUInt32BE(20) * 160, "octets sent");
});
