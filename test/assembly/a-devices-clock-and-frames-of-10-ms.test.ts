import assert from "node:assert/strict";
import { test } from "node:test";
import { DeviceRegistry } from "../../src/voice/device-registry.ts";
import { newVoiceMemory, VoiceMap } from "../../src/voice/map.ts";
import { DeviceWithClock } from "./device-with-clock.ts";
import { numberedFrame, numberOf } from "./rtp.ts";

const minute = 3000;
const frameMs = 10;
const sine = { format: "L16", stream: "L16/8000", frameMs } as const;

/** A machine that is idle for ten seconds and busy for ten: then three frames of four are late. */
function busyMs(frame: number): number {
  return Math.floor(frame / 500) % 2 === 1 && frame % 4 !== 0 ? ((frame * 7919) % 81) / 10 : 0;
}

for (const [ppm, deviceMs] of [
  [200, 20],
  [-200, 20],
  [150, 10],
  [-150, 10],
] as const)
  test(`a device of ${deviceMs} ms whose clock is ${ppm} ppm off goes with ticks of 10 ms without a click`, () => {
    const device = new DeviceWithClock({ ppm, ...sine, deviceMs });
    device.run(5 * minute);
    assert.ok(device.heardOfDevice.worstDb > 55, `the far end hears ${device.heardOfDevice.worstDb} dB`);
    assert.ok(device.heardByDevice.worstDb > 55, `the device hears ${device.heardByDevice.worstDb} dB`);
    assert.equal(device.emptyPulls, 0);
    assert.deepEqual(device.figures(), { late: 0, concealed: 0, gaps: 0 });
    const frames = (5 * minute * (1 + ppm * 1e-6)) | 0;
    assert.ok(Math.abs(device.heardByDevice.frames - frames) < 4, `${device.heardByDevice.frames} of ${frames} frames`);
    for (const known of device.knownPpb()) assert.ok(Math.abs(known - ppm * 1000) < 10_000, `${known} ppb`);
  });

test("octets of a device of 20 ms pass ticks of 10 ms untouched both ways when the clocks agree", () => {
  const device = new DeviceWithClock({
    ppm: 0,
    format: "PCMA",
    stream: "PCMA",
    frameMs,
    lateMs: (frame) => busyMs(frame),
    deviceFrame: (n) => numberedFrame(n),
    streamFrame: (n) => numberedFrame(n),
  });
  device.run(5 * minute);
  assert.equal(device.resampled(), false);
  for (const heard of [device.heardOfDevice, device.heardByDevice]) {
    assert.ok(heard.frames > 5 * minute - 6, `${heard.frames}`);
    assert.equal(numberOf(heard.last), ((numberOf(heard.first) ?? -1) + heard.frames - 1) & 0xffff);
    assert.equal(heard.outOfOrder, 0);
  }
});

test("the line's echo stays cancelled in frames of 10 ms, whether the device's clock runs away or not", () => {
  for (const ppm of [0, 180]) {
    const device = new DeviceWithClock({ ppm, ...sine, echoTailMs: 16 });
    device.run(minute);
    device.heardOfDevice.power = 0;
    device.heardByDevice.power = 0;
    device.run(minute);
    const loss = 10 * Math.log10(device.heardByDevice.power / Math.max(1, device.heardOfDevice.power));
    assert.ok(loss > 12 + 20, `${loss} dB, 12 of them the line's own`);
    assert.equal(device.resampled(), ppm !== 0);
  }
});

test("a frame that a device lost is made up for, and the ring keeps its fill", () => {
  const device = new DeviceWithClock({ ppm: 0, ...sine });
  device.run(100);
  const fill = device.waitingIn();
  device.lose();
  device.run(100);
  assert.deepEqual(device.figures(), { late: 0, concealed: 2, gaps: 2 });
  assert.equal(device.waitingIn(), fill);
});

test("what a stall of ours has left in the ring goes at once", () => {
  const device = new DeviceWithClock({ ppm: 0, ...sine });
  device.run(100);
  device.stall(4);
  device.run(200);
  assert.ok(device.waitingIn() <= 6, `${device.waitingIn()} frames wait`);
  assert.ok(device.figures().late > 0);
});

test("a device with frames of 10 ms is refused at ticks of 20, and told how to go on", () => {
  const registry = new DeviceRegistry(new VoiceMap(newVoiceMemory()), 2, 20);
  assert.throws(
    () => registry.open("base:1", 1, 10, () => {}),
    /base:1 has voice frames of 10 ms: set voice.frame_ms = 10/,
  );
  assert.equal(registry.open("base:1", 1, 20, () => {}).slots.length, 1);
});
