import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTROL_SSRC } from "../../assembly/endpoint-words.ts";
import { readReport, writeReport } from "../../src/voice/rtcp.ts";
import { RtcpSession } from "../../src/voice/rtcp-session.ts";
import { readVoipMetrics, writeVoipMetrics } from "../../src/voice/rtcp-xr.ts";
import { sine } from "../assembly/measure.ts";
import { Rig } from "../assembly/rig.ts";
import { randomFrom, writeRtp } from "../assembly/rtp.ts";

/** Delivers packets `from` to `to`, one a tick; `x` in the repeated pattern is lost, `3` comes so many ticks late. */
function deliver(rig: Rig, from: number, to: number, pattern = "."): void {
  const late = new Map<number, number[]>();
  const packet = (n: number) => writeRtp({ ssrc: 9, sequence: (65_500 + n) & 0xffff, timestamp: n * 160 });
  for (let n = from; n < to; n++) {
    const what = pattern[n % pattern.length] ?? ".";
    if (what === ".") rig.deliver(0, packet(n));
    else if (what !== "x") late.set(n + Number(what), [...(late.get(n + Number(what)) ?? []), n]);
    for (const due of late.get(n) ?? []) rig.deliver(0, packet(due));
    rig.tick();
  }
}

function opened(): { readonly rig: Rig; quality(): ReturnType<Rig["status"]>["quality"] } {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "PCMA");
  rig.join("rtp:0", "rtp:1");
  return { rig, quality: () => rig.status("rtp:0").quality };
}

test("a stream of which nothing came has no figures", () => {
  const { rig, quality } = opened();
  rig.tick();
  assert.deepEqual(quality(), {
    losses: null,
    bufferMs: null,
    jitterBuffer: null,
    roundTripMs: null,
    delayMs: null,
    levelDbm0: null,
    echo: null,
    r: null,
    mos: null,
    mosListening: null,
    farEnd: null,
  });
});

test("a clean stream has no loss, the buffer's delay, and the best opinion of listening; of conversation none", () => {
  const { rig, quality } = opened();
  deliver(rig, 0, 500);
  const { losses, bufferMs, mosListening, r, mos, delayMs } = quality();
  assert.deepEqual([losses?.packets, losses?.lostShare, losses?.discardedShare], [498, 0, 0]);
  assert.equal(bufferMs, 40);
  assert.equal(mosListening, 4.41);
  assert.deepEqual([r, mos, delayMs], [null, null, null], "without a round trip there is no delay");
});

test("lost packets are counted as their turns come, alone or in bursts", () => {
  const alone = opened();
  deliver(alone.rig, 0, 1000, `${".".repeat(24)}x`);
  assert.equal(alone.quality().losses?.burstDensity, 0);
  assert.ok(Math.abs((alone.quality().losses?.lostShare ?? 0) - 0.04) < 0.001);
  const bursts = opened();
  deliver(bursts.rig, 0, 1000, `${".".repeat(96)}x.xx`);
  assert.equal(bursts.quality().losses?.burstDensity, 0.75);
  assert.ok((bursts.quality().mosListening ?? 5) < (alone.quality().mosListening ?? 0), "the same share sounds worse");
});

test("packets that come after their turn are discarded, not lost; duplicates are neither", () => {
  const { rig, quality } = opened();
  deliver(rig, 0, 1000, `${".".repeat(49)}5`);
  const { losses } = quality();
  assert.equal(losses?.lostShare, 0);
  assert.equal(losses?.discardedShare, 19 / 998);
  for (let n = 900; n < 949; n++)
    rig.deliver(0, writeRtp({ ssrc: 9, sequence: (65_500 + n) & 0xffff, timestamp: n * 160 }));
  rig.tick();
  assert.equal(Math.round((quality().losses?.discardedShare ?? 0) * (quality().losses?.packets ?? 0)), 19);
});

test("a far end that pauses or stops has lost nothing", () => {
  const { rig, quality } = opened();
  deliver(rig, 0, 200);
  for (let n = 0; n < 100; n++) rig.tick();
  assert.equal(quality().losses?.lostShare, 0);
  for (let n = 0; n < 200; n++) {
    rig.deliver(0, writeRtp({ ssrc: 9, sequence: (65_700 + n) & 0xffff, timestamp: (300 + n) * 160, marker: n === 0 }));
    rig.tick();
  }
  const { losses } = quality();
  assert.deepEqual([losses?.lostShare, losses?.discardedShare], [0, 0]);
  assert.equal(losses?.packets, 398);
});

test("a hole longer than the buffer is loss once the sequence numbers say so", () => {
  const { rig, quality } = opened();
  deliver(rig, 0, 200);
  for (let n = 200; n < 210; n++) rig.tick();
  deliver(rig, 210, 300);
  assert.equal(Math.round((quality().losses?.lostShare ?? 0) * (quality().losses?.packets ?? 0)), 10);
  assert.equal(quality().losses?.burstMs, 200);
});

test("the level is that of the sound, and nobody's while octets only pass", () => {
  const { rig, quality } = opened();
  deliver(rig, 0, 50);
  assert.equal(quality().levelDbm0, null);
  const phone = new Rig();
  phone.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  phone.openRtp(0, "PCMA");
  phone.join("usb:dongle:1:0", "rtp:0");
  for (let n = 0; n < 50; n++) {
    phone.device.push(0, "L16", n, new Uint8Array(sine(1000, -10, 160, n * 160).buffer));
    phone.tick();
  }
  assert.equal(phone.status("usb:dongle:1:0").quality.levelDbm0, -10);
});

test("the echo of a line is told as its loss and what the canceller takes off", () => {
  const rig = new Rig();
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16", echoTailMs: 16 });
  rig.openRtp(0, "L16/8000");
  rig.join("usb:dongle:1:0", "rtp:0");
  const random = randomFrom(1);
  const frame = new Uint8Array(320);
  for (let n = 0; n < 400; n++) {
    const payload = new DataView(new ArrayBuffer(320));
    for (let at = 0; at < 320; at += 2) payload.setInt16(at, (random() - 0.5) * 12_000);
    rig.deliver(
      0,
      writeRtp({ payloadType: 96, sequence: n, timestamp: n * 160, payload: new Uint8Array(payload.buffer) }),
    );
    rig.tick();
    if (rig.device.pull(0, frame) !== 320) continue;
    const back = new Int16Array(frame.slice().buffer).map((sample) => sample / 4);
    rig.device.push(0, "L16", n, new Uint8Array(back.buffer), rig.device.pulled(0));
  }
  const { echo } = rig.status("usb:dongle:1:0").quality;
  assert.ok(echo !== null);
  assert.ok(Math.abs(echo.returnLossDb - 12) < 0.3, `${echo.returnLossDb} dB of loss`);
  assert.ok(echo.enhancementDb > 25, `${echo.enhancementDb} dB cancelled`);
  const session = new RtcpSession(rig.map, 0, "x", 0);
  const told = readVoipMetrics(session.report(5000, true))[0]?.echoReturnLoss;
  assert.equal(told, Math.round(echo.returnLossDb + echo.enhancementDb));
  assert.equal(rig.status("rtp:0").quality.echo, null);
});

/** A stream with sound both ways, its session, and our SSRC. */
function conversing() {
  const { rig } = opened();
  const session = new RtcpSession(rig.map, 0, "x", 0);
  for (let n = 0; n < 50; n++) rig.deliver(1, writeRtp({ ssrc: 3, sequence: n, timestamp: n * 160 }));
  deliver(rig, 0, 100);
  const ssrc = rig.word("rtp:0", CONTROL_SSRC) >>> 0;
  const block = { ssrc, fractionLost: 0, cumulativeLost: 7, highestSequence: 0, jitter: 80, lastReport: 0, delay: 0 };
  return { rig, session, ssrc, block };
}

test("a report block about our own report tells the round trip, and then there are delay, R and MOS", () => {
  const { rig, session, block } = conversing();
  const lastReport = readReport(session.report(3000, false))?.sender?.ntpMiddle ?? 0;
  session.hear(
    writeReport({ ssrc: 9, cname: "y", sender: null, block: { ...block, lastReport, delay: 65_536 }, bye: false }),
    4100,
  );
  const measured = session.measured();
  assert.ok(Math.abs((measured.roundTripMs ?? 0) - 100) < 0.1);
  assert.deepEqual([measured.farEnd?.lost, measured.farEnd?.jitterMs], [7, 10]);
  const report = readVoipMetrics(session.report(8000, false))[0];
  assert.deepEqual([report?.roundTripMs, report?.r, report?.mosConversation], [100, 91, 4.4]);
  assert.equal(report?.bufferNominalMs, 40);
  assert.equal(rig.status("rtp:0").quality.r, null, "status has it from the session");
});

test("report blocks about others, or about reports never sent, tell no round trip", () => {
  const { session, block } = conversing();
  const { ntpMiddle } = readReport(session.report(3000, false))?.sender ?? { ntpMiddle: 0 };
  const forged = [
    { ...block, lastReport: ntpMiddle, ssrc: block.ssrc ^ 1 },
    { ...block, lastReport: ntpMiddle - 65_536 },
    { ...block, lastReport: ntpMiddle, delay: 65_536 * 60 },
    { ...block, lastReport: 0 },
  ];
  for (const one of forged)
    session.hear(writeReport({ ssrc: 9, cname: "y", sender: null, block: one, bye: false }), 3100);
  assert.equal(session.measured().roundTripMs, null);
});

test("a jitter of days that the far end claims is none", () => {
  const { session, block } = conversing();
  session.hear(
    writeReport({ ssrc: 9, cname: "y", sender: null, block: { ...block, jitter: 0xffff_ffff }, bye: false }),
    3100,
  );
  assert.deepEqual([session.measured().farEnd?.lost, session.measured().farEnd?.jitterMs], [7, null]);
});

test("VoIP metrics go out with every second report and with goodbye, which stays last", () => {
  const { session } = conversing();
  const metrics = [1, 2, 3, 4].map((n) => readVoipMetrics(session.report(n * 5000, false)).length);
  assert.deepEqual(metrics, [0, 1, 0, 1]);
  const last = session.report(25_000, true);
  assert.equal(readVoipMetrics(last)[0]?.source, 9);
  assert.equal(last.at(-7), 203, "BYE");
});

test("what the far end says of us is kept, of others or malformed it is not", () => {
  const { session, ssrc } = conversing();
  const ours = readVoipMetrics(session.report(25_000, true))[0];
  assert.ok(ours !== undefined);
  const said = (source: number) => writeVoipMetrics(9, { ...ours, source, r: 77, mosListening: 3.9, lostShare: 0.25 });
  session.hear(said(ssrc ^ 1), 26_000);
  assert.equal(session.measured().farEnd, null);
  session.hear(said(ssrc).subarray(0, 30), 26_000);
  assert.equal(session.measured().farEnd, null);
  session.hear(said(ssrc), 26_000);
  const { farEnd } = session.measured();
  assert.deepEqual([farEnd?.r, farEnd?.mosListening, farEnd?.lostShare, farEnd?.lost], [77, 3.9, 0.25, null]);
});
