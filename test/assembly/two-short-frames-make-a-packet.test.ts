import assert from "node:assert/strict";
import { test } from "node:test";
import type { RtpFormat } from "../../src/message/media.ts";
import { Rig } from "./rig.ts";
import { type RtpPacket, writeRtp } from "./rtp.ts";

const octetsOf10Ms = { PCMA: 80, G722: 80, "AAL2-G726-32": 40, "L16/16000": 320 } as const;
type Format = keyof typeof octetsOf10Ms;

/** Frame n of the talker is full of n. */
function frame(format: Format, n: number): Uint8Array {
  return new Uint8Array(octetsOf10Ms[format]).fill(n & 0xff);
}

function units(format: RtpFormat): number {
  return format === "L16/16000" ? 160 : 80;
}

/** A talker with packets of 10 ms, joined to a far end that wants them longer. */
class Pair {
  readonly rig = new Rig({ frameMs: 10 });
  readonly sent: RtpPacket[] = [];
  readonly #format: Format;
  #n = 0;

  constructor(format: Format) {
    this.#format = format;
    this.rig.openRtp(0, format);
    this.rig.openRtp(1, format, { packetMs: 20 });
    this.rig.join("rtp:0", "rtp:1");
  }

  talk(frames: number, isLost = false): void {
    for (let left = frames; left > 0; left--, this.#n++) {
      const payload = frame(this.#format, this.#n);
      const numbers = { sequence: this.#n, timestamp: this.#n * units(this.#format) };
      const payloadType = this.#format === "PCMA" ? 8 : 96;
      if (!isLost) this.rig.deliver(0, writeRtp({ ...numbers, payloadType, payload }));
      for (const { stream, packet } of this.rig.tick()) if (stream === 1) this.sent.push(packet);
    }
  }
}

/** Sequence numbers without a gap, and each packet begins where the one before ended. */
function assertWhole(packets: readonly RtpPacket[], format: Format): void {
  packets.slice(1).forEach((packet, n) => {
    const before = packets[n];
    assert.ok(before !== undefined);
    assert.equal((packet.sequence - before.sequence) & 0xffff, 1);
    const length = (before.payload.length / octetsOf10Ms[format]) * units(format);
    if (before.payloadType !== 101 && packet.payloadType !== 101)
      assert.equal((packet.timestamp - before.timestamp) >>> 0, length);
  });
}

for (const format of Object.keys(octetsOf10Ms) as Format[])
  test(`a far end that asks for packets of 20 ms has two frames of ${format} in each, all of them, in order`, () => {
    const pair = new Pair(format);
    pair.talk(60);
    assert.equal(pair.sent.length, 30);
    assertWhole(pair.sent, format);
    assert.deepEqual(
      pair.sent.map(({ marker }) => marker),
      pair.sent.map((_, n) => n === 0),
    );
    const octets = Buffer.concat(pair.sent.map(({ payload }) => payload)).subarray(4 * octetsOf10Ms[format]);
    const expected = Buffer.concat(Array.from({ length: 56 }, (_, n) => frame(format, n)));
    assert.equal(Buffer.compare(octets, expected), 0);
  });

test("a frame that waits goes alone before a key, and before a hold is dropped", () => {
  const pair = new Pair("PCMA");
  pair.talk(21);
  assert.equal(pair.sent.length, 10);
  pair.rig.perform({ kind: "sendDigit", endpoint: "rtp:1", digit: "1", durationMs: 50 });
  pair.talk(30);
  const [alone, first] = pair.sent.slice(10);
  assert.deepEqual([alone?.payload.length, first?.payloadType], [80, 101]);
  assertWhole(pair.sent, "PCMA");
  const voice = pair.sent.filter(({ payloadType }) => payloadType === 8);
  assert.equal(voice.filter(({ payload }) => payload.length !== 160).length, 1);
  pair.rig.openRtp(1, "PCMA", { packetMs: 20, direction: "recvonly" });
  pair.sent.length = 0;
  pair.talk(5);
  assert.deepEqual(pair.sent, []);
});

test("a lost frame of a recursive codec stays lost: what waits goes, and one number is missing", () => {
  const pair = new Pair("G722");
  pair.talk(21);
  pair.talk(1, true);
  pair.talk(20);
  const gaps = pair.sent.slice(1).map(({ sequence }, n) => (sequence - (pair.sent[n]?.sequence ?? 0)) & 0xffff);
  assert.equal(gaps.filter((gap) => gap === 2).length, 1);
  assert.ok(gaps.every((gap) => gap === 1 || gap === 2));
});

test("a codec, ticks that are missed and shorter packets again leave no packet in two codecs or two times", () => {
  const pair = new Pair("PCMA");
  pair.talk(21);
  pair.rig.openRtp(1, "PCMU", { packetMs: 20 });
  pair.talk(21);
  const laws = pair.sent.map(({ payloadType, payload }) => [payloadType, payload.length]);
  assert.deepEqual(laws.slice(10), Array(10).fill([0, 160]));
  pair.sent.length = 0;
  pair.rig.tick(3);
  pair.talk(4);
  assert.deepEqual(
    pair.sent.map(({ payload }) => payload.length),
    [160, 160],
  );
  pair.talk(1);
  pair.rig.openRtp(1, "PCMU");
  pair.sent.length = 0;
  pair.talk(3);
  assert.ok(pair.sent.every(({ payload }) => payload.length === 80));
});
