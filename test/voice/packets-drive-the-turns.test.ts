import assert from "node:assert/strict";
import { test as once } from "node:test";
import { PacketDrive } from "../../src/voice/packet-drive.ts";
import type { RtpPacket } from "../assembly/rtp.ts";
import { numberedFrame } from "../assembly/rtp.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";
import { PaperNetwork } from "./paper-network.ts";

const FRAME = 20;

interface Turn {
  readonly at: number;
  readonly lateMs: number;
  readonly packets: number;
  readonly leader: number;
}

const alone = { hasFarEnd: () => true, hasDevice: () => false };

/** So many turns; each takes half a millisecond. */
function turns(
  paper: PaperNetwork,
  count: number,
  inCall: (turn: number) => boolean = () => true,
  hasDevice = () => false,
  frameMs = FRAME,
): Turn[] {
  let turn = 0;
  const drive = new PacketDrive(frameMs, paper, paper, { hasFarEnd: () => inCall(turn), hasDevice });
  return Array.from({ length: count }, (_, n) => {
    turn = n;
    drive.wait();
    const { lateMs, periods } = drive.begin();
    assert.equal(periods, 1);
    const at = paper.time;
    const packets = paper.drain();
    drive.drained(packets, 3);
    paper.time += 0.5;
    return { at, lateMs, packets, leader: drive.leader };
  });
}

function every(ms: number, count: number, first: number): number[] {
  return Array.from({ length: count }, (_, n) => first + n * ms);
}

once("in step, a turn begins in the very moment in which its packet comes", () => {
  const arrivals = every(20, 600, 33);
  const all = turns(new PaperNetwork(arrivals), 500);
  for (const { at, packets, lateMs } of all.slice(100)) {
    assert.equal(packets, 1);
    assert.equal(lateMs, 0);
    assert.ok(Math.abs(((at - 33) % 20) - 0) < 1e-6, `turn at ${at}`);
  }
});

for (const ppm of [300, -300])
  once(`a leader whose clock is ${ppm} ppm off is followed for ten minutes, and each turn has its packet`, () => {
    const arrivals = every(20 * (1 - ppm * 1e-6), 30_100, 25);
    const late = turns(new PaperNetwork(arrivals), 30_000)
      .slice(100)
      .filter(({ packets, lateMs }) => packets !== 1 || lateMs > 0);
    assert.deepEqual(late, []);
  });

once("packets that come 4 ms early or late move their own turns, and not those after them", () => {
  const arrivals = every(20, 1200, 30).map((time, n) => time + (n % 3 === 0 ? 4 : n % 3 === 1 ? -4 : 0));
  for (const { at, packets } of turns(new PaperNetwork(arrivals), 1000).slice(300)) {
    assert.equal(packets, 1);
    const phase = (((at - 30) % 20) + 20) % 20;
    assert.ok(
      [0, 4, 16].some((wanted) => Math.abs(phase - wanted) < 1e-6),
      `${phase}`,
    );
  }
});

once("a lost packet makes its turn wait for a quarter of a frame, and nothing moves", () => {
  const arrivals = every(20, 1100, 30).filter((_, n) => n % 50 !== 0);
  const all = turns(new PaperNetwork(arrivals), 1000).slice(600);
  const without = all.filter(({ packets }) => packets === 0);
  assert.equal(without.length, 8);
  for (const { at, lateMs } of without) {
    assert.ok((at - 30) % 20 > 4 && (at - 30) % 20 < 6, `${at}`);
    assert.equal(lateMs, 0);
  }
  assert.ok(all.every(({ leader }) => leader === 3));
});

for (const [frameMs, packetMs] of [
  [10, 20],
  [10, 60],
  [20, 40],
  [20, 60],
] as const)
  once(
    `of a leader with packets of ${packetMs} ms none is waited for in the turns of ${frameMs} ms between them`,
    () => {
      const all = turns(new PaperNetwork(every(packetMs, 3000, 33)), 3000, undefined, undefined, frameMs).slice(
        1500,
        1920,
      );
      const between = all.filter(({ packets }) => packets === 0);
      assert.equal(between.length, 420 - (420 * frameMs) / packetMs);
      assert.ok(all.every(({ leader, lateMs }) => leader === 3 && lateMs === 0));
      // Now and then one is looked for.
      const late = between.filter(
        ({ at }) => Math.abs(((at - 33 + frameMs / 2) % frameMs) - frameMs / 2) > frameMs / 8,
      );
      assert.ok(late.length <= 420 / 30, `${late.length} of ${between.length} turns waited for nothing`);
    },
  );

once("a leader whose packets become shorter has each of them waited for again", () => {
  const arrivals = [...every(40, 300, 30), ...every(20, 1200, 30 + 300 * 40)];
  const late = turns(new PaperNetwork(arrivals), 1700).slice(800);
  for (const { at, packets } of late) {
    assert.equal(packets, 1);
    assert.ok((at - 30) % 20 < 1e-6, `turn at ${at}`);
  }
});

once("a leader that falls silent or whose call ends leads no more, and turns go by the clock", () => {
  const silent = turns(new PaperNetwork(every(20, 100, 30)), 300).slice(110);
  assert.ok(silent.every(({ leader }) => leader === -1));
  const gaps = silent.slice(1).map(({ at }, n) => at - (silent[n]?.at ?? 0));
  assert.ok(gaps.every((gap) => Math.abs(gap - FRAME) < 1e-6));
  const ended = turns(new PaperNetwork(every(20, 300, 30)), 200, (turn) => turn < 100);
  assert.ok(ended.slice(0, 100).some(({ leader }) => leader === 3));
  const after = ended.slice(100);
  assert.ok(after.every(({ leader, lateMs }) => leader === -1 && lateMs === 0));
  after.forEach(({ at }, n) => {
    const gap = at - (ended[99 + n]?.at ?? 0);
    assert.ok(Math.abs(gap - FRAME) < (n === 0 ? 5 : 1e-6), `${gap} ms before turn ${n} without it`);
  });
});

for (const phase of [25, 30, 35, 40])
  once(
    `while a device is in a call the deadlines move by 300 ppm at most, whatever is to be caught up with (${phase})`,
    () => {
      const began = turns(new PaperNetwork(every(20, 3100, phase)), 3000, undefined, () => true);
      const first = began[0]?.at ?? 0;
      began.forEach(({ at }, n) => {
        const moved = Math.abs(at - first - n * FRAME);
        // A turn begins a quarter of a frame before or after its deadline, and so may the first one have.
        assert.ok(moved <= n * FRAME * 300e-6 + FRAME / 2, `turn ${n}: ${moved} ms`);
      });
      assert.ok(
        began.slice(2600).every(({ packets, lateMs, at }) => packets === 1 && lateMs === 0 && (at - phase) % 20 < 1e-6),
      );
    },
  );

once("a far end that only answers our packets drives us no faster than its clock could be", () => {
  // Its packet always waits already when the window opens.
  const paper = new PaperNetwork([]);
  paper.packetComes = () => true;
  const drive = new PacketDrive(FRAME, paper, paper, alone);
  drive.drained(1, 3);
  for (let n = 0; n < 2000; n++, drive.begin()) drive.wait();
  const before = paper.time;
  for (let n = 0; n < 1000; n++, drive.begin()) drive.wait();
  assert.ok((paper.time - before) / 1000 > FRAME * (1 - 310e-6), `${(paper.time - before) / 1000}`);
});

once("a far end that leads, falls silent and leads again, over and over, moves the clock no faster", () => {
  const paper = new PaperNetwork([]);
  let turn = 0;
  // Early as long as it leads; each time a new leader may have another phase.
  paper.packetComes = (_, withinMs) => {
    const comes = turn % 60 < 57;
    if (!comes) paper.time += withinMs;
    return comes;
  };
  const drive = new PacketDrive(FRAME, paper, paper, alone);
  for (; turn < 10_000; turn++) {
    drive.wait();
    drive.begin();
    drive.drained(1, 3);
  }
  const won = 10_000 * FRAME - paper.time;
  // What a clock may be off by, a frame, and how early a turn may be.
  assert.ok(won < 10_000 * FRAME * 300e-6 + 1.25 * FRAME, `${won} ms`);
});

type Context = Parameters<Parameters<typeof test>[2]>[0];

/** What b hears in its own codec of what a says, from the first frame that is no silence on; null when the host was late. */
async function carried(context: Context, drive: "timer" | "packets"): Promise<string[] | null> {
  const house = await VoiceHouse.open(context, { drive, jitterMs: 60 });
  const [a, b] = [await FarEnd.open(), await FarEnd.open()];
  const open = { kind: "openRtp", eventPayloadType: null, direction: "sendrecv" } as const;
  house.perform({ ...open, endpoint: "rtp:0", remote: a.where, format: "PCMA", payloadType: 8 });
  house.perform({ ...open, endpoint: "rtp:1", remote: b.where, format: "PCMU", payloadType: 0 });
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  const [toA, toB] = [house.portOf(0), house.portOf(1)];
  const heard: RtpPacket[] = [];
  const quiet = new Uint8Array(160).fill(0xd5);
  a.send(toA, 8, () => quiet);
  const talk = a.talk(
    toA,
    8,
    (n) => (n < 10 ? quiet : numberedFrame(n)),
    () => heard.length >= 70,
  );
  await b.talk(
    toB,
    0,
    () => new Uint8Array(160).fill(0xff),
    (packet) => heard.push(packet) >= 70,
  );
  await talk;
  const { streams } = await house.voice.status();
  await Promise.all([a.close(), b.close()]);
  await house.voice.close();
  // What came late was made up: other octets, and rightly so.
  if (streams.some(({ late, lost, concealed }) => late + lost + concealed > 0)) return null;
  // Frames of silence are all alike: one that was left out or put in could not be told from the next.
  const talking = heard.filter(({ payload }) => new Set(payload).size > 1);
  return talking.map(({ payload }) => Buffer.from(payload).toString("hex"));
}

async function carriedInTime(context: Context, drive: "timer" | "packets"): Promise<string[]> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const octets = await carried(context, drive);
    if (octets !== null) return octets;
  }
  throw new Error("the host was late ten times: run it when less else is running");
}

test("turns that packets begin give the same octets as turns by the clock", { timeout: 60_000 }, async (context) => {
  const byClock = await carriedInTime(context, "timer");
  const byPackets = await carriedInTime(context, "packets");
  // Where a run that was kept waiting left a frame out, the other has it.
  const common = byPackets.filter((octets) => byClock.includes(octets));
  assert.ok(common.length >= 30, `only ${common.length} frames are the same`);
  assert.deepEqual(
    byClock.filter((octets) => common.includes(octets)),
    common,
  );
  assert.ok(byPackets.length - common.length <= 20, "frames that the clock's turns never had");
});
