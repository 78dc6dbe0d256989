import assert from "node:assert/strict";
import { test } from "node:test";
import { BURSTS_STATE } from "../../assembly/meter/bursts-counts.ts";
import { type LossBursts, lossBursts } from "../../src/voice/loss-bursts.ts";
import { KernelRig } from "../assembly/kernel-rig.ts";
import { randomFrom } from "../assembly/rtp.ts";

/** `.` came, `x` was lost, `l` came too late; a number repeats what follows it. 20 ms each. */
function of(pattern: string): LossBursts {
  const rig = new KernelRig();
  const state = rig.take(BURSTS_STATE);
  const spelt = pattern.replace(/(\d+)([.xl])/g, (_, times: string, what: string) => what.repeat(Number(times)));
  for (const packet of spelt) {
    if (packet === ".") rig.call("burstsReceived", state);
    else rig.call("burstsLost", state, packet === "l" ? 1 : 0);
  }
  const found = lossBursts((offset) => rig.words(state + offset, 1)[0] ?? 0, 20);
  assert.ok(found !== null);
  return found;
}

test("a stream that has not begun has no figures", () => {
  assert.equal(
    lossBursts(() => 0, 20),
    null,
  );
});

test("a stream without loss is one gap, and its burst ratio is unknown", () => {
  const found = of("500.");
  assert.deepEqual(found, {
    packets: 500,
    lostShare: 0,
    discardedShare: 0,
    burstDensity: 0,
    gapDensity: 0,
    burstMs: 0,
    gapMs: 10_000,
    burstRatio: null,
  });
});

test("losses with 16 packets between them are alone, with 15 they are a burst", () => {
  assert.equal(of("50.x16.x50.").burstMs, 0);
  assert.equal(of("50.x16.x50.").gapDensity, 2 / 118);
  const burst = of("50.x15.x50.");
  assert.equal(burst.burstMs, 17 * 20);
  assert.equal(burst.burstDensity, 2 / 17);
  assert.equal(burst.gapMs, 50 * 20);
});

test("lost and late packets are told apart, and are losses to the burst alike", () => {
  const found = of("100.xlx97.");
  assert.equal(found.packets, 200);
  assert.deepEqual([found.lostShare, found.discardedShare, found.burstDensity], [0.01, 0.005, 1]);
});

test("a burst that is not over counts, and one that begins the stream", () => {
  assert.equal(of("100.3x").burstMs, 60);
  assert.equal(of("3x100.").burstMs, 60);
  assert.equal(of("3x100.5x").burstMs, 80);
  assert.equal(of("20x").burstDensity, 1);
});

test("random loss has a burst ratio of 1, losses in threes one of nearly 3", () => {
  const random = randomFrom(8);
  const chance = of(Array.from({ length: 50_000 }, () => (random() < 0.1 ? "x" : ".")).join(""));
  assert.ok(Math.abs((chance.burstRatio ?? 0) - 1) < 0.05, `${chance.burstRatio}`);
  assert.ok(Math.abs((of("97.3x".repeat(50)).burstRatio ?? 0) - 2.91) < 0.01);
});
