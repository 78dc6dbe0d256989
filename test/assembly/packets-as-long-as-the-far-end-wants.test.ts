import assert from "node:assert/strict";
import { test } from "node:test";
import { SEND_OCTETS } from "../../assembly/endpoint-words.ts";
import type { FrameMs } from "../../src/voice/contract.ts";
import { Rig } from "./rig.ts";
import { type RtpPacket, writeRtp } from "./rtp.ts";

const octetsOf10Ms = { PCMA: 80, G722: 80, "G726-32": 40, "L16/8000": 160, "L16/16000": 320 } as const;
type Format = keyof typeof octetsOf10Ms;
type Wish = { readonly packetMs?: number; readonly mostPacketMs?: number };

/** A talker with packets as long as our frames, joined to a far end with wishes. */
class Pair {
  readonly rig: Rig;
  readonly sent: RtpPacket[] = [];
  readonly #format: Format;
  readonly #octets: number;
  readonly #units: number;
  #n = 0;

  constructor(format: Format, frameMs: FrameMs, wish: Wish & { readonly comfortNoise?: true }) {
    this.rig = new Rig({ frameMs });
    this.#format = format;
    this.#octets = (octetsOf10Ms[format] * frameMs) / 10;
    this.#units = (format === "L16/16000" ? 16 : 8) * frameMs;
    this.rig.openRtp(0, format);
    this.rig.openRtp(1, format, wish);
    this.rig.join("rtp:0", "rtp:1");
  }

  talk(frames: number): void {
    for (let left = frames; left > 0; left--, this.#n++) {
      const payload = this.said(this.#n);
      const payloadType = this.#format === "PCMA" ? 8 : 96;
      this.rig.deliver(0, writeRtp({ sequence: this.#n, timestamp: this.#n * this.#units, payloadType, payload }));
      for (const { stream, packet } of this.rig.tick()) if (stream === 1) this.sent.push(packet);
    }
  }

  /** Frame n: its octets are numbers that do not repeat within it. */
  said(n: number): Uint8Array {
    return Uint8Array.from({ length: this.#octets }, (_, at) => (n * 37 + at + (at >> 8)) & 0xff);
  }
}

/** Ms of voice in each packet but the first ones, which are silence of another length than whole packets in part. */
function lengths({ sent }: Pair, format: Format): number[] {
  return [...new Set(sent.slice(2).map(({ payload }) => (payload.length * 10) / octetsOf10Ms[format]))];
}

function assertWhole(pair: Pair, format: Format, frames: number): void {
  const units = format === "L16/16000" ? 160 : 80;
  pair.sent.slice(1).forEach((packet, n) => {
    const before = pair.sent[n];
    assert.equal((packet.sequence - (before?.sequence ?? 0)) & 0xffff, 1);
    const length = ((before?.payload.length ?? 0) / octetsOf10Ms[format]) * units;
    assert.equal((packet.timestamp - (before?.timestamp ?? 0)) >>> 0, length);
  });
  const octets = Buffer.concat(pair.sent.map(({ payload }) => payload)).toString("latin1");
  const talk = Buffer.concat(Array.from({ length: frames }, (_, n) => pair.said(n))).toString("latin1");
  assert.ok(octets.includes(talk), "what was said is not there in its order");
}

const wishes: readonly (readonly [FrameMs, Wish, ms: number])[] = [
  [10, {}, 10],
  [10, { packetMs: 30 }, 30],
  [10, { packetMs: 40 }, 40],
  [10, { packetMs: 45 }, 40],
  [10, { packetMs: 60 }, 60],
  [10, { packetMs: 200 }, 60],
  [10, { packetMs: 5 }, 10],
  [10, { packetMs: 60, mostPacketMs: 30 }, 30],
  [10, { packetMs: 20, mostPacketMs: 10 }, 10],
  [20, { packetMs: 10 }, 20],
  [20, { packetMs: 30 }, 20],
  [20, { packetMs: 40 }, 40],
  [20, { packetMs: 60 }, 60],
  [20, { packetMs: 60, mostPacketMs: 40 }, 40],
  [20, { packetMs: 60, mostPacketMs: 39.9 }, 20],
  [20, { mostPacketMs: 10 }, 10],
  [20, { packetMs: 40, mostPacketMs: 19 }, 10],
];

for (const [frameMs, wish, ms] of wishes)
  test(`of frames of ${frameMs} ms and ${JSON.stringify(wish)} come packets of ${ms} ms`, () => {
    for (const format of ["PCMA", "G722", "G726-32"] as const) {
      const pair = new Pair(format, frameMs, wish);
      pair.talk(60);
      assert.deepEqual(lengths(pair, format), [ms]);
      assertWhole(pair, format, 30);
    }
  });

test("a format whose packets have no room for so much goes in as many frames as fit", () => {
  for (const [format, frameMs, ms] of [
    ["L16/8000", 10, 40],
    ["L16/8000", 20, 40],
    ["L16/16000", 10, 20],
    ["L16/16000", 20, 20],
  ] as const) {
    const pair = new Pair(format, frameMs, { packetMs: 60 });
    pair.talk(60);
    assert.deepEqual(lengths(pair, format), [ms]);
    assertWhole(pair, format, 30);
  }
});

test("who says in mid-call that packets may be no longer never gets a longer one again", () => {
  for (const [wish, ms] of [
    [{ packetMs: 60, mostPacketMs: 20 }, 20],
    [{ mostPacketMs: 10 }, 10],
  ] as const) {
    const pair = new Pair("PCMA", 20, { packetMs: 60 });
    pair.talk(20);
    pair.sent.length = 0;
    pair.rig.openRtp(1, "PCMA", wish);
    pair.talk(20);
    assert.ok(pair.sent.length > 15);
    assert.ok(pair.sent.every(({ payload }) => payload.length <= ms * 8));
  }
});

test("frames in two packets each: keys, another codec and comfort noise are what they are without", () => {
  const rig = new Rig();
  const sent: RtpPacket[] = [];
  const hear = (ticks: number) => {
    for (let n = 0; n < ticks; n++) for (const { packet } of rig.tick()) sent.push(packet);
  };
  rig.openRtp(1, "AAL2-G726-32", { mostPacketMs: 10 });
  hear(5);
  assert.deepEqual(new Set(sent.map(({ payload }) => payload.length)), new Set([40]));
  rig.openRtp(1, "PCMA", { mostPacketMs: 10 });
  rig.perform({ kind: "sendDigit", endpoint: "rtp:1", digit: "5", durationMs: 60 });
  hear(20);
  assert.deepEqual(new Set(sent.slice(10).map(({ payload }) => payload.length)), new Set([4, 80]));
  rig.openRtp(1, "PCMA", { mostPacketMs: 10, comfortNoise: true });
  hear(60);
  sent.slice(1).forEach((packet, n) => {
    assert.equal((packet.sequence - (sent[n]?.sequence ?? 0)) & 0xffff, 1);
  });
  assert.ok(sent.some(({ payloadType }) => payloadType === 13));
  const octets = sent.reduce((sum, { payload }) => sum + payload.length, 0);
  assert.equal(rig.status("rtp:1").sent, sent.length);
  assert.equal(rig.word("rtp:1", SEND_OCTETS), octets);
});

test("all streams at once in two packets a frame have room", () => {
  const rig = new Rig();
  for (let stream = 0; stream < 24; stream++) rig.openRtp(stream, "PCMA", { mostPacketMs: 10 });
  rig.tick();
  assert.equal(rig.tick().length, 48);
});
