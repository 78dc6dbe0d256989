import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { JITTER_PLAYOUT } from "../../assembly/endpoint-words.ts";
import { CodecModule } from "../../src/voice/plugin/codec.ts";
import { voipMetrics } from "../../src/voice/stream-quality.ts";
import { tinyCodec } from "../voice/plugin/tiny-codec.ts";
import { Coder } from "./coder.ts";
import { sine } from "./measure.ts";
import { adaptive, type Path, travel } from "./network.ts";
import { timedUdpPayloads } from "./pcap.ts";
import { Rig } from "./rig.ts";
import { numberedFrame, numberOf, writeRtp } from "./rtp.ts";

const calm: Path["delay"] = (_n, _at, random) => 5 + 5 * random();
const rough: Path["delay"] = (_n, _at, random) => 5 + 80 * random();
/** One and a half seconds of speech, as long a pause. */
const inSpurts = (at: number) => at % 3000 < 1500;

/** A-law: loud, and the idle code. */
const loud = new Uint8Array(160).map((_, n) => (n % 8 < 4 ? 0x2a : 0xaa));
const silent = new Uint8Array(160).fill(0xd5);

test("between talk-spurts the depth goes where it should be, and all that was said is heard", () => {
  const { depths, dropped, inserted, unplayed } = travel({
    seconds: 120,
    speaks: inSpurts,
    delay: (n, at, random) => (at < 30_000 ? rough : calm)(n, at, random),
  });
  assert.ok((depths[29] ?? 0) >= 80 && (depths.at(-1) ?? 0) <= 40, depths.join(" "));
  assert.deepEqual([unplayed.length, inserted + dropped <= 4], [0, true]);
});

test("after a pause of a minute the target is what it was before", () => {
  const { targets } = travel({ seconds: 120, speaks: (at) => at < 30_000 || at > 90_000, delay: rough });
  assert.equal(targets[91], targets[29]);
});

test("in speech the frames left out are those of its pauses", () => {
  const path: Path = {
    seconds: 40,
    delay: (_n, at) => (at < 20_000 ? 105 : 5),
    payload: (n) => (n % 50 < 30 ? loud : silent),
  };
  const { dropped, unplayed } = travel(path);
  assert.ok(dropped >= 5, `${dropped}`);
  // 100 ms: the first are left out at once when the way becomes shorter, for more may not wait.
  assert.deepEqual(
    unplayed.filter((n) => n > 1010 && n % 50 < 30),
    [],
  );
});

test("in speech without a pause two frames too much are put up with for a second, one for three", () => {
  const { unplayed } = travel({ seconds: 40, delay: calm, payload: () => loud });
  assert.equal(unplayed.length, 2, "60 ms at the beginning, 20 ms in the end");
  const apart = (unplayed[1] ?? 0) - (unplayed[0] ?? 0);
  assert.ok(apart >= 150 && apart < 160, `${apart}`);
});

test("a frame of speech that was left out is discarded, one of a pause is not", () => {
  for (const [payload, discarded] of [
    [loud, 2],
    [silent, 0],
  ] as const) {
    const { status, dropped } = travel({ seconds: 40, delay: calm, payload: () => payload });
    const { losses } = status.quality;
    assert.equal(dropped, 2);
    assert.equal(Math.round((losses?.discardedShare ?? 0) * (losses?.packets ?? 0)), discarded);
    assert.equal(losses?.lostShare, 0);
  }
});

test("a new source, and a jump of the timestamps, begin at the depth that was learnt", () => {
  const learnt = travel({ seconds: 29, delay: rough }).depths.at(-1) ?? 0;
  assert.ok(learnt >= 80);
  const source = travel({ seconds: 40, delay: rough, ssrc: (at) => (at < 30_000 ? 1 : 2) });
  const jump = travel({ seconds: 40, delay: rough, jump: (at) => (at < 30_000 ? 0 : 1e9) });
  for (const { depths, unplayedShare } of [source, jump]) {
    assert.ok((depths[31] ?? 0) >= learnt - 20, depths.join(" "));
    assert.ok(unplayedShare < 0.01);
  }
});

test("a far end that moves to another address begins at the configured depth", () => {
  const remote = { address: "127.0.0.1", port: 4002 };
  const { depths } = travel({
    seconds: 40,
    delay: (n, at, random) => (at < 30_000 ? rough : calm)(n, at, random),
    ssrc: (at) => (at < 30_000 ? 1 : 2),
    meanwhile: (rig, now) => {
      if (now === 30_000) rig.openRtp(0, "PCMA", { remote });
    },
  });
  assert.ok((depths[29] ?? 0) >= 80);
  assert.equal(depths[31], 60);
});

test("of a sender whose clock stands still in pauses no talk-spurt is late when it is marked", () => {
  const pauses = (at: number) => -8 * 1500 * Math.floor(at / 3000);
  const { status, unplayed } = travel({
    seconds: 60,
    speaks: inSpurts,
    jump: pauses,
    marker: (at) => at % 3000 < 20,
    delay: calm,
  });
  assert.deepEqual([status.late, unplayed.length], [0, 0]);
});

test("what an interruption held back is all heard, and the next one makes no gap", () => {
  const { status, unplayed, inserted } = travel({
    seconds: 30,
    delay: (_n, at) => 5 + Math.max(0, 160 - ((at + 2000) % 5000)),
    payload: () => loud,
  });
  assert.equal(status.late, 0);
  assert.ok(unplayed.length <= 2 && inserted === 0);
  assert.ok(status.concealed < 20, `${status.concealed}`);
});

test("voice-band data keeps its depth whatever the network does", () => {
  const places = new Set<number>();
  const { inserted, dropped, status } = travel({
    seconds: 60,
    delay: (n, at, random) => (at < 20_000 ? calm : rough)(n, at, random),
    meanwhile: (rig, now) => {
      if (now === 1000) rig.openRtp(0, "PCMA", { voiceBandData: true });
      else if (now > 1000) places.add((rig.word("rtp:0", JITTER_PLAYOUT) - 8 * now) | 0);
    },
  });
  assert.deepEqual([inserted, dropped, places.size], [0, 0, 1]);
  assert.ok(status.late > 0, "the network was rough");
});

test("bounds that are the same make it fixed, and the far end is told so (RFC 3611 4.7.6, 4.7.7)", () => {
  const told = { roundTripMs: null, farEnd: null };
  for (const [bounds, least, most] of [
    [{ jitterMs: 60 }, 60, 60],
    [adaptive, 60, 200],
  ] as const) {
    const rigs: Rig[] = [];
    const { depths, status } = travel({ seconds: 30, delay: rough, meanwhile: (rig) => void rigs.push(rig) }, bounds);
    const metrics = voipMetrics((rigs.at(-1) ?? new Rig()).map, 0, told);
    // In a fixed one a frame more or less is left alone.
    const slack = most > least ? 0 : 20;
    assert.ok(Math.min(...depths) >= least - slack && Math.max(...depths) <= most + slack);
    assert.deepEqual([metrics?.isBufferAdaptive, metrics?.bufferRate], most > least ? [true, 5] : [false, 0]);
    assert.equal(metrics?.bufferNominalMs, status.quality.jitterBuffer?.depthMs);
    assert.ok((metrics?.bufferMaximumMs ?? 0) >= Math.max(...depths));
    // Of a fixed one both are the same, says the RFC.
    assert.equal(metrics?.bufferLimitMs, most > least ? most : metrics?.bufferMaximumMs);
  }
});

test("frames of a codec of the host that differ in length are all heard", () => {
  const rig = new Rig({ ...adaptive, codecs: [new CodecModule(tinyCodec())] });
  for (const stream of [0, 1]) rig.openRtp(stream, "codec:T/8000", { payloadType: 106 });
  rig.join("rtp:0", "rtp:1");
  const heard: number[] = [];
  for (let n = 0; n < 500; n++) {
    const payload = new Uint8Array(1 + (n % 30)).fill(1 + (n % 200));
    // Every second one comes with the next.
    if (n % 2 === 1) {
      const before = new Uint8Array(1 + ((n - 1) % 30)).fill(1 + ((n - 1) % 200));
      rig.deliver(0, writeRtp({ payloadType: 106, sequence: n - 1, timestamp: 160 * (n - 1), payload: before }));
      rig.deliver(0, writeRtp({ payloadType: 106, sequence: n, timestamp: 160 * n, payload }));
    }
    const octet = rig.tickFor(1)?.[0];
    if (octet !== undefined && octet > 0) heard.push(octet);
  }
  assert.ok(heard.length >= 490, `${heard.length}`);
  assert.equal(rig.status("rtp:0").late, 0);
});

test("where somebody hears it as sound, a frame that was left out makes no click", () => {
  const coder = new Coder("PCMA");
  const rig = new Rig(adaptive);
  rig.openRtp(0, "PCMA");
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.join("rtp:0", "usb:dongle:1:0");
  const tone = sine(437, -10, 1000 * 160);
  const heard: number[] = [];
  for (let n = 0; n < 1000; n++) {
    const payload = coder.encode(tone.subarray(160 * n, 160 * (n + 1)));
    rig.deliver(0, writeRtp({ sequence: n, timestamp: 160 * n, payload }));
    heard.push(...(rig.tickSamples(0) ?? []));
  }
  assert.equal(rig.status("rtp:0").quality.jitterBuffer?.dropped, 2);
  let sharpest = 0;
  for (let n = 1602; n < heard.length; n++) {
    const [a = 0, b = 0, c = 0] = heard.slice(n - 2, n + 1);
    sharpest = Math.max(sharpest, Math.abs(a - 2 * b + c));
  }
  // 850 of the tone itself, and A-law's steps.
  assert.ok(sharpest < 1700, `${sharpest}`);
});

test("our own tick being late now and then leaves the depth as it is", () => {
  // 15 ms late: it finds a packet that is the next one's.
  const { unplayed, inserted, dropped } = travel({
    seconds: 300,
    delay: (n) => (n % 500 === 400 ? -10 : 5),
    payload: (n) => (n % 50 < 30 ? loud : silent),
  });
  assert.ok(unplayed.length <= 2 && inserted === 0 && dropped <= 2, `${inserted} in, ${dropped} out`);
});

test("octets pass untouched while the depth changes", () => {
  const rig = new Rig(adaptive);
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const heard: number[] = [];
  for (let n = 0; n < 1500; n++) {
    rig.deliver(0, writeRtp({ sequence: n, timestamp: 160 * n, payload: numberedFrame(n) }));
    heard.push(numberOf(rig.tickFor(0) ?? silent) ?? -1);
  }
  const whole = heard.filter((number) => number >= 0);
  assert.ok(whole.every((number, n) => n === 0 || number > (whole[n - 1] ?? 0)));
  assert.equal(whole.length, heard.length - 3, "but for the 60 ms of the beginning");
  assert.equal(rig.status("rtp:0").quality.jitterBuffer?.dropped, 2);
});

test("a capture of 40 ms packets is heard whole at the least depth", () => {
  const file = readFileSync(
    new URL("../../../shared/vectors/pcap/ast_rtp_ptime_transcode_40msalaw.pcap", import.meta.url),
  );
  const packets = timedUdpPayloads(file).filter(({ payload }) => payload.length === 332 && payload[1] === 8);
  const rig = new Rig(adaptive);
  rig.openRtp(0, "PCMA");
  const began = packets[0]?.ms ?? 0;
  let next = 0;
  for (let now = 0; next < packets.length; now += 20) {
    for (let one = packets[next]; one !== undefined && one.ms - began <= now; one = packets[++next])
      rig.deliver(0, one.payload);
    rig.tickEngine();
  }
  const { late, lost, quality } = rig.status("rtp:0");
  assert.ok(packets.length > 800);
  assert.deepEqual([late, lost, quality.losses?.lostShare], [0, 0, 0]);
  assert.ok((quality.jitterBuffer?.targetMs ?? 0) <= 40, JSON.stringify(quality.jitterBuffer));
});
