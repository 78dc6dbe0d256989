import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./harness/world.ts";

test("a handset that talks makes its caller hear 486", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  await house.phone("handset:1").act({ kind: "busy", on: true });
  const alice = await world.alice();
  alice.dial(house.uri("611"));
  assert.match((await alice.until("CALL_CLOSED")).param, /486/);
  await house.isQuiet();
});

test("a port that is off-hook makes its caller hear 486", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  await house.phone("port:1").lift();
  await house.phone("port:1").hears("dial");
  const alice = await world.alice();
  alice.dial(house.uri("601"));
  assert.match((await alice.until("CALL_CLOSED")).param, /486/);
  await house.phone("port:1").hangUp();
  await house.isQuiet();
});

test("nobody answers: after the configured time the caller gets 480, the phones stop, the call is missed", async (t) => {
  const world = await World.open(t, { numbering: "no_answer_ms = 5000" });
  const { house } = world;
  const alice = await world.alice();
  alice.dial(house.uri("600"));
  await Promise.all(house.phones.map((phone) => phone.rings()));
  assert.match((await alice.until("CALL_CLOSED", 8000)).param, /480/);
  await Promise.all(house.phones.map((phone) => phone.stopsRinging()));
  await house.isQuiet();
  const [entry] = await house.log();
  assert.deepEqual([entry?.result, entry?.cause, entry?.from.name], ["missed", "noAnswer", "Alice Softphone"]);
});

test("a number nobody has rings all phones, as the default rule says", async (t) => {
  const rule = '[[incoming]]\nline = "local"\nring = ["all"]\n';
  const world = await World.open(t, { extra: rule });
  const alice = await world.alice();
  alice.dial(world.house.uri("4999"));
  await Promise.all(world.house.phones.map((phone) => phone.rings()));
  alice.hangUp();
  await world.house.isQuiet();
});

test("a number the configuration refuses is answered 404, and nothing rings", async (t) => {
  const rule = '[[incoming]]\nline = "local"\nring = []\n';
  const world = await World.open(t, { extra: rule });
  const alice = await world.alice();
  alice.dial(world.house.uri("4999"));
  assert.match((await alice.until("CALL_CLOSED")).param, /404/);
  const ringing = (await world.house.phoneViews()).filter((phone) => phone.state !== "idle");
  assert.deepEqual(ringing, []);
});

test("the caller gives up: every phone stops, and the missed call has the name of the phone book", async (t) => {
  const world = await World.open(t);
  const { house } = world;
  const alice = await world.alice();
  alice.dial(house.uri("600"));
  await Promise.all(house.phones.map((phone) => phone.rings()));
  alice.hangUp();
  await Promise.all(house.phones.map((phone) => phone.stopsRinging(1500)));
  await house.isQuiet();
  const log = await house.log();
  assert.equal(log.length, 1);
  assert.deepEqual([log[0]?.result, log[0]?.from], ["missed", { number: "700", name: "Alice Softphone" }]);
});
