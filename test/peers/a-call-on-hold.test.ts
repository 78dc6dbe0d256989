import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { StreamStatus } from "../../src/voice/contract.ts";
import type { Baresip } from "./harness/baresip.ts";
import type { House } from "./harness/house.ts";
import type { Phone } from "./harness/phone.ts";
import { notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

// baresip's recording ends at a re-INVITE (1.0.0 puts no filter into the new player): what goes out to it after one is
// read off the gateway's own streams, what comes from it is heard at the analog phone.

interface Talk {
  readonly house: House;
  readonly alice: Baresip;
  readonly port: Phone;
}

async function talk(t: TestContext): Promise<Talk> {
  const world = await World.open(t);
  const { house } = world;
  const alice = await world.alice();
  const port = house.phone("port:1");
  alice.dial(house.uri("601"));
  await port.rings();
  await port.lift();
  await alice.until("CALL_ESTABLISHED");
  await hearsAlice(port);
  return { house, alice, port };
}

function hearsAlice(port: Phone): Promise<unknown> {
  const itIsHer = (frequencyHz: number | null) => Math.abs((frequencyHz ?? 0) - notes.softphone) < 10;
  return port.until("hears Alice", ({ hearing }) => hearing.what === "sound" && itIsHer(hearing.frequencyHz));
}

async function rtpStream(house: House): Promise<StreamStatus> {
  const stream = (await house.status()).voiceStatus?.streams.find(({ endpoint }) => endpoint.startsWith("rtp:"));
  assert.ok(stream !== undefined, "no RTP stream is open");
  return stream;
}

/** Voice flows both ways again, joined with the analog phone. */
async function assertTalking({ house, port }: Talk): Promise<void> {
  await hearsAlice(port);
  const before = await rtpStream(house);
  assert.match(before.peer ?? "", /^usb:dongle:1:0$/);
  await house.untilStatus("packets flow both ways", 3000, ({ voiceStatus }) => {
    const now = voiceStatus?.streams.find(({ endpoint }) => endpoint === before.endpoint);
    return now !== undefined && now.sent > before.sent + 20 && now.received > before.received + 20;
  });
}

async function hangUp({ house, alice, port }: Talk): Promise<void> {
  alice.hangUp();
  await port.hangUp();
  await house.isQuiet();
}

test("the flash key holds the softphone, whose voice path is parted, and takes it back", async (t) => {
  const call = await talk(t);
  const { house, port } = call;
  await port.act({ kind: "flash" });
  await house.fact("callHeld");
  await port.hears("silence");
  assert.equal((await rtpStream(house)).peer, null);
  await port.act({ kind: "flash" });
  await house.fact("callResumed");
  await assertTalking(call);
  await hangUp(call);
});

test("the softphone holds: the person at the analog phone hears silence, and the talk goes on after", async (t) => {
  const call = await talk(t);
  const { house, alice, port } = call;
  alice.hold();
  await house.fact("callHeld");
  await port.hears("silence");
  alice.resume();
  await house.fact("callResumed");
  await assertTalking(call);
  await hangUp(call);
});
