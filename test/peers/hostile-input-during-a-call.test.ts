import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Status } from "../../src/api/status.ts";
import { continuityOf, part } from "./harness/audio.ts";
import type { Baresip } from "./harness/baresip.ts";
import {
  answersOptions,
  controlLines,
  protosMessages,
  rtpGarbage,
  sendLines,
  sendUdp,
  tortureMessages,
} from "./harness/hostile.ts";
import type { House } from "./harness/house.ts";
import type { Phone } from "./harness/phone.ts";
import { watchStarvation } from "./harness/starvation.ts";
import { assertTalk, LEVEL_DBM0, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

interface Talk {
  readonly house: House;
  readonly alice: Baresip;
  readonly port: Phone;
}

/** Alice and the person at port 1 talk; `attack` happens meanwhile; nobody in the call may notice. */
async function attackDuringCall(t: TestContext, attack: (talk: Talk) => Promise<void>): Promise<void> {
  // Calls the attack manages to place are answered 404: this is about the call that is up.
  const world = await World.open(t, { extra: '[[incoming]]\nline = "local"\nring = []\n' });
  const { house } = world;
  const alice = await world.alice();
  const port = house.phone("port:1");
  alice.dial(house.uri("601"));
  await port.rings();
  await port.lift();
  await alice.until("CALL_ESTABLISHED");
  await port.act({ kind: "hum", frequencyHz: notes["port:1"], levelDbm0: LEVEL_DBM0, ms: null });
  const before = (await alice.hasHeard(1000)).samples.length / 8;
  const stop = await port.record();

  const starvedMs = watchStarvation(house.program.pid);
  await attack({ house, alice, port });

  const outside = part(await alice.hasHeard((await alice.heard()).samples.length / 8 + 300), before);
  const inside = part(await stop(), 100);
  const [own, hers] = [notes["port:1"], notes.softphone];
  assertTalk({ who: "port:1", sound: inside, note: own }, { who: "Alice", sound: outside, note: hers });
  // What other programs kept from the gateway is not the attack's doing.
  const allowedMs = 60 + starvedMs();
  const gaps = [continuityOf(outside, own).longestGapMs, continuityOf(inside, hers).longestGapMs];
  t.diagnostic(`longest gaps ${gaps.join(" and ")} ms, ${allowedMs.toFixed(0)} ms allowed`);
  assert.ok(Math.max(...gaps) <= allowedMs, `gaps of ${gaps.join(" and ")} ms, ${allowedMs.toFixed(0)} ms allowed`);
  assert.ok(!alice.events.some((event) => event.type === "CALL_CLOSED"), "the call ended");
  assert.ok(await answersOptions(house.sipPort), "the gateway no longer answers");
  assert.equal((await house.status()).figures.faults, 0);
  alice.hangUp();
  await port.hangUp();
  await house.isQuiet(40_000);
}

function refusedPackets({ voiceStatus }: Status): number {
  return voiceStatus === null ? 0 : voiceStatus.malformedPackets + voiceStatus.strangerPackets;
}

async function refusedTotal(house: House): Promise<number> {
  const { refused } = (await house.status()).figures;
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

test("the torture messages of RFC 4475 leave a call in progress undisturbed, and are counted", async (t) => {
  await attackDuringCall(t, async ({ house }) => {
    const before = await refusedTotal(house);
    const messages = await tortureMessages();
    assert.ok(messages.length >= 49, `only ${messages.length} messages were found`);
    await sendUdp(messages, house.sipPort);
    assert.ok(await answersOptions(house.sipPort));
    assert.ok((await refusedTotal(house)) > before, "nothing was counted as refused");
  });
});

test("every twelfth INVITE of PROTOS leaves a call in progress undisturbed", async (t) => {
  await attackDuringCall(t, async ({ house }) => {
    const messages = await protosMessages(12, `127.0.0.1:${house.sipPort}`);
    assert.ok(messages.length > 250, `only ${messages.length} messages were found`);
    await sendUdp(messages, house.sipPort);
    assert.ok(await answersOptions(house.sipPort));
  });
});

test("garbage on the RTP and RTCP ports leaves the sound of the call whole, and is counted", async (t) => {
  await attackDuringCall(t, async ({ house }) => {
    const before = await house.status();
    const garbage = await rtpGarbage();
    for (let port = house.rtpPort; port < house.rtpPort + 4; port++) await sendUdp(garbage, port);
    const known = refusedPackets(before);
    const enough = (status: Status) => refusedPackets(status) - known > garbage.length;
    await house.untilStatus("the garbage is counted as malformed or a stranger's", 3000, enough);
  });
});

test("malformed lines on the control socket get a sentence each, and nothing else happens", async (t) => {
  await attackDuringCall(t, async ({ house }) => {
    const path = join(house.dataDir, "offhook.sock");
    const answers = await sendLines(path, controlLines());
    const faults = answers.map((line) => JSON.parse(line) as { error?: { message?: string } });
    assert.ok(faults.length >= 10, `only ${faults.length} answers`);
    for (const answer of faults) assert.ok((answer.error?.message ?? "").length > 10, JSON.stringify(answer));
    await sendLines(path, [`{"id":1,"command":"${"a".repeat(2_000_000)}"}`]).catch(() => []);
    assert.equal((await house.calls()).length, 1);
  });
});
