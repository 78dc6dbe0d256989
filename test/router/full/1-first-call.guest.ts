import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { PhoneReport } from "../../../src/emulator/contract.ts";
import { notes } from "../../peers/harness/voices.ts";
import { assertUnderstood, dial, talk } from "../guest/talk.ts";
import { router, tidyUp } from "./world.ts";

//  softphone ── SIP, RTP ── gateway in the guest ── the kernel's USB ══ USB/IP ══ base, dongle ── people
//  The first call, as on one machine (test/peers), but for how exactly sound is looked at: on an emulated processor
//  frames are late and lost.

const CALLER_ID_CALLS = 6;

const knowsAlice = ({ caller }: PhoneReport) => caller?.number === "700" && caller.name === "Alice Softphone";

afterEach(tidyUp);

test("in 128 MB, on a read-only root, the gateway finds the base and the dongle on the kernel's own USB", async (t) => {
  const world = await router();
  const { guest, gateway } = world;
  const total = await guest.memoryTotalMB();
  assert.ok(total > 110 && total < 130, `${total} MB`);
  await assert.rejects(guest.run("touch /usr/lib/offhook/offhook.js"), /Read-only/);
  const { devices, memory } = await world.status();
  assert.deepEqual(devices.map(({ device, attached }) => `${device} ${attached}`).sort(), [
    "base:1 true",
    "dongle:1 true",
  ]);
  const resident = (memory.rssBytes / 2 ** 20).toFixed(0);
  const own = (await gateway.anonymousMB()).toFixed(1);
  t.diagnostic(`MemTotal ${total.toFixed(0)} MB; the gateway: ${resident} MB resident, ${own} MB of them no file's`);
});

test("a call from outside rings all phones, handsets show the caller's name, the first to lift gets it, and both hear each other", async (t) => {
  const world = await router();
  const { house } = world;
  const alice = await world.alice(t);
  alice.dial(world.uri("600"));
  await Promise.all(house.phones.map((phone) => phone.rings(20_000)));
  const handsets = [house.phone("handset:1"), house.phone("handset:2")];
  await Promise.all(handsets.map((phone) => phone.until("shows the caller", knowsAlice, 20_000)));
  const [answering, ...others] = [house.phone("port:1"), house.phone("port:2"), ...handsets];
  await answering.lift();
  await alice.until("CALL_ESTABLISHED", 10_000);
  await Promise.all(others.map((phone) => phone.stopsRinging(10_000)));
  const heard = await talk(answering, alice, notes.softphone);
  t.diagnostic(`understood: inside ${heard.inside.toFixed(2)}, outside ${heard.outside.toFixed(2)}`);
  assertUnderstood(heard);
  alice.hangUp();
  await alice.until("CALL_CLOSED", 10_000);
  await answering.hears("busy", 10_000);
  await answering.hangUp();
  await world.isQuiet();
});

for (const name of ["handset:1", "port:1"] as const) {
  test(`${name} lifts and dials out, is answered, both hear each other, and hangs up`, async (t) => {
    const world = await router();
    const bob = await world.bob(t);
    const phone = world.house.phone(name);
    await dial(phone, "701");
    await bob.until("CALL_ESTABLISHED", 20_000);
    const heard = await talk(phone, bob, notes.otherSoftphone);
    t.diagnostic(`understood: inside ${heard.inside.toFixed(2)}, outside ${heard.outside.toFixed(2)}`);
    assertUnderstood(heard);
    await phone.hangUp();
    await bob.until("CALL_CLOSED", 10_000);
    await world.isQuiet();
    const entry = (await world.log()).at(-1);
    assert.deepEqual([entry?.direction, entry?.result, entry?.to.number], ["outgoing", "answered", "701"]);
  });
}

test("the caller gives up while all phones ring: they stop, and the call was missed", async (t) => {
  const world = await router();
  const { house } = world;
  const alice = await world.alice(t);
  alice.dial(world.uri("600"));
  await Promise.all(house.phones.map((phone) => phone.rings(20_000)));
  alice.hangUp();
  await Promise.all(house.phones.map((phone) => phone.stopsRinging(10_000)));
  await world.isQuiet();
  const entry = (await world.log()).at(-1);
  assert.deepEqual([entry?.result, entry?.from.name], ["missed", "Alice Softphone"]);
});

test("an analog phone calls a handset of the house, over both devices at once", async () => {
  const world = await router();
  const [port, handset] = [world.house.phone("port:2"), world.house.phone("handset:2")];
  await dial(port, "612");
  await handset.rings(20_000);
  await handset.lift();
  await world.settles("the call is up", ({ phones }) => {
    const talking = phones.filter(({ state }) => state === "inCall");
    return talking.length === 2 ? null : JSON.stringify(phones);
  });
  await handset.act({ kind: "hum", frequencyHz: notes["handset:2"], levelDbm0: -16, ms: null });
  await port.until(
    "hears the handset",
    ({ hearing }) => Math.abs((hearing.frequencyHz ?? 0) - notes["handset:2"]) < 30,
    10_000,
  );
  await Promise.all([port.hangUp(), handset.hangUp()]);
  await world.isQuiet();
});

test("an analog phone reads the caller's name and number from the sound between the rings", async (t) => {
  const world = await router();
  const port = world.house.phone("port:1");
  const alice = await world.alice(t);
  // A second of FSK without a gap: what an emulated processor does not manage at every call.
  for (let call = 1; ; call++) {
    const established = alice.events.length;
    alice.dial(world.uri("601"));
    await port.rings(20_000);
    const shown = await port.until("shows the caller", knowsAlice, 4000).catch(() => null);
    alice.hangUp();
    await alice.until("CALL_CLOSED", 10_000, established);
    await world.isQuiet();
    if (shown !== null) return t.diagnostic(`read at call ${call}`);
    assert.ok(call < CALLER_ID_CALLS, `not read at any of ${call} calls`);
  }
});
