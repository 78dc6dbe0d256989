import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltInFormat } from "../../src/message/media.ts";
import { memoryStatus } from "../../src/voice/room.ts";
import { shapes } from "./coder.ts";
import { Rig } from "./rig.ts";
import { randomFrom, writeRtp } from "./rtp.ts";

const PAGE = 4096;
const PAIRS = 8;
const TICKS = 200;

/** Octets of the pages in which anything was written: what the kernel has to find room for. */
function touched(rig: Rig): number {
  let pages = 0;
  for (let at = 0; at < rig.map.octets.length; at += PAGE)
    if (rig.map.octets.subarray(at, at + PAGE).some((octet) => octet !== 0)) pages++;
  return pages * PAGE;
}

/** What a stream costs when eight pairs talk. */
function ofStream(from: "PCMA", to: BuiltInFormat): number {
  const rig = new Rig();
  const empty = touched(rig);
  talk(rig, from, to);
  return (touched(rig) - empty) / (2 * PAIRS);
}

function talk(rig: Rig, from: "PCMA", to: BuiltInFormat): void {
  const random = randomFrom(5);
  for (let pair = 0; pair < PAIRS; pair++) {
    rig.openRtp(2 * pair, from);
    rig.openRtp(2 * pair + 1, to);
    rig.join(`rtp:${2 * pair}`, `rtp:${2 * pair + 1}`);
  }
  for (let tick = 0; tick < TICKS; tick++) {
    for (let stream = 0; stream < 2 * PAIRS; stream++) {
      const format = stream % 2 === 0 ? from : to;
      const payload = Uint8Array.from({ length: shapes[format].octets }, () => random() * 256);
      const payloadType = format === "PCMU" ? 0 : format === "PCMA" ? 8 : 96;
      rig.deliver(stream, writeRtp({ payloadType, sequence: tick, timestamp: tick * 160, payload }));
    }
    rig.tick();
  }
}

// docs/voice-path.md states these.
for (const [to, atMost] of [
  ["PCMA", 24],
  ["PCMU", 32],
  ["G722", 38],
] as const) {
  test(`a stream of PCMA joined to ${to} touches at most ${atMost} kB, its place for packets included`, () => {
    const octets = ofStream("PCMA", to);
    assert.ok(octets > 8192 && octets <= atMost * 1024, `${(octets / 1024).toFixed(1)} kB`);
  });
}

test("an analog port with an echo canceller of 16 ms touches at most 60 kB", () => {
  const rig = new Rig();
  const random = randomFrom(6);
  const empty = touched(rig);
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "PCMA", echoTailMs: 16 });
  for (let tick = 0; tick < TICKS; tick++) {
    const frame = Uint8Array.from({ length: 160 }, () => random() * 256);
    rig.device.push(0, "PCMA", tick, frame, rig.device.pulled(0));
    rig.tick();
  }
  const octets = touched(rig) - empty;
  assert.ok(octets > 8192 && octets <= 60 * 1024, `${(octets / 1024).toFixed(1)} kB`);
});

test("call after call, in whatever codec, takes no more memory than the status says at the start, and none after the first", () => {
  const rig = new Rig();
  const { mostBytes } = memoryStatus({ streams: 2 * PAIRS, usbChannels: 0 });
  let first = 0;
  for (let round = 0; round < 4; round++) {
    for (const format of ["PCMA", "PCMU", "G722", "G726-32"] as const) {
      talk(rig, "PCMA", format);
      for (let stream = 0; stream < 2 * PAIRS; stream++) rig.perform({ kind: "close", endpoint: `rtp:${stream}` });
      rig.tick();
    }
    if (round === 0) first = touched(rig);
  }
  assert.ok(touched(rig) <= mostBytes, `${touched(rig)} of ${mostBytes}`);
  assert.ok(touched(rig) <= first, `${first} after the first round, ${touched(rig)} after the last`);
});
