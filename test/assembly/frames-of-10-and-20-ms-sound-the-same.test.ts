import assert from "node:assert/strict";
import { test } from "node:test";
import { type CountryCode, countries } from "../../src/message/country.ts";
import { type BuiltInFormat, rtpFormats } from "../../src/message/media.ts";
import type { FrameMs } from "../../src/voice/contract.ts";
import { Coder, shapes } from "./coder.ts";
import { demodulate } from "./demodulator.ts";
import { listen, Rig } from "./rig.ts";
import { randomFrom, writeRtp } from "./rtp.ts";
import { speech } from "./speech.ts";

const TWENTIES = 120;
const PHONE = "usb:dongle:1:0";

function payloadType(format: BuiltInFormat): number {
  return format === "PCMU" ? 0 : format === "PCMA" ? 8 : 96;
}

const said = { 8000: speech(8000, 1000)[0], 16000: speech(16_000, 1000)[0] };

/** A recording as a far end with this format sends it. */
function recorded(format: BuiltInFormat): Uint8Array {
  const { rate } = shapes[format];
  const coder = new Coder(format);
  const frame = (n: number) => said[rate]?.slice((n * rate) / 50, ((n + 1) * rate) / 50) ?? new Int16Array();
  return Buffer.concat(Array.from({ length: TWENTIES }, (_, n) => coder.encode(frame(n))));
}

const recordings = new Map(rtpFormats.map((format) => [format, recorded(format)]));

interface Way {
  readonly frameMs: FrameMs;
  readonly packetMs: FrameMs;
  readonly isLost?: (sequence: number) => boolean;
}

/** All octets that the far ends of `pairs` pairs get when the first of each pair says the recording. */
function relay(way: Way, from: BuiltInFormat, to: BuiltInFormat, pairs = 1): Uint8Array[] {
  const { frameMs, packetMs, isLost = () => false } = way;
  const rig = new Rig({ frameMs });
  for (let pair = 0; pair < pairs; pair++) {
    rig.openRtp(2 * pair, from);
    rig.openRtp(2 * pair + 1, to);
    rig.join(`rtp:${2 * pair}`, `rtp:${2 * pair + 1}`);
  }
  const octets = recordings.get(from) ?? new Uint8Array();
  const length = (shapes[from].octets * packetMs) / 20;
  const units = (from === "L16/16000" ? 16 : 8) * packetMs;
  const heard = Array.from({ length: pairs }, (): Uint8Array[] => []);
  for (let ms = 0; ms < 20 * TWENTIES; ms += frameMs) {
    for (let at = ms; at % packetMs === 0 && at < ms + frameMs; at += packetMs) {
      const sequence = at / packetMs;
      const payload = octets.subarray(sequence * length, (sequence + 1) * length);
      const packet = writeRtp({ payloadType: payloadType(from), sequence, timestamp: sequence * units, payload });
      for (let pair = 0; pair < pairs && !isLost(sequence); pair++) rig.deliver(2 * pair, packet);
    }
    for (const { stream, packet } of rig.tick()) if (stream % 2 === 1) heard[(stream - 1) / 2]?.push(packet.payload);
  }
  return heard.map((packets) => Buffer.concat(packets));
}

const twenty: Way = { frameMs: 20, packetMs: 20 };
const ten: Way = { frameMs: 10, packetMs: 10 };
const joined: Way = { frameMs: 10, packetMs: 20 };

for (const from of rtpFormats)
  test(`what ${from} becomes has the same octets in frames of 10 ms as in frames of 20, whatever packets come`, () => {
    for (const to of rtpFormats) {
      const [expected] = relay(twenty, from, to);
      assert.equal(expected?.length, TWENTIES * shapes[to].octets, to);
      assert.deepEqual(relay(ten, from, to), [expected], `${to}, packets of 10 ms`);
      assert.deepEqual(relay(joined, from, to), [expected], `${to}, packets of 20 ms`);
    }
  });

test("nine channels in frames of 10 ms, eight in the lanes and one more, send what one alone sends in frames of 20", () => {
  for (const [from, to] of [
    ["PCMA", "G722"],
    ["G722", "PCMU"],
    ["PCMA", "G726-32"],
    ["AAL2-G726-32", "PCMU"],
    ["G726-32", "AAL2-G726-32"],
  ] as const) {
    const [alone] = relay(twenty, from, to);
    for (const octets of relay(joined, from, to, 9)) assert.deepEqual(octets, alone, `${from} to ${to}`);
  }
});

/**
 * Up to half of all. Never one alone between two lost ones: of octets that pass, the concealment then remembers what it
 * played as long as a whole frame is joined, and of the second half of 20 ms it is what came.
 */
function losses(seed: number): boolean[] {
  const random = randomFrom(seed);
  const lost: boolean[] = [];
  for (let n = 0; n < TWENTIES; n++) lost.push(random() < 0.1 * seed && (lost[n - 1] === true || lost[n - 2] !== true));
  return lost;
}

test("lost packets are made up for, and joined to what comes after them, with the same octets", () => {
  for (const [from, to] of [
    ["PCMA", "PCMA"],
    ["PCMA", "L16/8000"],
    ["L16/16000", "PCMA"],
    ["PCMU", "G722"],
  ] as const)
    for (let seed = 1; seed <= 5; seed++) {
      const lost = losses(seed);
      const isLost = (sequence: number) => lost[sequence] === true;
      const expected = relay({ ...twenty, isLost }, from, to);
      assert.deepEqual(relay({ ...joined, isLost }, from, to), expected, `${from} to ${to}, seed ${seed}`);
    }
});

/** What a phone hears in three seconds of the commands. */
function phoneHears(frameMs: FrameMs, begin: (rig: Rig) => void): { heard: Int16Array; told: Rig["events"] } {
  const rig = new Rig({ frameMs });
  rig.perform({ kind: "openUsb", endpoint: PHONE, format: "L16" });
  begin(rig);
  return { heard: listen(rig, 150), told: rig.events };
}

function bothHear(begin: (rig: Rig) => void): Int16Array {
  const expected = phoneHears(20, begin);
  assert.ok(expected.heard.some((sample) => sample !== 0));
  assert.deepEqual(phoneHears(10, begin), expected);
  return expected.heard;
}

test("every country's tones and cadences have the same samples", () => {
  for (const country of Object.keys(countries) as CountryCode[])
    for (const tone of ["dial", "busy", "ringback", "congestion"] as const)
      bothHear((rig) => rig.perform({ kind: "tone", endpoint: PHONE, tone, country }));
});

test("keys as sound have the same samples", () => {
  bothHear((rig) => {
    for (const digit of ["1", "#", "D"] as const)
      rig.perform({ kind: "sendDigit", endpoint: PHONE, digit, durationMs: 95 });
  });
});

test("a caller's number has the same samples, and a modem reads it", () => {
  for (const standard of ["v23", "bell202"] as const) {
    const heard = bothHear((rig) =>
      rig.perform({ kind: "callerId", endpoint: PHONE, standard, number: "0301234567", name: null }),
    );
    const modem =
      standard === "v23"
        ? { markHz: 1300, spaceHz: 2100, markBits: 80 }
        : { markHz: 1200, spaceHz: 2200, markBits: 180 };
    assert.match(String.fromCharCode(...demodulate(heard, modem).octets), /0301234567/);
  }
});

test("comfort noise of a far end has the same samples", () => {
  const hiss = (frameMs: FrameMs) => {
    const rig = new Rig({ frameMs });
    rig.openRtp(0, "PCMA");
    rig.openRtp(1, "L16/8000");
    rig.join("rtp:0", "rtp:1");
    const payload = Uint8Array.from([50, 160, 100, 140]);
    rig.deliver(0, writeRtp({ payloadType: 13, sequence: 1, timestamp: 0, payload }));
    const heard: Uint8Array[] = [];
    for (let ms = 0; ms < 1000; ms += frameMs)
      for (const { stream, packet } of rig.tick()) if (stream === 1) heard.push(packet.payload);
    return Buffer.concat(heard);
  };
  const expected = hiss(20);
  assert.ok(expected.some((octet) => octet !== 0));
  assert.deepEqual(hiss(10), expected);
});

test("a packet of 10 ms has half the octets and half the time of one of 20", () => {
  const rig = new Rig({ frameMs: 10 });
  rig.openRtp(0, "L16/16000");
  rig.openRtp(1, "G726-32");
  rig.join("rtp:0", "rtp:1");
  const packets = Array.from({ length: 6 }, () => rig.tick()).slice(1);
  for (const [stream, octets, units] of [
    [0, 320, 160],
    [1, 40, 80],
  ] as const) {
    const sent = packets.map((tick) => tick.find((one) => one.stream === stream)?.packet);
    sent.forEach((packet, n) => {
      const before = sent[n - 1];
      assert.equal(packet?.payload.length, octets);
      if (before !== undefined) assert.equal(((packet?.timestamp ?? 0) - before.timestamp) >>> 0, units);
    });
  }
});
