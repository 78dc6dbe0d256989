import assert from "node:assert/strict";
import { test } from "node:test";
import * as layout from "../../assembly/layout.ts";
import type { Endpoint } from "../../src/message/name.ts";
import { Coder, shapes } from "./coder.ts";
import { Constants } from "./constant-talk.ts";
import { levelAt, sine } from "./measure.ts";
import { Rig } from "./rig.ts";
import { randomFrom, writeRtp } from "./rtp.ts";
import { DELAY, decoded, Talker } from "./talker.ts";
import { TapEnd } from "./tap-end.ts";

function flat(samples: Int16Array, frame: number): Int16Array {
  return samples.subarray(frame * 160, (frame + 1) * 160);
}

for (const [own, other] of [
  ["PCMA", "PCMA"],
  ["PCMA", "PCMU"],
  ["G722", "G722"],
  ["G726-32", "AAL2-G726-32"],
  ["L16/16000", "G722"],
] as const)
  test(`what a stream of ${own} says, and hears of ${other}, is recorded to the bit`, () => {
    const rig = new Rig();
    const [a, b] = [new Talker(own, 1), new Talker(other, 2)];
    rig.openRtp(0, own);
    rig.openRtp(1, other);
    rig.join("rtp:0", "rtp:1");
    const tap = new TapEnd(rig, 0);
    tap.record("rtp:0");
    for (let n = 0; n < 20; n++) {
      rig.deliver(0, a.packet(n));
      rig.deliver(1, b.packet(n));
      rig.tick();
    }
    const { said, heard } = tap.take();
    assert.deepEqual(rig.taps, [{ ring: 0, rateHz: shapes[own].rate }]);
    assert.deepEqual(said, decoded(own, a.said, DELAY, 20));
    assert.deepEqual(heard, decoded(other, b.said, DELAY, 20));
    assert.equal(tap.ring.lost, 0);
  });

test("tones and a conference are recorded as they are heard", () => {
  const rig = new Rig();
  const talkers = [new Talker("L16/8000", 1), new Talker("L16/8000", 2), new Talker("PCMA", 3)];
  for (const [n, { format }] of talkers.entries()) {
    rig.openRtp(n, format);
    rig.perform({ kind: "mix", endpoint: `rtp:${n}`, conference: "conference:1" });
  }
  const tap = new TapEnd(rig, 3);
  tap.record("rtp:0");
  const sent: number[] = [];
  for (let n = 0; n < 20; n++) {
    if (n === 10) rig.perform({ kind: "tone", endpoint: "rtp:0", tone: "busy", country: "DE" });
    for (const [stream, talker] of talkers.entries()) rig.deliver(stream, talker.packet(n));
    for (const { stream, packet } of rig.tick())
      if (stream === 0) sent.push(...new Coder("L16/8000").decode(packet.payload));
  }
  const { said, heard } = tap.take();
  assert.deepEqual(heard, Int16Array.from(sent));
  assert.deepEqual(said, decoded("L16/8000", talkers[0]?.said ?? [], DELAY, 20));
  assert.ok(Math.abs(levelAt(heard.subarray(10 * 160), 425)) < 30, "the tone is in it");
  assert.notDeepEqual(flat(heard, 5), new Int16Array(160));
});

const formats = ["PCMA", "PCMA", "G722", "G722", "G726-32", "PCMU", "G722", "PCMA"] as const;

/** What changes while everybody talks: tones, codecs, and stream 0 is silent by comfort noise from frame 100 to 125. */
function change(rig: Rig, n: number): void {
  const tone = (endpoint: Endpoint, on: boolean) =>
    rig.perform({ kind: "tone", endpoint, tone: on ? "busy" : null, country: "DE" });
  if (n >= 20 && n < 80 && n % 8 === 0) rig.openRtp(3, n % 16 === 0 ? "PCMA" : "G722");
  if (n === 80 || n === 85) tone("rtp:3", n === 80);
  if (n === 98 || n === 110) tone("rtp:1", n === 98);
  if (n === 130 || n === 140) rig.openRtp(1, n === 130 ? "PCMU" : "PCMA");
}

/** Everything that goes out of a house in which much happens, with and without recordings. */
function muchHappens(recorded: readonly Endpoint[]): unknown[] {
  const rig = new Rig();
  const talkers = formats.map((format, n) => new Talker(format, n + 1));
  for (const [n, format] of formats.entries()) rig.openRtp(n, format, n === 7 ? { comfortNoise: true } : {});
  for (const n of [0, 2, 4, 6]) rig.join(`rtp:${n}`, `rtp:${n + 1}`);
  for (const channel of [0, 1] as const)
    rig.perform({ kind: "openUsb", endpoint: `usb:dongle:1:${channel}`, format: "PCMA", echoTailMs: 16 });
  rig.join("usb:dongle:1:0", "usb:dongle:1:1");
  for (const [n, endpoint] of recorded.entries()) new TapEnd(rig, n).record(endpoint);
  const random = randomFrom(77);
  const out: unknown[] = [];
  for (let n = 0; n < 160; n++) {
    change(rig, n);
    for (const [stream, talker] of talkers.entries()) {
      const packet = talker.packet(n);
      const quiet = { payloadType: 13, sequence: n, timestamp: n * 160, payload: Uint8Array.of(30) };
      if (stream === 0 && n >= 100 && n < 125) rig.deliver(0, writeRtp(quiet));
      else if (random() > 0.08) rig.deliver(stream, packet);
    }
    for (const channel of [0, 1])
      rig.device.push(channel, "PCMA", n, new Coder("PCMA").encode(sine(300 + 100 * channel, -10, 160, n * 160)));
    for (const { stream, packet } of rig.tick()) out.push([n, stream, packet.payloadType, packet.payload]);
    for (const channel of [0, 1]) {
      const frame = new Uint8Array(160);
      if (rig.device.pull(channel, frame) > 0) out.push([n, channel, frame]);
    }
  }
  return out;
}

test("whatever is recorded, everything that is sent has the same bits as without, also after losses and changes", () => {
  const without = muchHappens([]);
  assert.ok(without.length > 1000);
  assert.deepEqual(muchHappens(["rtp:0", "rtp:2", "rtp:4", "rtp:6", "usb:dongle:1:0"]), without);
  assert.deepEqual(muchHappens(["rtp:1", "rtp:3", "rtp:5", "rtp:7", "usb:dongle:1:1"]), without);
  assert.deepEqual(muchHappens(["rtp:0", "rtp:1", "rtp:2", "rtp:3"]), without);
});

test("a frame that was lost is made up in the recording, also where the far end makes it up itself", () => {
  const rig = new Rig();
  const talker = new Talker("G722", 1, 440);
  for (const n of [0, 1]) rig.openRtp(n, "G722");
  rig.join("rtp:0", "rtp:1");
  const tap = new TapEnd(rig, 0);
  tap.record("rtp:1");
  for (let n = 0; n < 40; n++) {
    const packet = talker.packet(n);
    if (n !== 30) rig.deliver(0, packet);
    rig.tick();
  }
  const { said, heard } = tap.take();
  const lost = heard.subarray((30 + DELAY) * 320, (31 + DELAY) * 320);
  assert.ok(Math.abs(levelAt(lost, 220) + 10) < 3, `${levelAt(lost, 220)} dBm0`);
  assert.equal(said.length, 40 * 320);
  assert.ok(
    said.every((sample) => sample === 0),
    "it said nothing",
  );
});

test("ticks that could not be held are silence in the recording: its time stays true", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.perform({ kind: "tone", endpoint: "rtp:0", tone: "dial", country: "DE" });
  const tap = new TapEnd(rig, 0);
  tap.record("rtp:0");
  for (const periods of [1, 4, 1]) rig.tick(periods);
  const { heard } = tap.take();
  assert.equal(heard.length, 6 * 160);
  const silent = Array.from({ length: 6 }, (_, frame) => flat(heard, frame).every((sample) => sample === 0));
  assert.deepEqual(silent, [false, true, true, true, false, false]);
});

test("a ring that nobody empties loses frames, which are counted, and nothing else changes", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  const tap = new TapEnd(rig, 0);
  tap.record("rtp:0");
  const frames = Math.floor(layout.TAP_SAMPLES / 320);
  for (let n = 0; n < frames + 30; n++) assert.equal(rig.tick().length, 1);
  assert.equal(tap.ring.fill, frames * 320);
  assert.equal(tap.ring.lost, 30 * 320);
});

test("frames of 10 ms are recorded as those of 20 are", () => {
  const talk = new Constants(2, 10);
  talk.rig.join("rtp:0", "rtp:1");
  const tap = new TapEnd(talk.rig, 0);
  tap.record("rtp:1");
  talk.after(10);
  const { said, heard } = tap.take();
  assert.equal(said.length, 10 * 80);
  assert.deepEqual([...new Set(said.subarray(400))], [10]);
  assert.deepEqual([...new Set(heard.subarray(400))], [1]);
});

test("a codec of another rate in mid-call is recorded at the file's rate", () => {
  const rig = new Rig();
  const [narrow, wide] = [new Talker("PCMA", 1, 440), new Talker("G722", 1, 440)];
  rig.openRtp(0, "PCMA");
  const tap = new TapEnd(rig, 5);
  tap.record("rtp:0");
  for (let n = 0; n < 100; n++) {
    if (n === 50) rig.openRtp(0, "G722");
    rig.deliver(0, (n < 50 ? narrow : wide).packet(n));
    rig.tick();
  }
  const { said } = tap.take();
  assert.equal(said.length, 100 * 160);
  for (const frame of [20, 80]) {
    const level = levelAt(said.subarray(frame * 160, (frame + 10) * 160), 440);
    assert.ok(Math.abs(level + 10) < 0.5, `${level} dBm0 at frame ${frame}`);
  }
});

test("a recording ends when it is told to, or its endpoint closes, and another session is not recorded", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "G722");
  const taps = [new TapEnd(rig, 0), new TapEnd(rig, 1)];
  taps[0]?.record("rtp:0");
  taps[1]?.record("rtp:1");
  rig.tick();
  taps[0]?.release();
  taps[0]?.release();
  rig.perform({ kind: "close", endpoint: "rtp:1" });
  rig.openRtp(1, "G722");
  rig.tick();
  assert.deepEqual(rig.taps, [
    { ring: 0, rateHz: 8000 },
    { ring: 1, rateHz: 16_000 },
    { ring: 0, refused: null },
    { ring: 1, refused: null },
  ]);
  assert.deepEqual(
    taps.map((tap) => tap.take().heard.length),
    [160, 320],
  );
  assert.equal(rig.map.word(layout.HEADER_TAPPED), 0);
});

test("who is closed, unknown or recorded already can not be recorded, with the way out", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  for (const [n, endpoint] of (["rtp:0", "rtp:0", "rtp:1", "rtp:99", "usb:base:1:0"] as const).entries())
    new TapEnd(rig, n).record(endpoint);
  assert.deepEqual(rig.taps, [
    { ring: 0, rateHz: 8000 },
    { ring: 1, refused: "rtp:0 is recorded already: stop that first" },
    { ring: 2, refused: "rtp:1 is closed: open it first" },
    { ring: 3, refused: "no stream rtp:99: rtp:0 to rtp:23 are bound" },
    { ring: 4, refused: "no channel usb:base:1:0: its device is not attached" },
  ]);
});
