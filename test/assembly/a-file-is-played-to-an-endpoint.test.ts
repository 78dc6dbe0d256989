import assert from "node:assert/strict";
import { test } from "node:test";
import * as words from "../../assembly/endpoint-words.ts";
import type { BuiltInFormat } from "../../src/message/media.ts";
import { Coder, shapes } from "./coder.ts";
import { level, levelAt, sine } from "./measure.ts";
import { Rig } from "./rig.ts";
import { numberedFrame, numberOf, randomFrom, writeRtp } from "./rtp.ts";
import { TapEnd } from "./tap-end.ts";

const coder = new Coder("PCMA");

function noise(frames: number): Int16Array[] {
  const random = randomFrom(3);
  return Array.from({ length: frames }, () => Int16Array.from({ length: 160 }, () => (2 * random() - 1) * 5000));
}

function joined(frames: readonly Int16Array[]): Int16Array {
  return Int16Array.from(frames.flatMap((frame) => [...frame]));
}

/** Streams 0 and 1 of A-law, joined for five ticks; each says numbered frames. */
class Pair {
  readonly rig = new Rig();
  #n = 0;

  constructor() {
    for (const n of [0, 1]) this.rig.openRtp(n, "PCMA");
    this.rig.join("rtp:0", "rtp:1");
    for (let n = 0; n < 5; n++) this.tick();
  }

  /** What streams 0 and 1 are sent. */
  tick(): [Uint8Array, Uint8Array] {
    const n = this.#n++;
    for (const stream of [0, 1])
      this.rig.deliver(
        stream,
        writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(1000 * stream + n) }),
      );
    const sent = this.rig.tick();
    const to = (stream: number) => sent.find((one) => one.stream === stream)?.packet.payload ?? new Uint8Array(160);
    return [to(0), to(1)];
  }
}

test("a file is heard to the bit instead of the peer, then the peer again without a gap, and the other way all the time", () => {
  const pair = new Pair();
  const sound = noise(3);
  new TapEnd(pair.rig, 4).play("rtp:0", joined(sound));
  for (let n = 0; n < 6; n++) {
    const [own, other] = pair.tick();
    const frame = sound[n];
    if (frame === undefined) assert.equal(numberOf(own), 1000 + n + 3);
    else assert.deepEqual(own, coder.encode(frame), `frame ${n}`);
    assert.equal(numberOf(other), n + 3);
    assert.equal(pair.rig.taps.length, n < 2 ? 1 : 2);
  }
  assert.deepEqual(pair.rig.taps, [
    { ring: 4, rateHz: 8000 },
    { ring: 4, refused: null },
  ]);
});

test("a file that ends within a frame is silent to the frame's end", () => {
  const pair = new Pair();
  const sound = joined(noise(2)).subarray(0, 210);
  new TapEnd(pair.rig, 0).play("rtp:0", sound);
  pair.tick();
  assert.deepEqual(pair.tick()[0], coder.encode(Int16Array.from([...sound.subarray(160), ...new Int16Array(110)])));
  assert.equal(numberOf(pair.tick()[0]), 1005);
});

test("a file is cut short at once, by hand or because its endpoint closes, and is not heard in the next session", () => {
  const pair = new Pair();
  const file = new TapEnd(pair.rig, 1);
  file.play("rtp:0", joined(noise(50)));
  assert.equal(numberOf(pair.tick()[0]), null);
  file.release();
  assert.equal(numberOf(pair.tick()[0]), 1004);
  const again = new TapEnd(pair.rig, 2);
  again.play("rtp:0", joined(noise(50)));
  pair.tick();
  pair.rig.perform({ kind: "close", endpoint: "rtp:0" });
  pair.rig.openRtp(0, "PCMA");
  assert.deepEqual(pair.tick()[0], coder.encode(new Int16Array(160)));
  assert.deepEqual(pair.rig.taps.slice(1), [
    { ring: 1, refused: null },
    { ring: 2, rateHz: 8000 },
    { ring: 2, refused: null },
  ]);
});

test("a tone stops the file for its time: nothing of it is lost", () => {
  const pair = new Pair();
  const sound = noise(4);
  new TapEnd(pair.rig, 0).play("rtp:0", joined(sound));
  for (let n = 0; n < 4; n++) {
    if (n === 2) {
      pair.rig.perform({ kind: "tone", endpoint: "rtp:0", tone: "dial", country: "DE" });
      assert.notDeepEqual(pair.tick()[0], coder.encode(sound[2] ?? new Int16Array()));
      pair.rig.perform({ kind: "tone", endpoint: "rtp:0", tone: null, country: "DE" });
    }
    assert.deepEqual(pair.tick()[0], coder.encode(sound[n] ?? new Int16Array()), `frame ${n}`);
  }
});

test("a party of a conference hears a file, and the others still hear the party", () => {
  const rig = new Rig();
  for (const n of [0, 1]) {
    rig.openRtp(n, "PCMA");
    rig.perform({ kind: "mix", endpoint: `rtp:${n}`, conference: "conference:1" });
  }
  const [sound = new Int16Array()] = noise(1);
  for (let n = 0; n < 8; n++) {
    if (n === 6) new TapEnd(rig, 0).play("rtp:0", sound);
    for (const stream of [0, 1])
      rig.deliver(
        stream,
        writeRtp({ sequence: n, timestamp: n * 160, payload: new Uint8Array(160).fill(0x81 + stream) }),
      );
    const [own, other] = rig.tick().map(({ packet }) => packet.payload);
    if (n < 3) continue;
    assert.deepEqual(own, n === 6 ? coder.encode(sound) : new Uint8Array(160).fill(0x82));
    assert.deepEqual(other, new Uint8Array(160).fill(0x81));
  }
});

for (const [rateHz, format] of [
  [16_000, "PCMA"],
  [8000, "G722"],
  [16_000, "G722"],
  [16_000, "L16/8000"],
] as const)
  test(`a file of ${rateHz} Hz is heard as ${format}, as loud, and cleanly`, () => {
    const rig = new Rig();
    rig.openRtp(0, format);
    const hertz = (1000 * 8000) / rateHz;
    new TapEnd(rig, 0).play("rtp:0", sine(hertz, -10, (rateHz / 50) * 40, 0), rateHz);
    const listener = new Coder(format);
    const heard = joined(Array.from({ length: 40 }, () => listener.decode(rig.tickFor(0) ?? new Uint8Array())));
    const rate = shapes[format satisfies BuiltInFormat].rate;
    const settled = heard.subarray(rate / 5);
    const at = levelAt(settled, (1000 * 8000) / rate);
    assert.ok(Math.abs(at + 10) < 0.3, `${at} dBm0`);
    assert.ok(level(settled) - at < 0.1, "and nothing else");
  });

test("a stream that keeps quiet when nobody speaks plays all of a file, also where it is silent", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA", { comfortNoise: true });
  new TapEnd(rig, 0).play("rtp:0", new Int16Array(20 * 160));
  for (let n = 0; n < 20; n++) assert.equal(rig.tickFor(0)?.length, 160);
  assert.notEqual(rig.tickFor(0)?.length, 160);
});

test("what is played is what is recorded as heard", () => {
  const pair = new Pair();
  const sound = joined(noise(5));
  new TapEnd(pair.rig, 0).play("rtp:0", sound);
  const tap = new TapEnd(pair.rig, 1);
  tap.record("rtp:0");
  for (let n = 0; n < 5; n++) pair.tick();
  assert.deepEqual(tap.take().heard, sound);
});

test("one file at a time is played to an endpoint that is open", () => {
  const pair = new Pair();
  for (const n of [0, 1]) new TapEnd(pair.rig, n).play("rtp:0", new Int16Array(1600));
  new TapEnd(pair.rig, 2).play("rtp:2", new Int16Array(1600));
  assert.deepEqual(pair.rig.taps, [
    { ring: 0, rateHz: 8000 },
    { ring: 1, refused: "rtp:0 is played to already: stop that first" },
    { ring: 2, refused: "rtp:2 is closed: open it first" },
  ]);
  assert.equal(pair.rig.word("rtp:0", words.CONTROL_PLAY), 1);
});
