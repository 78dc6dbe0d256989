import assert from "node:assert/strict";
import { test } from "node:test";
import type { VoiceFormat } from "../../../src/message/media.ts";
import {
  decodeCounters,
  decodeEventState,
  encodeCounters,
  encodeEventState,
  requestOf,
  vendorSetup,
} from "../../../src/vendor/reference/wire/control.ts";
import { crc16 } from "../../../src/vendor/reference/wire/crc.ts";
import { PACKET, voiceReadLength } from "../../../src/vendor/reference/wire/descriptor.ts";
import {
  type DeviceEvent,
  decodeEventFrame,
  encodeEventFrame,
} from "../../../src/vendor/reference/wire/event-frame.ts";
import { decodeIdentification, encodeIdentification } from "../../../src/vendor/reference/wire/identify.ts";
import { decodeLinkFrame } from "../../../src/vendor/reference/wire/link-frame.ts";
import { decodeSubscriptions, encodeSubscriptions } from "../../../src/vendor/reference/wire/subscription.ts";
import {
  type ChannelFrame,
  decodeVoiceFrame,
  encodeVoiceFrame,
  payloadLengths,
  type VoiceFrame,
} from "../../../src/vendor/reference/wire/voice-frame.ts";
import { random } from "./bench.ts";

const formats: readonly VoiceFormat[] = ["PCMA", "PCMU", "L16"];

function randomOctets(next: (below: number) => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => next(256));
}

function randomVoice(next: (below: number) => number): VoiceFrame {
  const channels: ChannelFrame[] = [];
  for (let channel = 0; channel < 8; channel++) {
    if (next(2) === 0) continue;
    const format = formats[next(3)] ?? "PCMA";
    channels.push({ channel, format, flags: next(2), payload: randomOctets(next, payloadLengths[format]) });
  }
  const [sequence, mirror, flags] = [next(65536), next(65536), next(32)];
  return { sequence, mirror, flags, timestamp: next(2 ** 32), fill: next(256), lost: next(256), channels };
}

function randomEvent(next: (below: number) => number): DeviceEvent {
  const kind = next(5);
  if (kind === 0) return { kind: "restarted" };
  if (kind === 1) return { kind: "subscriptionsChanged" };
  if (kind === 2) return { kind: "unknown", type: 0x70 + next(8), body: randomOctets(next, next(300)) };
  if (kind === 3) {
    const interrupts = [next(256), next(256), next(256)] as const;
    const timestamp = next(2 ** 32);
    return { kind: "slic", port: next(8), interrupts, dtmf: next(32), linefeed: next(128), loop: next(4), timestamp };
  }
  const elements = [
    { id: 0x2c, content: randomOctets(next, next(200)) },
    { id: 0xe4, content: randomOctets(next, 1) },
    { id: 0xa1, content: new Uint8Array(0) },
  ];
  const transaction = { byHandset: next(2) === 1, value: next(128) };
  const link = { handset: 1 + next(255), discriminator: 3, transaction, message: next(256), channel: 0, elements };
  return { kind: "link", link: { ...link, channel: next(2) === 0 ? null : next(8) } };
}

test("the checksum is the one the document names", () => {
  assert.equal(crc16(new TextEncoder().encode("123456789"), 0, 9), 0x29b1);
});

test("every voice frame is read as it was written, in both directions, and is never a packet multiple", () => {
  const next = random(1);
  for (let round = 0; round < 300; round++) {
    const frame = randomVoice(next);
    for (const direction of ["in", "out"] as const) {
      const octets = encodeVoiceFrame(direction, frame);
      assert.notEqual(octets.length % PACKET, 0);
      assert.ok(octets.length < voiceReadLength(8));
      assert.deepEqual(decodeVoiceFrame(direction, octets), { ok: true, value: frame });
    }
  }
});

test("a frame that fills its last packet is padded by one octet that is not read", () => {
  const channels = formats.map((format, channel) => ({
    channel,
    format,
    flags: 0,
    payload: new Uint8Array(payloadLengths[format]),
  }));
  // 20 + 166 + 166 + 326 + 2 = 680; events can be made to fit exactly: 8 + 54 + 2 = 64.
  assert.equal(encodeVoiceFrame("in", { ...randomVoice(random(3)), channels }).length, 680);
  const octets = encodeEventFrame({ sequence: 0, event: { kind: "unknown", type: 0x70, body: new Uint8Array(54) } });
  assert.equal(octets.length, 65);
  assert.equal(decodeEventFrame(octets).ok, true);
});

test("a voice frame of the wrong direction, or with any one bit turned, is refused", () => {
  const next = random(7);
  const frame = {
    ...randomVoice(next),
    channels: [{ channel: 0, format: "PCMA", flags: 0, payload: randomOctets(next, 160) }],
  };
  const octets = encodeVoiceFrame("in", frame as VoiceFrame);
  assert.equal(decodeVoiceFrame("out", octets).ok, false);
  for (let bit = 0; bit < 188 * 8; bit++) {
    const broken = octets.slice();
    broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(decodeVoiceFrame("in", broken).ok, false, `bit ${bit}`);
  }
});

test("a voice frame that is cut off anywhere is refused", () => {
  const next = random(9);
  const octets = encodeVoiceFrame("in", { ...randomVoice(next), channels: [] });
  for (let length = 0; length < octets.length; length++) {
    assert.equal(decodeVoiceFrame("in", octets.subarray(0, length)).ok, false);
  }
});

test("a well-checked voice frame that says impossible things is refused for what is wrong with it", () => {
  const payload = new Uint8Array(160);
  const frame = { sequence: 0, mirror: 0, flags: 0, timestamp: 0, fill: 0, lost: 0 };
  const one: ChannelFrame = { channel: 0, format: "PCMA", flags: 0, payload };
  const faultOf = (channels: readonly ChannelFrame[]): string => {
    const read = decodeVoiceFrame("in", encodeVoiceFrame("in", { ...frame, channels }));
    return read.ok ? "none" : read.fault;
  };
  assert.equal(faultOf([one, one]), "channel twice");
  assert.equal(faultOf([{ ...one, channel: 8 }]), "wrong channel");
  assert.equal(faultOf([{ ...one, payload: new Uint8Array(159) }]), "wrong payload length");
  assert.equal(faultOf([{ ...one, format: "L16" }]), "wrong payload length");
  assert.equal(faultOf([one]), "none");
});

test("every event is read as it was written", () => {
  const next = random(11);
  for (let round = 0; round < 500; round++) {
    const frame = { sequence: next(65536), event: randomEvent(next) };
    const octets = encodeEventFrame(frame);
    assert.notEqual(octets.length % PACKET, 0);
    assert.deepEqual(decodeEventFrame(octets), { ok: true, value: frame });
  }
});

test("random octets never make a reader throw, also when they begin like a frame and their checksum is right", () => {
  const next = random(13);
  const readers = [
    decodeEventFrame,
    decodeIdentification,
    decodeSubscriptions,
    decodeLinkFrame,
    decodeEventState,
    decodeCounters,
  ];
  for (let round = 0; round < 5000; round++) {
    const octets = randomOctets(next, next(400));
    if (round % 2 === 0 && octets.length > 24) forge(octets, next);
    for (const reader of readers) assert.equal(typeof reader(octets).ok, "boolean");
    assert.equal(typeof decodeVoiceFrame("in", octets).ok, "boolean");
    assert.equal(typeof decodeVoiceFrame("out", octets).ok, "boolean");
  }
});

/** Makes octets pass for a frame as far as magic, version, length and checksum go. */
function forge(octets: Uint8Array, next: (below: number) => number): void {
  const length = octets.length;
  octets.set(
    [0x4f, [0x49, 0x4f, 0x45][next(3)] ?? 0, 1, next(4) === 0 ? next(256) : ([0x10, 0x20, 1, 2][next(4)] ?? 0)],
    0,
  );
  octets.set([length & 0xff, length >> 8], 4);
  const crc = crc16(octets, 0, length - 2);
  octets.set([crc & 0xff, crc >> 8], length - 2);
}

test("identification, subscriptions, event state and counters are read as they were written", () => {
  const identification = {
    major: 1,
    minor: 3,
    kind: "base",
    channels: 4,
    phones: 32,
    formats: ["PCMA", "L16"],
    firmware: 0x0102,
    inFifo: 5,
    outFifo: 6,
    rfpi: "a1b2c3d4e5",
    model: "Büro-Basis",
  } as const;
  assert.deepEqual(decodeIdentification(encodeIdentification(identification)), { ok: true, value: identification });
  const subscriptions = [
    { handset: 1, located: true, ipui: "0123456789", formats: ["L16"] },
    { handset: 7, located: false, ipui: "", formats: [] },
  ] as const;
  assert.deepEqual(decodeSubscriptions(encodeSubscriptions(subscriptions)), { ok: true, value: subscriptions });
  const state = { oldest: 65530, next: 3, overflowed: true };
  assert.deepEqual(decodeEventState(encodeEventState(state)), { ok: true, value: state });
  const counters = { inDropped: 1, outRefused: 2 ** 32 - 1, outDropped: 3, underruns: 4, eventsLost: 5 };
  assert.deepEqual(decodeCounters(encodeCounters(counters)), { ok: true, value: counters });
});

test("a handset that comes twice in the list makes the list be refused", () => {
  const twice = { handset: 1, located: true, ipui: "01", formats: [] };
  assert.equal(decodeSubscriptions(encodeSubscriptions([twice, twice])).ok, false);
});

test("only vendor requests to the device are the device's own", () => {
  assert.equal(requestOf(vendorSetup("linkSend", 0, 0)), "linkSend");
  assert.equal(requestOf({ ...vendorSetup("linkSend", 0, 0), requestType: "class" }), null);
  assert.equal(requestOf({ ...vendorSetup("linkSend", 0, 0), recipient: "interface" }), null);
  assert.equal(requestOf({ ...vendorSetup("linkSend", 0, 0), request: 0x7f }), null);
});
