import assert from "node:assert/strict";
import { test } from "node:test";
import * as words from "../../assembly/endpoint-words.ts";
import { DeviceWithClock } from "./device-with-clock.ts";
import { numberedFrame, numberOf } from "./rtp.ts";

const minute = 3000;
/** Of a sine and all else, in each 40 ms that are heard. */
const purestDb = 55;

/** A machine that is idle for ten seconds and busy for ten: then three frames of four are late. */
function busyMs(frame: number): number {
  return Math.floor(frame / 500) % 2 === 1 && frame % 4 !== 0 ? ((frame * 7919) % 81) / 10 : 0;
}

for (const ppm of [200, -200])
  test(`a device whose clock is ${ppm} ppm off is heard and hears for ten minutes without a gap or a click`, () => {
    const device = new DeviceWithClock({ ppm, format: "L16", stream: "L16/8000" });
    device.run(10 * minute);
    assert.ok(device.heardOfDevice.worstDb > purestDb, `the far end hears ${device.heardOfDevice.worstDb} dB`);
    assert.ok(device.heardByDevice.worstDb > purestDb, `the device hears ${device.heardByDevice.worstDb} dB`);
    assert.equal(device.emptyPulls, 0);
    assert.deepEqual(device.figures(), { late: 0, concealed: 0, gaps: 0 });
    const frames = (10 * minute * (1 + ppm * 1e-6)) | 0;
    assert.ok(Math.abs(device.heardByDevice.frames - frames) < 4, `${device.heardByDevice.frames} of ${frames} frames`);
    assert.ok(Math.abs(device.heardOfDevice.frames - 10 * minute) < 5);
    for (const known of device.knownPpb()) assert.ok(Math.abs(known - ppm * 1000) < 10_000, `${known} ppb`);
  });

test("the next call of a device begins with the rate that is known", () => {
  const device = new DeviceWithClock({ ppm: -120, format: "L16", stream: "L16/8000" });
  device.run(2 * minute);
  device.callAgain();
  device.run(20);
  assert.equal(device.resampled(), true);
  device.run(minute);
  assert.ok(device.heardOfDevice.worstDb > purestDb, `${device.heardOfDevice.worstDb} dB`);
  assert.equal(device.emptyPulls, 0);
});

test("what another device knew of its clock is forgotten with it", () => {
  const device = new DeviceWithClock({ ppm: 150, format: "L16", stream: "L16/8000" });
  device.run(2 * minute);
  device.exchange();
  assert.deepEqual(device.knownPpb(), [0, 0]);
});

test("octets pass untouched both ways for twenty minutes when the clocks agree and frames are up to 8 ms late", () => {
  const device = new DeviceWithClock({
    ppm: 0,
    format: "PCMA",
    stream: "PCMA",
    lateMs: (frame) => busyMs(frame),
    deviceFrame: (n) => numberedFrame(n),
    streamFrame: (n) => numberedFrame(n),
  });
  device.run(20 * minute);
  assert.equal(device.resampled(), false);
  for (const heard of [device.heardOfDevice, device.heardByDevice]) {
    assert.ok(heard.frames > 20 * minute - 5);
    const first = numberOf(heard.first) ?? -1;
    assert.equal(numberOf(heard.last), (first + heard.frames - 1) & 0xffff);
    assert.equal(heard.outOfOrder, 0);
  }
});

test("the line's echo stays cancelled while the device's clock runs away", () => {
  const device = new DeviceWithClock({ ppm: 180, format: "L16", stream: "L16/8000", echoTailMs: 16 });
  device.run(minute);
  device.heardOfDevice.power = 0;
  device.heardByDevice.power = 0;
  device.run(3 * minute);
  const loss = 10 * Math.log10(device.heardByDevice.power / Math.max(1, device.heardOfDevice.power));
  assert.ok(loss > 12 + 20, `${loss} dB, 12 of them the line's own`);
  assert.equal(device.resampled(), true);
});

test("what a stall of ours has left in the ring goes at once, not frame by frame", () => {
  const device = new DeviceWithClock({ ppm: 0, format: "L16", stream: "L16/8000" });
  device.run(100);
  device.stall(4);
  device.run(200);
  assert.ok(device.waitingIn() <= 3, `${device.waitingIn()} frames wait`);
  assert.equal(device.rig.word("usb:dongle:1:0", words.METER_LATE) > 0, true);
});
