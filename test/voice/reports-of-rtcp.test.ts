import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { readReport, writeReport } from "../../src/voice/rtcp.ts";
import { RtcpSession } from "../../src/voice/rtcp-session.ts";
import { Rig } from "../assembly/rig.ts";
import { writeRtp } from "../assembly/rtp.ts";

const sender = { wallClock: 1_000, rtpTimestamp: 0xfedcba98, packets: 7, octets: 1120 };
const block = {
  ssrc: 0x01020304,
  fractionLost: 64,
  cumulativeLost: -2,
  highestSequence: 0x0001fffe,
  jitter: 12,
  lastReport: 0xaabbccdd,
  delay: 65_536,
};

test("a sender report has the octets of RFC 3550 §6.4.1, with its name and goodbye after it", () => {
  const octets = writeReport({ ssrc: 0xdeadbeef, cname: "abcd", sender, block, bye: true });
  const hex = [
    "81c8000c deadbeef 83aa7e81 00000000 fedcba98 00000007 00000460",
    "01020304 40fffffe 0001fffe 0000000c aabbccdd 00010000",
    "81ca0003 deadbeef 01046162 63640000",
    "81cb0001 deadbeef",
  ].join("");
  assert.equal(Buffer.from(octets).toString("hex"), hex.replaceAll(" ", ""));
});

test("who has sent nothing reports as a receiver", () => {
  const octets = writeReport({ ssrc: 1, cname: "x", sender: null, block: null, bye: false });
  assert.equal(Buffer.from(octets).toString("hex"), "80c9000100000001" + "81ca000200000001" + "01017800");
});

test("what is written is read back: source and middle of the NTP time", () => {
  const octets = writeReport({ ssrc: 5, cname: "x", sender: { ...sender, wallClock: 1_500 }, block: null, bye: true });
  assert.deepEqual(readReport(octets), { sender: { ssrc: 5, ntpMiddle: 0x7e818000 }, blocks: [], bye: true });
});

test("unknown packets are skipped, lengths that do not add up are refused", () => {
  assert.deepEqual(readReport(Uint8Array.from([0x80, 222, 0, 0])), { sender: null, blocks: [], bye: false });
  for (const octets of [[], [0x80], [0x80, 200, 0, 9, 0, 0, 0, 0], [0x40, 200, 0, 0], [0x80, 200, 0, 0, 0x80]])
    assert.equal(readReport(Uint8Array.from(octets)), null, octets.join(" "));
});

test("seeds that break other RTCP readers are read or refused", () => {
  let count = 0;
  for (const name of ["pj-rtcp", "webrtc-rtcp"]) {
    const folder = new URL(`../../../shared/vectors/fuzz-seeds/${name}/`, import.meta.url);
    for (const file of readdirSync(folder)) {
      const read = readReport(readFileSync(new URL(file, folder)));
      assert.ok(read === null || typeof read.bye === "boolean", file);
      count++;
    }
  }
  assert.ok(count > 20, `${count} seeds`);
});

test("a session reports what it received since the last report, and when it last heard the sender", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  const session = new RtcpSession(rig.map, 0, "x", 0);
  const deliver = (from: number, to: number, lost: (n: number) => boolean) => {
    for (let n = from; n < to; n++) {
      if (!lost(n)) rig.deliver(0, writeRtp({ ssrc: 9, sequence: (65_500 + n) & 0xffff, timestamp: n * 160 }));
      rig.tick();
    }
  };
  const view = (octets: Uint8Array) => new DataView(octets.buffer, 28);
  deliver(0, 100, (n) => n % 4 === 3 && n < 99);
  session.hear(writeReport({ ssrc: 9, cname: "y", sender, block: null, bye: false }), 1000);
  const first = view(session.report(3000, false));
  assert.equal(first.getUint32(0), 9);
  assert.equal(first.getUint8(4), Math.floor((24 * 256) / 100));
  assert.equal(first.getUint32(4) & 0xffffff, 24);
  assert.equal(first.getUint32(8), 65_500 + 99, "one cycle of the sequence counts 65536");
  assert.equal(first.getUint32(16), 0x7e810000, "middle of the NTP time heard");
  assert.equal(first.getUint32(20), 2 * 65_536, "two seconds ago");
  deliver(100, 200, () => false);
  const second = view(session.report(8000, false));
  assert.equal(second.getUint8(4), 0);
  assert.equal(second.getUint32(4) & 0xffffff, 24);
});

test("reports come half to one and a half intervals apart", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  for (let n = 0; n < 50; n++) {
    const session = new RtcpSession(rig.map, 0, "x", 0);
    assert.equal(session.dueAt <= 1249, false);
    assert.equal(session.dueAt <= 3750, true);
    session.report(10_000, false);
    assert.equal(session.dueAt <= 12_499, false);
    assert.equal(session.dueAt <= 17_500, true);
  }
});
