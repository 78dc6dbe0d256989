import assert from "node:assert/strict";
import { test } from "node:test";
import { JITTER_NEWEST, JITTER_PLAYOUT } from "../../assembly/endpoint-words.ts";
import { Rig } from "./rig.ts";
import { numberedFrame, numberOf, randomFrom, writeRtp } from "./rtp.ts";

/** Octets of a frame that are crossfaded with what was made up for the one before: 10 ms. */
const SEAM = 80;

interface Network {
  readonly seed: number;
  readonly packets: number;
  readonly loss: number;
  readonly twice: number;
  /** Each packet is under way for 0 … this many ticks. */
  readonly ticksUnderWay: number;
}

interface Played {
  readonly number: number;
  readonly tick: number;
}

/** Sends numbered packets through a bad network into an echo. Sequence and timestamp wrap on the way. */
function play(rig: Rig, network: Network) {
  const random = randomFrom(network.seed);
  const arrivals = new Map<number, number[]>();
  const arriving = new Set<number>();
  let delivered = 0;
  for (let n = 0; n < network.packets; n++) {
    if (n > 0 && random() < network.loss) continue;
    for (let copies = random() < network.twice ? 2 : 1; copies > 0; copies--) {
      const at = n + (n === 0 ? 0 : Math.floor(random() * (network.ticksUnderWay + 1)));
      arrivals.set(at, [...(arrivals.get(at) ?? []), n]);
      arriving.add(n);
      delivered++;
    }
  }
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const played: Played[] = [];
  let mostFill = 0;
  for (let tick = 0; tick < network.packets + 20; tick++) {
    for (const n of arrivals.get(tick) ?? []) rig.deliver(0, numbered(n));
    const number = numberOf(rig.tickFor(0) ?? new Uint8Array(160), network.loss > 0 ? SEAM : 0);
    if (number !== null) played.push({ number, tick });
    mostFill = Math.max(mostFill, (rig.word("rtp:0", JITTER_NEWEST) - rig.word("rtp:0", JITTER_PLAYOUT)) | 0);
  }
  return { played, arriving, delivered, mostFill, status: rig.status("rtp:0") };
}

function numbered(n: number): Uint8Array {
  const timestamp = (0xffffff00 + n * 160) >>> 0;
  return writeRtp({ sequence: (65500 + n) & 0xffff, timestamp, payload: numberedFrame(n) });
}

function isRising(played: readonly Played[]): boolean {
  return played.every((frame, n) => n === 0 || frame.number > (played[n - 1]?.number ?? 0));
}

test("jitter up to the buffer's depth is played out completely, in order, with one delay", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const network = { seed, packets: 500, loss: 0, twice: 0.1, ticksUnderWay: 2 };
    const { played, status, delivered } = play(new Rig(), network);
    assert.deepEqual(
      played.map((frame) => frame.number),
      [...Array(500).keys()],
      `seed ${seed}`,
    );
    assert.ok(
      played.every((frame) => frame.tick === frame.number + 2),
      "40 ms after it was sent",
    );
    assert.equal(status.received, delivered);
    assert.equal(status.late, 0);
  }
});

test("lost packets are concealed and counted, the others stay in order", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const network = { seed, packets: 500, loss: 0.1, twice: 0, ticksUnderWay: 2 };
    const { played, arriving, status } = play(new Rig(), network);
    assert.ok(isRising(played), `seed ${seed}`);
    assert.deepEqual(new Set(played.map((frame) => frame.number)), arriving);
    const last = Math.max(...arriving);
    assert.equal(status.lost, last + 1 - arriving.size);
    assert.ok(status.concealed >= status.lost && status.concealed <= status.lost + 5, "and the end of the stream");
  }
});

test("whatever the network does, no frame is played twice or out of order, and the delay stays bounded", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const network = { seed, packets: 500, loss: 0.05, twice: 0.2, ticksUnderWay: 1 + (seed % 12) };
    const { played, mostFill, status, delivered } = play(new Rig(), network);
    assert.ok(isRising(played), `seed ${seed}`);
    assert.ok(mostFill <= 3200, `${mostFill} samples in the buffer`);
    assert.ok(
      played.every((frame) => frame.tick - frame.number <= network.ticksUnderWay + 4),
      `seed ${seed}`,
    );
    assert.ok(played.length + status.late <= delivered);
  }
});

test("packets that come later than the buffer is deep are counted and not played", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const played: (number | null)[] = [];
  for (let n = 0; n < 30; n++) {
    if (n !== 10) rig.deliver(0, numbered(n));
    if (n === 13) rig.deliver(0, numbered(10));
    played.push(numberOf(rig.tickFor(0) ?? new Uint8Array(160)));
  }
  assert.equal(rig.status("rtp:0").late, 1);
  assert.ok(!played.includes(10));
  assert.equal(rig.status("rtp:0").lost, 0, "it came, if late");
});

test("a network that becomes 100 ms slower for good is followed", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const played: number[] = [];
  for (let tick = 0; tick < 200; tick++) {
    const n = tick < 100 ? tick : tick - 5;
    rig.deliver(0, numbered(n));
    played.push(numberOf(rig.tickFor(0) ?? new Uint8Array(160)) ?? -1);
  }
  assert.ok(
    played.slice(-50).every((number) => number >= 0),
    "whole again",
  );
});

test("a sender whose clock runs 2 % fast is kept at the buffer's depth by dropping single frames", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  let n = 0;
  for (let tick = 0; tick < 1500; tick++) {
    rig.deliver(0, numbered(n++));
    if (tick % 50 === 49) rig.deliver(0, numbered(n++));
    rig.tick();
    const fill = (rig.word("rtp:0", JITTER_NEWEST) - rig.word("rtp:0", JITTER_PLAYOUT)) | 0;
    assert.ok(fill <= 320 + 4 * 160, `${fill} samples`);
  }
});

test("a new source takes over at once, whatever its numbers are", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const played: (number | null)[] = [];
  for (let n = 0; n < 60; n++) {
    const payload = numberedFrame(n);
    rig.deliver(
      0,
      n < 30
        ? writeRtp({ ssrc: 1, sequence: n, timestamp: n * 160, payload })
        : writeRtp({ ssrc: 2, sequence: 40000 - 30 + n, timestamp: (3e9 + n * 160) >>> 0, payload }),
    );
    played.push(numberOf(rig.tickFor(0) ?? new Uint8Array(160)));
  }
  assert.deepEqual(
    played.slice(-20),
    [...Array(20).keys()].map((n) => 38 + n),
  );
  assert.equal(rig.status("rtp:0").lost, 0);
});

test("packets of 10, 30, 40 and 60 ms are played whole", () => {
  for (const milliseconds of [10, 30, 40, 60]) {
    const rig = new Rig({ jitterMs: 80 });
    rig.openRtp(0, "PCMU");
    rig.join("rtp:0", "rtp:0");
    const stream = Uint8Array.from({ length: 160 * 90 }, (_, n) => (n * 13 + (n >> 5)) & 0xff);
    const samples = milliseconds * 8;
    const heard: number[] = [];
    let sent = 0;
    for (let tick = 0; tick < 80; tick++) {
      for (; sent * samples <= tick * 160; sent++) {
        const payload = stream.subarray(sent * samples, (sent + 1) * samples);
        rig.deliver(0, writeRtp({ payloadType: 0, sequence: sent, timestamp: sent * samples, payload }));
      }
      heard.push(...(rig.tickFor(0) ?? []));
    }
    const begins = heard.findIndex((octet) => octet !== 0xff);
    const length = 60 * 160;
    assert.ok(
      Buffer.from(heard.slice(begins, begins + length)).includes(Buffer.from(stream.subarray(1, length - 200))),
      `${milliseconds} ms`,
    );
  }
});

test("interarrival jitter is RFC 3550's", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  let expected = 0;
  let transit: number | null = null;
  const random = randomFrom(7);
  let clock = 0;
  for (let n = 0; n < 200; n++) {
    const held = random() < 0.3;
    if (held) {
      rig.tick();
      clock += 160;
    }
    rig.deliver(0, numbered(n));
    const now = clock - n * 160;
    if (transit !== null) expected += (Math.abs(now - transit) - expected) / 16;
    transit = now;
    rig.tick();
    clock += 160;
  }
  const measured = rig.status("rtp:0").jitterMs ?? 0;
  assert.ok(Math.abs(measured - expected / 8) < 0.2, `${measured} ms, expected ${expected / 8}`);
});
