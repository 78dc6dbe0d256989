import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Cause } from "../../src/message/cause.ts";
import { Sipp } from "./harness/sipp.ts";
import { World } from "./harness/world.ts";

const refusing = join(import.meta.dirname, "scenario/uas-refuses.xml");

const refusals: readonly { status: number; phrase: string; cause: Cause; tone: "busy" | "congestion" }[] = [
  { status: 486, phrase: "Busy Here", cause: "busy", tone: "busy" },
  { status: 603, phrase: "Decline", cause: "rejected", tone: "busy" },
  { status: 404, phrase: "Not Found", cause: "notFound", tone: "congestion" },
  { status: 503, phrase: "Service Unavailable", cause: "temporaryFailure", tone: "congestion" },
];

for (const { status, phrase, cause, tone } of refusals) {
  test(`the far end answers ${status} ${phrase}: the caller at the analog phone hears ${tone} tone`, async (t) => {
    const world = await World.open(t);
    const { house } = world;
    const fill = { status: `${status}`, phrase };
    const far = await Sipp.start(world.scratch, { scenario: refusing, target: null, port: house.peerPort, fill });
    const port = house.phone("port:1");
    await port.dial("702");
    await port.hears(tone, 6000);
    await far.succeeds(10_000);
    assert.deepEqual(far.ladder(), ["< INVITE", `> 100 INVITE`, `> ${status} INVITE`, "< ACK"]);
    await port.hangUp();
    await house.isQuiet();
    const [entry] = await house.log();
    assert.deepEqual([entry?.result, entry?.cause], ["failed", cause]);
  });
}

test("nobody is where the call goes: the caller hears congestion tone when Timer B ends", async (t) => {
  const { house } = await World.open(t);
  const port = house.phone("port:1");
  await port.dial("702");
  await port.hears("congestion", 36_000);
  await port.hangUp();
  await house.isQuiet();
  assert.equal((await house.log()).at(0)?.result, "failed");
});

test("a softphone refuses by its red button: the caller at a handset is told, and is idle after", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const bob = await world.bob({ answer: "manual" });
  const handset = house.phone("handset:1");
  await handset.dial("701");
  await bob.until("CALL_INCOMING");
  bob.hangUp();
  assert.equal((await house.fact("callEnded")).cause, "busy");
  await handset.hangUp();
  await house.isQuiet();
});
