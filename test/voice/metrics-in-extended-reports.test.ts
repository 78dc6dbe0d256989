import assert from "node:assert/strict";
import { test } from "node:test";
import { ntpMiddle, roundTripMs } from "../../src/voice/round-trip.ts";
import { readReport, writeReport } from "../../src/voice/rtcp.ts";
import { readVoipMetrics, type VoipMetrics, writeVoipMetrics } from "../../src/voice/rtcp-xr.ts";
import { randomFrom } from "../assembly/rtp.ts";

const measured: VoipMetrics = {
  source: 0xfedcba98,
  lostShare: 0.125,
  discardedShare: 0.03125,
  burstDensity: 0.5,
  gapDensity: 0.0625,
  burstMs: 180,
  gapMs: 12_000,
  roundTripMs: 44,
  endSystemMs: 85,
  signalLevel: -21,
  noiseLevel: -62,
  echoReturnLoss: 55,
  r: 82,
  mosListening: 4.1,
  mosConversation: 4,
  concealment: "standard",
  isBufferAdaptive: true,
  bufferRate: 5,
  bufferNominalMs: 60,
  bufferMaximumMs: 80,
  bufferLimitMs: 200,
};

const nothing: VoipMetrics = {
  ...measured,
  roundTripMs: null,
  endSystemMs: null,
  signalLevel: null,
  noiseLevel: null,
  echoReturnLoss: null,
  r: null,
  mosListening: null,
  mosConversation: null,
  concealment: "unspecified",
  isBufferAdaptive: null,
};

test("a VoIP metrics block has its octets where RFC 3611 has them", () => {
  const octets = Buffer.from(writeVoipMetrics(0x01020304, measured)).toString("hex");
  assert.equal(
    octets,
    [
      "80cf000a01020304",
      "07000008fedcba98",
      "20088010",
      "00b42ee0",
      "002c0055",
      "ebc23710",
      "527f2928",
      "f500003c",
      "005000c8",
    ].join(""),
  );
});

test("what is written is read, and what was not measured is not read as a figure", () => {
  for (const metrics of [measured, nothing, { ...measured, isBufferAdaptive: false, concealment: "enhanced" } as const])
    assert.deepEqual(readVoipMetrics(writeVoipMetrics(7, metrics)), [metrics]);
});

test("figures that do not fit are told as the nearest that does", () => {
  const [read] = readVoipMetrics(
    writeVoipMetrics(7, {
      ...measured,
      lostShare: 1,
      gapMs: 1e9,
      r: 120,
      mosListening: 0,
      noiseLevel: -500,
      bufferRate: 99,
    }),
  );
  assert.ok(read !== undefined);
  assert.deepEqual(
    [read.lostShare, read.gapMs, read.r, read.mosListening, read.noiseLevel, read.bufferRate],
    [255 / 256, 65_535, 100, 1, -128, 15],
  );
});

test("metrics are found behind a report, and the report is read as before", () => {
  const report = writeReport({ ssrc: 7, cname: "a", sender: null, block: null, bye: true });
  const compound = Buffer.concat([report, writeVoipMetrics(7, measured), writeVoipMetrics(7, nothing)]);
  assert.deepEqual(readVoipMetrics(compound), [measured, nothing]);
  assert.equal(readReport(compound)?.bye, true);
});

test("no datagram makes reading throw, and a block that is cut is not read", () => {
  const whole = writeVoipMetrics(7, measured);
  for (let length = 0; length < whole.length; length++)
    assert.deepEqual(readVoipMetrics(whole.subarray(0, length)), []);
  const random = randomFrom(4);
  for (let n = 0; n < 5000; n++) {
    const spoilt = Uint8Array.from(whole);
    for (let changes = 0; changes < 3; changes++)
      spoilt[Math.floor(random() * spoilt.length)] = Math.floor(random() * 256);
    for (const read of readVoipMetrics(spoilt)) {
      assert.ok(read.r === null || (read.r >= 0 && read.r <= 100));
      assert.ok(read.mosListening === null || (read.mosListening >= 1 && read.mosListening <= 5));
    }
    readVoipMetrics(Uint8Array.from({ length: Math.floor(random() * 100) }, () => Math.floor(random() * 256)));
  }
});

test("the round trip is what passed less what the far end waited", () => {
  const sent = Date.UTC(2026, 0, 1, 12, 0, 0, 250);
  const trip = roundTripMs(ntpMiddle(sent), 3 * 65_536, sent + 3120);
  assert.ok(trip !== null && Math.abs(trip - 120) < 0.1, `${trip}`);
  assert.equal(ntpMiddle(0), (2_208_988_800 % 65_536) * 65_536);
});

test("a round trip over the wrap of the clock's middle is as long as any", () => {
  const wrap = Math.ceil((Date.UTC(2026, 0, 1) / 1000 + 2_208_988_800) / 65_536) * 65_536;
  const sent = (wrap - 2_208_988_800) * 1000 - 20;
  const trip = roundTripMs(ntpMiddle(sent), 0, sent + 60);
  assert.ok(trip !== null && Math.abs(trip - 60) < 0.1, `${trip}`);
});

test("a round trip that can not be is none", () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(roundTripMs(0, 0, now), null);
  assert.equal(roundTripMs(ntpMiddle(now), 65_536, now), null);
  assert.equal(roundTripMs(ntpMiddle(now - 7_200_000), 0, now), null);
});
