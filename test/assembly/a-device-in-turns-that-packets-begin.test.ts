import assert from "node:assert/strict";
import { test } from "node:test";
import { DeviceWithClock } from "./device-with-clock.ts";
import { DrivenByPackets } from "./driven-by-packets.ts";

const second = 50;
/** Of a sine and all else, in each 40 ms that are heard. */
const purestDb = 55;

/** Every 20 ms by a clock so many ppm fast, up to 4 ms late; none while the far end holds. */
function arrivals(ppm: number, firstMs: number, held: readonly [number, number] = [0, 0]): number[] {
  const all = Array.from(
    { length: 260 * second },
    (_, n) => firstMs + n * 20 * (1 - ppm * 1e-6) + ((n * 7919) % 81) / 20,
  );
  return all.filter((ms) => ms < held[0] || ms > held[1]);
}

/** Idle for ten seconds and busy for ten: then three frames of four are late. */
function busyMs(frame: number): number {
  return Math.floor(frame / 500) % 2 === 1 && frame % 4 !== 0 ? ((frame * 7919) % 81) / 10 : 0;
}

function deviceIn(turns: DrivenByPackets, ppm: number): DeviceWithClock {
  return new DeviceWithClock({ ppm, format: "L16", stream: "L16/8000", lateMs: busyMs, turns });
}

function assertClean(device: DeviceWithClock): void {
  assert.ok(device.heardOfDevice.worstDb > purestDb, `the far end hears ${device.heardOfDevice.worstDb} dB`);
  assert.ok(device.heardByDevice.worstDb > purestDb, `the device hears ${device.heardByDevice.worstDb} dB`);
  assert.equal(device.emptyPulls, 0);
  assert.deepEqual(device.figures(), { late: 0, concealed: 0, gaps: 0 });
}

// The far end's clock and the device's are at opposite ends, and at any distance when the call begins.
for (const [leaderPpm, devicePpm] of [
  [300, -200],
  [-300, 200],
] as const)
  for (const firstMs of [27, 33, 39, 44])
    test(`a far end ${leaderPpm} ppm off leads: a device ${devicePpm} ppm off hears and is heard without a click (${firstMs})`, () => {
      const turns = new DrivenByPackets(arrivals(leaderPpm, firstMs));
      const device = deviceIn(turns, devicePpm);
      device.run(240 * second);
      assertClean(device);
      assert.equal(turns.leads, true);
      const known = devicePpm - leaderPpm;
      for (const ppb of device.knownPpb()) assert.ok(Math.abs(ppb / 1000 - known) < 25, `${ppb} ppb, not ${known} ppm`);
    });

test("a leader that holds and comes back in another phase, and one whose call ends, are no click to the device", () => {
  const turns = new DrivenByPackets(arrivals(300, 31, [40_000, 71_013]));
  const device = deviceIn(turns, -200);
  device.run(38 * second);
  assert.equal(turns.leads, true);
  assertClean(device);
  // What the device hears of a held call begins and ends with an edge: it is listened to before and after.
  device.run(5 * second);
  assert.equal(turns.leads, false);
  device.run(30 * second);
  assert.equal(turns.leads, true);
  device.heardByDevice.worstDb = Number.POSITIVE_INFINITY;
  device.run(37 * second);
  assertClean(device);
  turns.inCall = false;
  device.run(20 * second);
  assert.equal(turns.leads, false);
  assertClean(device);
  assert.ok(turns.mostPeriods === 1, "a turn was skipped");
});

test("the line's echo stays cancelled while turns come early and late", () => {
  const turns = new DrivenByPackets(arrivals(300, 33));
  const device = new DeviceWithClock({ ppm: -200, format: "L16", stream: "L16/8000", echoTailMs: 16, turns });
  device.run(60 * second);
  device.heardOfDevice.power = 0;
  device.heardByDevice.power = 0;
  device.run(60 * second);
  const loss = 10 * Math.log10(device.heardByDevice.power / Math.max(1, device.heardOfDevice.power));
  assert.ok(loss > 12 + 20, `${loss} dB, 12 of them the line's own`);
  assert.equal(device.resampled(), true);
});
