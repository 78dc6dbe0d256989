import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ABI_VERSION, PAGES } from "../../../assembly/layout.ts";
import { liveFile, openHouse, patient, RealCall, untilShadow } from "../../voice/shadow/real-call.ts";
import { type Bodies, endless, grow, trap, voiceModule } from "../../voice/trapping-module.ts";

const timeout = 60_000;

function fileOf(context: TestContext, bodies: Bodies): string {
  return fileURLToPath(voiceModule(context, bodies));
}

function textFile(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "offhook-candidate-"));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "candidate.wasm"), text);
  return join(folder, "candidate.wasm");
}

test("a candidate that traps is tried three times and given up; the call goes on in the same worker", {
  timeout,
}, async (context) => {
  const house = await openHouse(context, 43_100, { module: fileOf(context, { tickBegin: trap }) });
  await untilShadow(house, "on");
  for (let fault = 1; fault <= 3; fault++) {
    // Each call is followed from its beginning.
    const call = await RealCall.open(context, house);
    await call.talk(({ switchedOff }) => switchedOff >= fault);
    const state = fault < 3 ? "off" : "given up";
    assert.match((await untilShadow(house, state, fault % 3 || 1)) ?? "", /^the candidate trapped: unreachable/);
    for (const stream of [0, 1]) house.perform({ kind: "close", endpoint: `rtp:${stream}` });
    if (fault < 3) await untilShadow(house, "on", fault + 1);
  }
  const call = await RealCall.open(context, house);
  const { state, reason } = await call.talk(() => true);
  assert.deepEqual([state, reason?.slice(0, 21)], ["given up", "the candidate trapped"]);
  const { workerRestarts, streams } = await house.voice.status();
  assert.deepEqual([workerRestarts, streams.length], [0, 2]);
});

test("a candidate that never comes back from a frame is ended, and the call goes on", { timeout }, async (context) => {
  const module = fileOf(context, { tickBegin: endless });
  const house = await openHouse(context, 43_120, { module, limits: { ...patient, faults: 1 } });
  await untilShadow(house, "on");
  const call = await RealCall.open(context, house);
  const found = await call.talk(({ state }) => state === "given up");
  assert.equal(found.reason, "the candidate did not come back from a frame for 2 s");
  const again = await call.talk(() => true);
  assert.equal(again.following, 0);
  assert.equal((await house.voice.status()).workerRestarts, 0);
});

test("a candidate that never ends its start is given up", { timeout }, async (context) => {
  const module = fileOf(context, { start: endless });
  const house = await openHouse(context, 43_140, { module, limits: { ...patient, faults: 1, startMs: 2000 } });
  assert.equal(await untilShadow(house, "given up"), "the candidate did not start within 2 s");
});

test("a candidate that asks for more memory gets none, and one that does nothing has everything apart", {
  timeout,
}, async (context) => {
  const house = await openHouse(context, 43_160, { module: fileOf(context, { tickBegin: grow }) });
  await untilShadow(house, "on");
  const call = await RealCall.open(context, house);
  const { candidates, reason, live } = await call.talk(({ ticks }) => ticks > 150);
  assert.equal(reason, null);
  const apart = candidates[0]?.jitter?.apart ?? 0;
  assert.ok(apart > 50 && candidates[0]?.heard.frames === 0, `${apart} frames apart`);
  assert.equal(live.nondeterministic, 0);
});

test("a file that can not be used is named with its fault and a way out, at once and for good", {
  timeout,
}, async (context) => {
  const good: [file: string, says: RegExp][] = [
    [
      "/nowhere/candidate.wasm",
      /^shadow module \/nowhere\/candidate\.wasm: it can not be read \(ENOENT\): check the path$/,
    ],
    [textFile(context, "no module"), /candidate\.wasm: .*magic.*: build it with "npx asc --config/s],
    [fileOf(context, { abi: 3 }), new RegExp(`it has ABI 3, expected ${ABI_VERSION}: build it with "npx asc`)],
    [fileOf(context, { imported: "ocean" }), /it imports env\.ocean, and may import env\.memory alone: build it/],
    [fileOf(context, { pages: 8 * PAGES }), /memory.*build it with/s],
    [textFile(context, "x".repeat((4 << 20) + 1)), /it has 4194305 octets, the most is 4194304/],
  ];
  for (const [n, [module, says]] of good.entries()) {
    const house = await openHouse(context, 43_180 + 20 * n, { module });
    assert.match((await untilShadow(house, "given up")) ?? "", says);
    const { shadow } = await house.voice.status();
    assert.equal(shadow?.state, "given up");
    await house.voice.close();
  }
});

test("a candidate codec that no live codec is like is named with its fault", { timeout }, async (context) => {
  const house = await openHouse(context, 43_320, { codec: liveFile });
  const reason = (await untilShadow(house, "given up")) ?? "";
  assert.ok(
    reason.startsWith(`shadow codec ${liveFile}: `) && reason.endsWith('("offhook codec check" says more)'),
    reason,
  );
});

test("a candidate over its budget of time is switched off and says by how much", { timeout }, async (context) => {
  const limits = { ...patient, frameBudgetUs: 0.01, faults: 1 };
  const house = await openHouse(context, 43_380, { module: liveFile, limits });
  await untilShadow(house, "on");
  const call = await RealCall.open(context, house);
  const { reason } = await call.talk(({ state }) => state === "given up");
  assert.match(reason ?? "", /^the candidate takes \d+ µs a frame, 0\.01 are its budget$/);
  await call.talk(() => true);
  assert.equal((await house.voice.status()).workerRestarts, 0);
});
