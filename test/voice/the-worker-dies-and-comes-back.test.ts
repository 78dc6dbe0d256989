import assert from "node:assert/strict";
import { systemClock } from "../../src/vendor/clock/clock.ts";
import { voiceAssets } from "../../src/voice/assets.ts";
import { startVoice } from "../../src/voice/voice.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";
import { trappingModule } from "./trapping-module.ts";

const timeout = 20_000;

test("a worker that dies is told, replaced, and works with the same devices", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context, { firstPort: 41_400 });
  const device = house.voice.openDevice("dongle:1", 2);
  const channels: string[] = [];
  device.onChannel = (channel, format) => channels.push(`${channel} ${format}`);
  house.perform({ kind: "openUsb", endpoint: "usb:dongle:1:1", format: "L16" });
  house.voice.abortWorker();
  const lost = await house.until("lost");
  assert.match(lost.reason, /worker/);
  assert.deepEqual(channels, ["1 L16", "1 null"]);
  await house.until("ready", 2);
  const end = await FarEnd.open();
  context.after(() => end.close());
  house.perform({
    kind: "openRtp",
    endpoint: "rtp:0",
    remote: end.where,
    format: "PCMU",
    payloadType: 0,
    eventPayloadType: null,
    direction: "sendrecv",
  });
  house.perform({ kind: "openUsb", endpoint: "usb:dongle:1:1", format: "L16" });
  house.perform({ kind: "join", a: "rtp:0", b: "usb:dongle:1:1" });
  await end.hear(({ payloadType }) => payloadType === 0);
  const status = await house.voice.status();
  assert.equal(status.workerRestarts, 1);
  assert.deepEqual(
    status.streams.map(({ endpoint, peer }) => [endpoint, peer]),
    [
      ["rtp:0", "usb:dongle:1:1"],
      ["usb:dongle:1:1", "rtp:0"],
    ],
  );
});

test("a trap in the tick ends the worker's loop, not its comeback: the sockets are free again", {
  timeout,
}, async (t) => {
  const assets = { worker: voiceAssets().worker, wasm: trappingModule(t) };
  const house = await VoiceHouse.open(t, { firstPort: 41_800, lastPort: 41_803, streams: 2 }, assets);
  const lost = await house.until("lost");
  assert.match(lost.reason, /unreachable/);
  const third = await house.until("ready", 3);
  assert.deepEqual(
    third.rtp.map(({ port }) => port),
    [41_800, 41_802],
  );
});

test("while there is no worker, commands are dropped and status is empty", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context, { firstPort: 41_500 });
  house.voice.abortWorker();
  await house.until("lost");
  house.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  const status = await house.voice.status();
  assert.deepEqual([status.ticks, status.streams], [0, []]);
});

test("a voice path that cannot start says what is wrong with which value", { timeout }, async () => {
  const options = {
    address: "127.0.0.1",
    firstPort: 41_600,
    streams: 2,
    usbChannels: 2,
    jitterMs: 40,
    rtpTimeoutMs: 1000,
  };
  const start = (changed: object, assets?: { worker: URL; wasm: URL }) =>
    startVoice({ ...options, ...changed }, () => {}, systemClock, assets);
  await assert.rejects(start({ streams: 65 }), /streams = 65: give a whole number from 0 to 64/);
  await assert.rejects(start({ jitterMs: 4000 }), /jitterMs = 4000/);
  await assert.rejects(start({ address: "192.0.2.1" }), /cannot bind RTP to 192\.0\.2\.1:41600/);
  const nowhere = new URL("file:///nowhere/voice.wasm");
  await assert.rejects(start({}, { worker: nowhere, wasm: nowhere }), /voice\.wasm is missing: build it with/);
});

test("closing twice, or while the worker is gone, ends quietly", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context, { firstPort: 41_700 });
  house.voice.abortWorker();
  await Promise.all([house.voice.close(), house.voice.close()]);
  await house.voice.close();
  assert.deepEqual(
    house.events.map(({ kind }) => kind),
    ["ready"],
  );
});
