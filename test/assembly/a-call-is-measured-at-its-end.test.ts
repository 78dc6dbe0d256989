import assert from "node:assert/strict";
import { test } from "node:test";
import { clockStatus } from "../../src/voice/clock-status.ts";
import { DeviceWithClock } from "./device-with-clock.ts";
import { Rig } from "./rig.ts";
import { numberedFrame, writeRtp } from "./rtp.ts";

const call = "call:1";

test("a stream is measured over the whole call: what was lost at its beginning is in the figures of its end", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "PCMA");
  rig.join("rtp:0", "rtp:1");
  for (let n = 0; n < 1000; n++) {
    const isLost = n < 200 && n % 10 === 5;
    if (!isLost) rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    rig.tick();
  }
  rig.perform({ kind: "measure", endpoint: "rtp:0", call, party: "line:local" });
  rig.perform({ kind: "close", endpoint: "rtp:0" });
  const [told, ...more] = rig.events;
  assert.deepEqual(more, []);
  assert.ok(told?.kind === "measured");
  assert.deepEqual([told.call, told.party], [call, "line:local"]);
  const { quality } = told;
  assert.deepEqual([quality.codec, quality.received, quality.lost, quality.late], ["PCMA", 980, 20, 0]);
  assert.ok(Math.abs((quality.lostShare ?? 0) - 0.02) < 1e-3, `${quality.lostShare}`);
  assert.equal(quality.lateShare, 0);
  assert.ok((quality.mosListening ?? 0) > 3.5 && (quality.mosListening ?? 5) < 4.4, `${quality.mosListening}`);
});

test("what was not measured is null, and an endpoint that is not open says nothing", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.tick();
  rig.perform({ kind: "measure", endpoint: "rtp:0", call, party: "line:local" });
  rig.perform({ kind: "measure", endpoint: "rtp:1", call, party: "line:local" });
  rig.perform({ kind: "measure", endpoint: "usb:base:9:0", call, party: "handset:1" });
  assert.equal(rig.events.length, 1);
  const [told] = rig.events;
  assert.ok(told?.kind === "measured");
  const { codec, received, sent, lost, late, concealed, ...figures } = told.quality;
  assert.deepEqual([codec, received, sent, lost, late, concealed], ["PCMA", 0, 1, 0, 0, 0]);
  assert.deepEqual(
    Object.entries(figures).filter(([, figure]) => figure !== null),
    [],
  );
  assert.deepEqual(rig.failures, []);
});

test("a device's clock is told in ppm once it is known, also between calls, and whether its frames are resampled", () => {
  const device = new DeviceWithClock({ ppm: 120, format: "L16", stream: "L16/8000" });
  const status = () => {
    const channel = device.rig.control.endpoints.channels().find(({ endpoint }) => endpoint === "usb:dongle:1:0");
    assert.ok(channel !== undefined);
    return clockStatus(device.rig.map, channel);
  };
  const unknown = { ppm: null, resampled: false };
  assert.deepEqual(status(), { endpoint: "usb:dongle:1:0", sends: unknown, takes: unknown });
  device.run(6000);
  for (const { ppm, resampled } of [status().sends, status().takes]) {
    assert.ok(Math.abs((ppm ?? 0) - 120) < 10, `${ppm} ppm`);
    assert.equal(resampled, true);
  }
  device.rig.perform({ kind: "close", endpoint: "usb:dongle:1:0" });
  assert.ok(status().sends.ppm !== null);
  assert.equal(status().sends.resampled, false);
});
