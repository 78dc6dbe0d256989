import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "../../src/message/command.ts";
import { readJournal } from "../../src/vendor/recorder/journal.ts";
import { rung, Sipp } from "./harness/sipp.ts";
import { World } from "./harness/world.ts";

//  SIPp             gateway           handset 1      handset 2      handset 3
//    |--INVITE------->|----setup--------->|(away)-------->|-------------->|      G34: at once
//    |<--100----------|                                   |               |      G35
//    |<--180----------|<----------alerting----------------|               |      G36
//    |--CANCEL------->|                                                          G37
//    |<--200 CANCEL---|
//    |<--487 INVITE---|----release------->|------------>|--------------->|      G38
//    |--ACK---------->|

const cancelling = join(import.meta.dirname, "scenario/uac-cancel-after-180.xml");
const handsetsOnly =
  '[[incoming]]\nline = "local"\nnumbers = ["500"]\nring = ["handset:1", "handset:2", "handset:3"]\n';

/** What the journal says: every setup that was sent got exactly one release. */
async function assertOneReleaseEach(dataDir: string, setups: number): Promise<void> {
  const [name] = (await readdir(dataDir)).filter((file) => file.startsWith("journal-"));
  assert.ok(name !== undefined, "no journal was written");
  const commands: Command[] = [];
  for await (const item of readJournal(join(dataDir, name))) if (item.kind === "entry") commands.push(...item.commands);
  const calls = (kind: string) =>
    commands.flatMap((command) => (command.world === "dect" && command.kind === kind ? [command.call] : [])).sort();
  assert.equal(calls("setup").length, setups);
  assert.deepEqual(calls("release"), calls("setup"));
}

test("one handset away, one alerts, the caller cancels: 100, 180, 200, 487 in order, one missed call with the name", async (t) => {
  const world = await World.open(t, { extra: handsetsOnly });
  const { house } = world;
  await house.phone("handset:1").act({ kind: "away" });
  await house.phone("handset:3").act({ kind: "alertAfter", ms: 3000 });
  const target = `127.0.0.1:${house.sipPort}`;
  const began = performance.now();
  const caller = await Sipp.start(world.scratch, { scenario: cancelling, target, service: "500" });
  const messages = await caller.succeeds();
  const tookMs = performance.now() - began;
  assert.deepEqual(messages.map(rung), [
    "> INVITE",
    "< 100 INVITE",
    "< 180 INVITE",
    "> CANCEL",
    "< 200 CANCEL",
    "< 487 INVITE",
    "> ACK",
  ]);
  assert.ok(tookMs < 3000, `it took ${tookMs.toFixed(0)} ms: somebody waited for the handset that is away`);

  await house.isQuiet();
  await Promise.all(house.phones.map((phone) => phone.stopsRinging(1000)));
  assert.deepEqual(await house.calls(), []);
  const log = await house.log();
  assert.equal(log.length, 1);
  assert.deepEqual([log[0]?.result, log[0]?.from], ["missed", { number: "700", name: "Alice Softphone" }]);

  await house.phone("handset:1").act({ kind: "back" });
  await house.program.stop();
  await assertOneReleaseEach(house.dataDir, 3);
});

test("the caller cancels before any handset alerts: 100 and 487 and no 180, whatever alerts later", async (t) => {
  const world = await World.open(t, { extra: handsetsOnly });
  const { house } = world;
  await house.phone("handset:1").act({ kind: "away" });
  await house.phone("handset:2").act({ kind: "alertAfter", ms: 1500 });
  await house.phone("handset:3").act({ kind: "alertAfter", ms: 1500 });
  const target = `127.0.0.1:${house.sipPort}`;
  const scenario = join(import.meta.dirname, "scenario/uac-cancel-after-100.xml");
  const caller = await Sipp.start(world.scratch, { scenario, target, service: "500" });
  const messages = await caller.succeeds();
  assert.deepEqual(messages.map(rung), [
    "> INVITE",
    "< 100 INVITE",
    "> CANCEL",
    "< 200 CANCEL",
    "< 487 INVITE",
    "> ACK",
  ]);
  await house.isQuiet();
  const log = await house.log();
  assert.deepEqual([log.length, log[0]?.result, log[0]?.from.name], [1, "missed", "Alice Softphone"]);
  await house.program.stop();
  await assertOneReleaseEach(house.dataDir, 3);
});

test("two handsets away: the third rings within a second, and both pages fail together after 5 s", async (t) => {
  const world = await World.open(t, { extra: handsetsOnly });
  const { house } = world;
  await house.phone("handset:1").act({ kind: "away" });
  await house.phone("handset:2").act({ kind: "away" });
  const alice = await world.alice();
  const began = performance.now();
  alice.dial(house.uri("500"));
  await house.phone("handset:3").rings(1000);
  const rangMs = performance.now() - began;
  t.diagnostic(`handset 3 rang after ${rangMs.toFixed(0)} ms`);
  await alice.until("CALL_RINGING", 1000);
  await house.settles("both pages have failed", 7000, async () => {
    const [call] = await house.calls();
    const parties = call?.parties.map(({ party }) => party).join(" ");
    return parties === "line:local handset:3" ? null : JSON.stringify(call);
  });
  const failedMs = performance.now() - began;
  assert.ok(
    failedMs > 4500 && failedMs < 6500,
    `both pages failed after ${failedMs.toFixed(0)} ms, not after about 5 s`,
  );
  await house.phone("handset:3").lift();
  await alice.until("CALL_ESTABLISHED");
  alice.hangUp();
  await house.phone("handset:3").hangUp();
  await house.isQuiet();
});
