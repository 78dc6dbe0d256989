import assert from "node:assert/strict";
import { test } from "node:test";
import { conversation, delayImpairment, listening, type Reception } from "../../src/voice/e-model.ts";

const perfect: Reception = {
  codec: "PCMA",
  isConcealed: true,
  lossShare: 0,
  burstRatio: null,
  oneWayDelayMs: 0,
};

test("delay costs what G.107 says", () => {
  for (const [delay, impairment] of [
    [0, 0],
    [50, 1.2],
    [150, 3.6],
    [200, 7.3],
    [300, 20.7],
    [400, 34.1],
  ] as const)
    assert.equal(Math.round(delayImpairment(delay) * 10) / 10, impairment);
});

test("loss on G.711 costs what G.107 and G.113 say, with concealment and without", () => {
  for (const [percent, bare, concealed] of [
    [0, 4.41, 4.41],
    [1, 3.83, 4.33],
    [2, 3.26, 4.23],
    [3, 2.79, 4.13],
    [5, 2.17, 3.92],
  ] as const) {
    const mos = (isConcealed: boolean) =>
      listening({ ...perfect, isConcealed, lossShare: percent / 100, burstRatio: 1 })?.mos.toFixed(2);
    assert.equal(mos(false), bare.toFixed(2), `${percent} %, not concealed`);
    assert.equal(mos(true), concealed.toFixed(2), `${percent} %, concealed`);
  }
});

test("the same loss in bursts is worse, and spread evenly it is as by chance", () => {
  const r = (burstRatio: number) => listening({ ...perfect, lossShare: 0.05, burstRatio })?.r ?? 0;
  assert.ok(r(2) < r(1) - 5 && r(4) < r(2) - 5);
  assert.equal(r(0.5), r(1));
});

test("G.726 at 32 kbit/s costs 7 of R", () => {
  assert.equal(listening({ ...perfect, codec: "G726-32" })?.r.toFixed(1), "86.2");
});

test("what was not measured gives no figure", () => {
  assert.equal(listening({ ...perfect, lossShare: null }), null);
  assert.equal(listening({ ...perfect, lossShare: 0.01, burstRatio: null }), null);
  assert.equal(listening({ ...perfect, codec: "G722" }), null);
  assert.equal(listening({ ...perfect, codec: "toString" }), null);
  assert.equal(listening({ ...perfect, codec: "G726-32", lossShare: 0.01, burstRatio: 1 }), null);
  assert.equal(conversation({ ...perfect, oneWayDelayMs: null }), null);
  assert.notEqual(listening({ ...perfect, oneWayDelayMs: null }), null);
});

test("the worst call is 1, the best 4.41, whatever is fed in", () => {
  for (const lossShare of [0, 0.1, 1, 7, Number.MIN_VALUE])
    for (const burstRatio of [0, 1, 1e9])
      for (const oneWayDelayMs of [-10, 0, 200, 1e6]) {
        const found = conversation({ ...perfect, lossShare, burstRatio, oneWayDelayMs });
        assert.ok(found !== null && found.mos >= 1 && found.mos < 4.42 && found.r >= 0 && found.r <= 93.2);
      }
});
