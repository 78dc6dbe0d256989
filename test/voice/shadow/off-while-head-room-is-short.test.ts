import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { defaultLimits, type ShadowLimits } from "../../../src/voice/shadow/contract.ts";
import { Headroom } from "../../../src/voice/shadow/headroom.ts";
import { ShadowHost } from "../../../src/voice/shadow/host.ts";
import { RecordRing, SHADOW_LATE, SHADOW_ON, SHADOW_SKIPPED, SHADOW_TICKS } from "../../../src/voice/shadow/ring.ts";
import { BesideRig, liveModule } from "./beside-rig.ts";
import { troubledCall } from "./call.ts";
import { liveFile } from "./real-call.ts";

const timeout = 60_000;
const good = { ticks: 0, lateTicks: 0, skipped: 0, room: null };

test("more than one tick of a hundred that begins late is short head-room, over ten seconds", () => {
  const headroom = new Headroom(defaultLimits);
  const judge = (seconds: number, lateTicks: number) =>
    headroom.judge({ ...good, ticks: 50 * seconds, lateTicks }, true);
  assert.equal(judge(0, 0), null);
  assert.equal(judge(1, 1), null, "too few ticks to say anything");
  assert.equal(judge(4, 2), null);
  assert.equal(judge(5, 3), "3 of the last 250 voice ticks began late");
  assert.equal(judge(10, 5), null);
  assert.equal(judge(11, 7), "7 of the last 550 voice ticks began late");
  for (let seconds = 12; seconds < 22; seconds++) judge(seconds, 7);
  assert.equal(judge(22, 7), null, "what was before the last ten seconds is over");
});

test("counts that wrap round at 2^32 are counted on", () => {
  const headroom = new Headroom(defaultLimits);
  headroom.judge({ ...good, ticks: 2 ** 31 - 100, lateTicks: -1 }, true);
  assert.equal(
    headroom.judge({ ...good, ticks: -(2 ** 31) + 100, lateTicks: 9 }, true),
    "10 of the last 200 voice ticks began late",
  );
});

test("it starts with more memory than it needs to stay, so that it does not change its mind at every breath", () => {
  const headroom = new Headroom(defaultLimits);
  const judge = (room: number, running: boolean) => headroom.judge({ ...good, room }, running);
  assert.equal(judge(63e6, false), "63 MB of memory are left, 64 are wanted");
  assert.equal(judge(65e6, false), null);
  assert.equal(judge(33e6, true), null);
  assert.equal(judge(31e6, true), "31 MB of memory are left, 32 are wanted");
});

test("a full ring is counted and ends the stream's being followed; the live path sends what it sends without a shadow", () => {
  const call = troubledCall("PCMA", 100);
  const sent = (words: number) => {
    const beside = new BesideRig({ module: liveModule, words });
    beside.openRtp(0, "PCMA");
    beside.rig.openRtp(5, "PCMU");
    beside.rig.join("rtp:0", "rtp:5");
    const octets = call.flatMap((packets) => {
      for (const packet of packets) beside.rig.deliver(0, packet);
      return beside.liveTick().map(({ packet }) => Buffer.from(packet.payload).toString("hex"));
    });
    return { octets, beside };
  };
  const [small, large] = [sent(4096), sent(131_072)];
  assert.equal(small.beside.ring.get(SHADOW_SKIPPED), 1);
  assert.equal(large.beside.ring.get(SHADOW_SKIPPED), 0);
  assert.deepEqual(small.octets, large.octets);
  small.beside.drain();
  const { checked, nondeterministic } = small.beside.sums;
  assert.ok(checked > 3 && checked < 20 && nondeterministic === 0, `${checked} ticks came through`);
  small.beside.tick();
  assert.equal(small.beside.sums.checked, checked, "a gap is not mended");
  small.beside.close(0);
  small.beside.openRtp(0, "PCMA");
  small.beside.tick();
  assert.deepEqual([small.beside.sums.checked, small.beside.differences], [checked + 1, []]);
});

/** The host with its real thread, on a clock of the test; the test writes what the voice worker would. */
class Stage {
  readonly clock = new VirtualClock();
  readonly told: string[] = [];
  readonly ring: RecordRing;
  readonly host: ShadowHost;
  room: number | null = null;
  readonly #bell = new EventEmitter();

  constructor(context: TestContext, limits: Partial<ShadowLimits> = {}) {
    this.host = new ShadowHost({
      options: { module: liveFile, streams: 1, sharePercent: 100, limits },
      wasm: pathToFileURL(liveFile).href,
      timing: { jitterMs: 40, frameMs: 20 },
      codecs: [],
      clock: this.clock,
      room: async () => this.room,
      told: (state, reason) => {
        this.told.push(reason === null ? state : `${state}: ${reason}`);
        this.#bell.emit("told");
      },
    });
    this.ring = new RecordRing(this.host.shared);
    context.after(() => this.host.close());
  }

  /** So many seconds with ticks, so many of them late. */
  async pass(seconds: number, late = 0): Promise<void> {
    for (let n = 0; n < seconds; n++) {
      for (let tick = 0; tick < 50; tick++) this.ring.count(SHADOW_TICKS);
      for (let tick = 0; tick < late; tick++) this.ring.count(SHADOW_LATE);
      this.clock.advance(ms(1000));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async until(times: number): Promise<void> {
    while (this.told.length < times) await once(this.#bell, "told");
  }
}

test("late ticks switch it off with the reason, and thirty quiet seconds on again, twice as many the next time", {
  timeout,
}, async (context) => {
  const stage = new Stage(context);
  await stage.until(1);
  assert.equal(stage.ring.get(SHADOW_ON), 1);
  await stage.pass(3, 5);
  assert.deepEqual(stage.told.slice(1), ["off: 10 of the last 100 voice ticks began late"]);
  assert.deepEqual([stage.host.status().state, stage.ring.get(SHADOW_ON)], ["off", 0]);
  // Until the late ones are out of the window, and then 30 s.
  await stage.pass(35);
  assert.equal(stage.host.status().state, "off");
  await comesBack(stage, 3);
  await stage.pass(3, 5);
  assert.match(stage.told[3] ?? "", /^off: /);
  await stage.pass(65);
  assert.equal(stage.host.status().state, "off");
  await comesBack(stage, 5);
  assert.deepEqual([stage.host.status().switchedOff, stage.ring.get(SHADOW_ON)], [2, 3]);
});

/** The thread that was there before has to be gone, which takes its time. */
async function comesBack(stage: Stage, told: number): Promise<void> {
  while (stage.host.status().state === "off") await stage.pass(1);
  await stage.until(told);
  assert.equal(stage.told.at(-1), "on");
}

test("with too little memory it does not start, and goes when memory goes", { timeout }, async (context) => {
  const stage = new Stage(context, { quietMs: 0 });
  stage.room = 40e6;
  await stage.until(1);
  await stage.pass(1);
  assert.deepEqual(stage.told, ["on"], "what runs needs less");
  stage.room = 20e6;
  await stage.pass(1);
  assert.equal(stage.told[1], "off: 20 MB of memory are left, 32 are wanted");
  stage.room = 40e6;
  await stage.pass(20);
  assert.equal(stage.host.status().state, "off");
  stage.room = 100e6;
  await comesBack(stage, 3);
});

test("a tick that found no room switches it off: it could not keep up", { timeout }, async (context) => {
  const stage = new Stage(context);
  await stage.until(1);
  await stage.pass(2);
  stage.ring.count(SHADOW_SKIPPED);
  await stage.pass(1);
  assert.equal(stage.told[1], "off: it could not keep up with the voice path");
  assert.equal(stage.host.status().skipped, 1);
});
