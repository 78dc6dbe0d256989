import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Kamailio } from "./harness/kamailio.ts";
import { Scratch } from "./harness/scratch.ts";
import { Sipp } from "./harness/sipp.ts";
import { World } from "./harness/world.ts";

const cancelling = join(import.meta.dirname, "scenario/uac-cancel-after-180.xml");
const CALLS = 60;

test("sixty calls that ring all phones and are cancelled leave no call, no stream, no ringing phone behind", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const target = `127.0.0.1:${house.sipPort}`;
  const args = ["-users", "1", "-r", "100"];
  const caller = await Sipp.start(world.scratch, { scenario: cancelling, target, service: "600", calls: CALLS, args });
  await caller.succeeds(60_000);
  await house.isQuiet();
  await Promise.all(house.phones.map((phone) => phone.stopsRinging()));
  assert.equal((await house.log()).filter((entry) => entry.result === "missed").length, CALLS);
  const status = await house.untilStatus(
    "no stream is open",
    3000,
    ({ voiceStatus }) => voiceStatus?.streams.length === 0,
  );
  assert.deepEqual([status.figures.faults, status.calls], [0, 0]);

  const alice = await world.alice();
  alice.dial(house.uri("600"));
  await Promise.all(house.phones.map((phone) => phone.rings()));
  await house.phone("handset:3").lift();
  await alice.until("CALL_ESTABLISHED");
  alice.hangUp();
  await house.phone("handset:3").hangUp();
  await house.isQuiet();
});

test("a gateway that is stopped ends its calls, so that no softphone talks to nobody", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const [alice, bob] = [await world.alice(), await world.bob()];
  alice.dial(house.uri("611"));
  await house.phone("handset:1").rings();
  await house.phone("handset:1").lift();
  await alice.until("CALL_ESTABLISHED");
  await house.phone("port:1").dial("701");
  await bob.until("CALL_ESTABLISHED");
  house.program.signal("SIGTERM");
  await Promise.all([alice.until("CALL_CLOSED", 3000), bob.until("CALL_CLOSED", 3000)]);
  assert.equal(await house.program.ends(5000), 0, house.program.tail());
});

test("a gateway that is stopped takes its registration back", async (t) => {
  const line = (kamailio: Kamailio) => `
[[line]]
name = "office"
user = "house"
registrar = "${kamailio.address}"
password = "open sesame"
`;
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const kamailio = await Kamailio.start(scratch, { password: "open sesame", maxExpiresSeconds: 60 });
  const { house } = await World.open(t, { extra: line(kamailio) });
  await kamailio.registered("house", 1, 5000);
  await house.program.stop();
  await kamailio.program.says(/REGISTERED house contact=\S*;?\S*(?:expires=0)/, 3000);
});
