import assert from "node:assert/strict";
import { test } from "node:test";
import { rtcpJson } from "../../../src/vendor/hep/rtcp-json.ts";
import { type Report, writeReport } from "../../../src/voice/rtcp.ts";
import { writeVoipMetrics } from "../../../src/voice/rtcp-xr.ts";

const block = {
  ssrc: 0xfedcba98,
  fractionLost: 12,
  cumulativeLost: -3,
  highestSequence: 70_000,
  jitter: 33,
  lastReport: 0x89abcdef,
  delay: 65_536,
};
const sender = { wallClock: 1_795_000_000_500, rtpTimestamp: 4_000_000_000, packets: 250, octets: 40_000 };
const report: Report = { ssrc: 0x12345678, cname: "x", sender, block, bye: false };

test("a sender's report is JSON under the keys of Asterisk and rtpengine, goodbye and all", () => {
  assert.deepEqual(JSON.parse(rtcpJson(writeReport({ ...report, bye: true })) ?? ""), {
    sender_information: {
      ntp_timestamp_sec: 1_795_000_000 + 2_208_988_800,
      ntp_timestamp_usec: 2 ** 31,
      rtp_timestamp: 4_000_000_000,
      packets: 250,
      octets: 40_000,
    },
    ssrc: 0x12345678,
    type: 200,
    report_count: 1,
    report_blocks: [
      {
        source_ssrc: 0xfedcba98,
        fraction_lost: 12,
        packets_lost: -3,
        highest_seq_no: 70_000,
        ia_jitter: 33,
        lsr: 0x89abcdef,
        dlsr: 65_536,
      },
    ],
  });
});

test("a receiver's report has no sender, and VoIP metrics stand beside it", () => {
  const extended = writeVoipMetrics(0x12345678, {
    source: 0xfedcba98,
    lostShare: 0.5,
    discardedShare: 0.25,
    burstDensity: 0.125,
    gapDensity: 0,
    burstMs: 100,
    gapMs: 2000,
    roundTripMs: 33,
    endSystemMs: 44,
    signalLevel: null,
    noiseLevel: null,
    echoReturnLoss: null,
    r: 80,
    mosListening: 4,
    mosConversation: 4,
    concealment: "standard",
    isBufferAdaptive: true,
    bufferRate: 1,
    bufferNominalMs: 40,
    bufferMaximumMs: 60,
    bufferLimitMs: 200,
  });
  const told = JSON.parse(rtcpJson(writeReport({ ...report, sender: null, block: null, extended })) ?? "");
  assert.deepEqual(told, {
    ssrc: 0x12345678,
    type: 201,
    report_count: 0,
    report_blocks: [],
    report_blocks_xr: {
      type: 7,
      id: 0xfedcba98,
      fraction_lost: 128,
      fraction_discard: 64,
      burst_density: 32,
      gap_density: 0,
      burst_duration: 100,
      gap_duration: 2000,
      round_trip_delay: 33,
      end_system_delay: 44,
    },
  });
});

test("damaged reports are nothing, whatever is cut off or turned over", () => {
  const good = writeReport(report);
  assert.equal(rtcpJson(new Uint8Array(0)), null);
  for (let length = 1; length < good.length; length++) {
    const json = rtcpJson(good.subarray(0, length));
    assert.ok(json === null || JSON.parse(json).ssrc === report.ssrc);
  }
  let state = 7;
  for (let times = 0; times < 20_000; times++) {
    const octets = good.slice();
    for (let flips = 0; flips < 4; flips++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      octets[(state >>> 8) % octets.length] = state >>> 24;
    }
    const json = rtcpJson(octets);
    if (json !== null) assert.ok(JSON.parse(json).report_blocks.length <= 31);
  }
});
