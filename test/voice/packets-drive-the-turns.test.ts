import assert from "node:assert/strict";
import { test as once } from "node:test";
import { PacketDrive } from "../../src/voice/packet-drive.ts";
import type { RtpPacket } from "../assembly/rtp.ts";
import { numberedFrame } from "../assembly/rtp.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";

const FRAME = 20;

/** A network and a clock on paper: packets of stream 3 arrive at the given times, each in time order. */
class Paper {
  time = 0;
  readonly #arrivals: number[];

  constructor(arrivals: readonly number[]) {
    this.#arrivals = [...arrivals];
  }

  now = () => this.time;
  sleep = (ms: number) => {
    this.time += Math.max(0, ms);
  };

  /** Like poll: what has arrived and was not taken is there at once. */
  packetComes = (_: number, withinMs: number): boolean => {
    const next = this.#arrivals[0] ?? Number.POSITIVE_INFINITY;
    const came = next <= this.time + withinMs;
    this.time = came ? Math.max(this.time, next) : this.time + withinMs;
    return came;
  };

  /** Takes what has arrived. */
  drain(): number {
    let taken = 0;
    for (; (this.#arrivals[0] ?? Number.POSITIVE_INFINITY) <= this.time; taken++) this.#arrivals.shift();
    return taken;
  }
}

interface Turn {
  readonly at: number;
  readonly lateMs: number;
  readonly packets: number;
  readonly leader: number;
}

/** So many turns; each takes half a millisecond. */
function turns(paper: Paper, count: number, inCall: (turn: number) => boolean = () => true): Turn[] {
  let turn = 0;
  const drive = new PacketDrive(FRAME, paper, paper, () => inCall(turn));
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
  const all = turns(new Paper(arrivals), 500);
  for (const { at, packets, lateMs } of all.slice(100)) {
    assert.equal(packets, 1);
    assert.equal(lateMs, 0);
    assert.ok(Math.abs(((at - 33) % 20) - 0) < 1e-6, `turn at ${at}`);
  }
});

for (const ppm of [300, -300])
  once(`a leader whose clock is ${ppm} ppm off is followed for ten minutes, and each turn has its packet`, () => {
    const arrivals = every(20 * (1 - ppm * 1e-6), 30_100, 25);
    const late = turns(new Paper(arrivals), 30_000)
      .slice(100)
      .filter(({ packets, lateMs }) => packets !== 1 || lateMs > 0);
    assert.deepEqual(late, []);
  });

once("packets that come 4 ms early or late move their own turns, and not those after them", () => {
  const arrivals = every(20, 1200, 30).map((time, n) => time + (n % 3 === 0 ? 4 : n % 3 === 1 ? -4 : 0));
  for (const { at, packets } of turns(new Paper(arrivals), 1000).slice(300)) {
    assert.equal(packets, 1);
    const phase = (((at - 30) % 20) + 20) % 20;
    assert.ok(
      [0, 4, 16].some((wanted) => Math.abs(phase - wanted) < 1e-6),
      `${phase}`,
    );
  }
});

once("a lost packet makes its turn wait for a quarter of a frame, and nothing moves", () => {
  const arrivals = every(20, 700, 30).filter((_, n) => n % 50 !== 0);
  const all = turns(new Paper(arrivals), 600).slice(200);
  const without = all.filter(({ packets }) => packets === 0);
  assert.equal(without.length, 8);
  for (const { at, lateMs } of without) {
    assert.ok((at - 30) % 20 > 4 && (at - 30) % 20 < 6, `${at}`);
    assert.equal(lateMs, 0);
  }
  assert.ok(all.every(({ leader }) => leader === 3));
});

once("a leader that falls silent or whose call ends leads no more, and turns go by the clock", () => {
  const silent = turns(new Paper(every(20, 100, 30)), 300).slice(110);
  assert.ok(silent.every(({ leader }) => leader === -1));
  const gaps = silent.slice(1).map(({ at }, n) => at - (silent[n]?.at ?? 0));
  assert.ok(gaps.every((gap) => Math.abs(gap - FRAME) < 1e-6));
  const ended = turns(new Paper(every(20, 300, 30)), 200, (turn) => turn < 100);
  assert.ok(ended.slice(0, 100).some(({ leader }) => leader === 3));
  assert.ok(ended.slice(101).every(({ leader }) => leader === -1));
});

once("a far end that only answers our packets drives us no faster than its clock could be", () => {
  // Its packet always waits already when the window opens.
  const paper = new Paper([]);
  paper.packetComes = () => true;
  const drive = new PacketDrive(FRAME, paper, paper, () => true);
  drive.drained(1, 3);
  for (let n = 0; n < 2000; n++, drive.begin()) drive.wait();
  const before = paper.time;
  for (let n = 0; n < 1000; n++, drive.begin()) drive.wait();
  assert.ok((paper.time - before) / 1000 > FRAME * (1 - 510e-6), `${(paper.time - before) / 1000}`);
});

once("a far end that leads, falls silent and leads again, over and over, moves the clock no faster", () => {
  const paper = new Paper([]);
  let turn = 0;
  // Early as long as it leads; each time a new leader may have another phase.
  paper.packetComes = (_, withinMs) => {
    const comes = turn % 60 < 57;
    if (!comes) paper.time += withinMs;
    return comes;
  };
  const drive = new PacketDrive(FRAME, paper, paper, () => true);
  for (; turn < 10_000; turn++) {
    drive.wait();
    drive.begin();
    drive.drained(1, 3);
  }
  const won = 10_000 * FRAME - paper.time;
  // What a clock may be off by twice over, and a frame.
  assert.ok(won < 10_000 * FRAME * 1000e-6 + 2 * FRAME, `${won} ms`);
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
  const silence = Buffer.alloc(160, 0xff).toString("hex");
  return heard.map(({ payload }) => Buffer.from(payload).toString("hex")).filter((octets) => octets !== silence);
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
