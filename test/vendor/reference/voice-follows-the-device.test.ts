import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttachedDevice } from "../../../src/vendor/family.ts";
import { referenceDongle } from "../../../src/vendor/fxs/reference/family.ts";
import { type ChannelFrame, decodeVoiceFrame, voiceFlags } from "../../../src/vendor/reference/wire/voice-frame.ts";
import { Bench, settle } from "./bench.ts";
import { ScriptedDevice } from "./scripted-device.ts";

interface World {
  readonly bench: Bench;
  readonly device: ScriptedDevice;
  readonly attached: AttachedDevice;
}

/** A dongle with a call on channel 1. */
async function talking(): Promise<World> {
  const bench = new Bench();
  const device = new ScriptedDevice("dongle");
  const attached = await bench.attach(referenceDongle(), device);
  device.log.length = 0;
  bench.voice.open(1, "PCMA");
  await settle();
  return { bench, device, attached };
}

function sound(channel: number, octet: number): ChannelFrame {
  return { channel, format: "PCMA", flags: 0, payload: new Uint8Array(160).fill(octet) };
}

function outFrame(
  octets: Uint8Array | undefined,
): NonNullable<unknown> & { mirror: number; channels: readonly ChannelFrame[] } {
  const read = decodeVoiceFrame("out", octets ?? new Uint8Array(0));
  assert.ok(read.ok);
  return read.value;
}

test("voice runs while a channel is open, and only then", async () => {
  const { bench, device, attached } = await talking();
  assert.deepEqual(device.log, ["channel 1 1", "voice 1 0"]);
  assert.equal(device.isReading(1), true);
  bench.voice.open(0, "L16");
  bench.voice.open(1, null);
  await settle();
  assert.equal(device.isReading(1), true);
  bench.voice.open(0, null);
  await settle();
  assert.deepEqual(device.log.slice(2), ["channel 3 0", "channel 0 1", "channel 0 0", "voice 0 0"]);
  assert.equal(device.isReading(1), false);
  bench.voice.open(0, "PCMU");
  await settle();
  assert.equal(device.isReading(1), true);
  await attached.detach();
});

test("a channel that is closed and opened at once is heard again", async () => {
  const { bench, device, attached } = await talking();
  bench.voice.open(1, null);
  bench.voice.open(1, "PCMA");
  await settle();
  device.voice({ sequence: 5, channels: [sound(1, 9)] });
  await settle();
  assert.equal(bench.voice.pushed.length, 1);
  assert.equal(device.sent.length, 1);
  await attached.detach();
});

test("each frame of the device goes to its channel, and is answered by one frame with the sound of all open channels", async () => {
  const { bench, device, attached } = await talking();
  bench.voice.open(0, "L16");
  await settle();
  const linear = { channel: 0, format: "L16", flags: 0, payload: new Uint8Array(320).fill(3) } as const;
  device.voice({ sequence: 65535, timestamp: 160, channels: [linear, sound(1, 7)] });
  device.voice({ sequence: 0, timestamp: 320, channels: [linear, sound(1, 8)] });
  await settle();
  assert.deepEqual(
    bench.voice.pushed.map(({ channel, format, sequence, frame }) => [
      channel,
      format,
      sequence,
      frame.length,
      frame[0],
    ]),
    [
      [0, "L16", 65535, 320, 3],
      [1, "PCMA", 65535, 160, 7],
      [0, "L16", 0, 320, 3],
      [1, "PCMA", 0, 160, 8],
    ],
  );
  const answers = device.sent.map(outFrame);
  assert.deepEqual(
    answers.map(({ mirror }) => mirror),
    [65535, 0],
  );
  for (const { channels } of answers) {
    const blocks = channels.map(({ channel, format, payload }) => [channel, format, payload.length, payload[0]]);
    assert.deepEqual(blocks.sort(), [
      [0, "L16", 320, 1],
      [1, "PCMA", 160, 2],
    ]);
  }
  await attached.detach();
});

test("a channel that has no sound yet is left out of the answer, which is sent all the same", async () => {
  const { bench, device, attached } = await talking();
  bench.voice.frames.set(1, [new Uint8Array(0)]);
  device.voice({ channels: [sound(1, 1)] });
  await settle();
  assert.deepEqual(outFrame(device.sent[0]).channels, []);
  await attached.detach();
});

test("sound of a channel that is not open goes nowhere", async () => {
  const { bench, device, attached } = await talking();
  device.voice({ channels: [sound(0, 1), sound(7, 1)] });
  await settle();
  assert.deepEqual(bench.voice.pushed, []);
  assert.equal(device.sent.length, 1);
  await attached.detach();
});

test("malformed voice frames of every kind are dropped and counted, and the call goes on", async () => {
  const { bench, device, attached } = await talking();
  device.voice({ sequence: 1, channels: [sound(1, 1)] });
  await settle();
  const good = device.sent[0] ?? new Uint8Array(0);
  const malformed = [
    new Uint8Array(0),
    Uint8Array.of(0x4f),
    new Uint8Array(188),
    good,
    Uint8Array.from([0x4f, 0x49, 2, ...new Uint8Array(40)]),
    Uint8Array.from([0x4f, 0x49, 1, 0, 0xff, 0xff, ...new Uint8Array(40)]),
    Uint8Array.from([0x4f, 0x49, 1, 0, 22, 0, ...new Uint8Array(16)]),
  ];
  for (const octets of malformed) device.voiceOctets(octets);
  await settle();
  assert.equal(device.sent.length, 1);
  assert.deepEqual(
    [...new Set(bench.reports)].sort(),
    ["other version", "too short", "wrong checksum", "wrong length", "wrong magic"].map(
      (why) => `voice frame refused: ${why}`,
    ),
  );
  assert.equal(bench.reports.length, malformed.length);
  device.voice({ sequence: 9, channels: [sound(1, 2)] });
  await settle();
  assert.equal(bench.voice.pushed.length, 2);
  assert.equal(device.sent.length, 2);
  assert.deepEqual(bench.kinds(), ["attached"]);
  await attached.detach();
});

test("a device that sends nothing but malformed voice frames is given up after 3 s of them", async () => {
  const { device, attached } = await talking();
  for (let frame = 0; frame < 150; frame++) device.voiceOctets(Uint8Array.of(1, 2, 3));
  assert.equal(await attached.gone, "sends nothing but malformed voice frames");
});

test("what the device says of lost frames is counted", async () => {
  const { bench, device, attached } = await talking();
  const { overrun, underrun, refused, overflow } = voiceFlags;
  device.voice({ flags: overrun | underrun | refused | overflow, channels: [sound(1, 1)] });
  await settle();
  assert.equal(bench.reports.length, 4);
  assert.equal(bench.voice.pushed.length, 1);
  await attached.detach();
});

test("one transfer is under way at a time; three frames wait, and the oldest of more is dropped", async () => {
  const { bench, device, attached } = await talking();
  device.takesVoice = false;
  for (let sequence = 0; sequence < 6; sequence++) device.voice({ sequence, channels: [sound(1, 1)] });
  await settle();
  assert.equal(device.sent.length, 1);
  assert.deepEqual(bench.reports, Array(2).fill("voice frames lost: the device does not take them"));
  for (let write = 0; write < 4; write++) {
    device.takeWrite();
    await settle();
  }
  assert.deepEqual(
    device.sent.map((octets) => outFrame(octets).mirror),
    [0, 3, 4, 5],
  );
  await attached.detach();
});

test("a read that times out is posted again; three in a row without a frame give the device up", async () => {
  const { device, attached } = await talking();
  for (let round = 0; round < 2; round++) {
    device.failRead(1);
    await settle();
  }
  device.voice({ channels: [sound(1, 1)] });
  await settle();
  for (let round = 0; round < 3; round++) {
    device.failRead(1);
    await settle();
  }
  assert.equal(await attached.gone, "sent no voice for 3 s");
});

test("a stalled endpoint is cleared and the call goes on; one that stalls again and again is reset", async () => {
  const { bench, device, attached } = await talking();
  device.failRead(1, "transferIn error: Stall");
  await settle();
  assert.ok(device.log.includes("clearHalt in 1"));
  device.voice({ channels: [sound(1, 1)] });
  await settle();
  assert.equal(bench.voice.pushed.length, 1);
  for (let stall = 0; stall < 4; stall++) {
    device.failRead(1, "transferIn error: Stall");
    await settle();
  }
  assert.equal(await attached.gone, "endpoint 1 in stalls again and again");
  assert.ok(device.log.includes("reset"));
  assert.equal(device.opened, false);
});

test("a device that is unplugged in a call is gone at once, and everything of it is closed", async () => {
  const { bench, device, attached } = await talking();
  device.unplug();
  assert.equal(await attached.gone, "unplugged");
  assert.deepEqual(bench.kinds(), ["attached", "detached"]);
  assert.equal(bench.voice.closed, true);
  assert.equal(device.claimed, false);
  assert.equal(device.opened, false);
  assert.equal(bench.clock.pending, 0);
});

test("detaching lets the reads go, then releases, then closes", async () => {
  const { bench, device, attached } = await talking();
  await attached.detach();
  assert.deepEqual(device.log.slice(-3), ["session 0 0", "release 0", "close"]);
  assert.equal(device.isReading(1), false);
  assert.equal(device.isReading(2), false);
  assert.equal(bench.last()?.kind, "detached");
  await attached.detach();
  assert.equal(bench.kinds().filter((kind) => kind === "detached").length, 1);
});
