import assert from "node:assert/strict";
import { Meter } from "../../../src/emulator/ear/meter.ts";
import { countries } from "../../../src/message/country.ts";
import type { HandsetName } from "../../../src/message/name.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { ccMessages, discriminators, lceMessages, mmMessages } from "../../../src/vendor/reference/wire/cc.ts";
import { BASE_PRODUCT_ID } from "../../../src/vendor/reference/wire/descriptor.ts";
import type { Element } from "../../../src/vendor/reference/wire/element.ts";
import {
  caller,
  display,
  readKeypad,
  readReleaseReason,
  releaseReason,
  signal,
} from "../../../src/vendor/reference/wire/information.ts";
import { decodeSubscriptions } from "../../../src/vendor/reference/wire/subscription.ts";
import { atEveryDoor, type Door } from "../doors.ts";
import { frames, progressTone, sines } from "../sounds.ts";
import { pass, settle, until, when } from "../time.ts";
import { player, WireHost } from "../wire-host.ts";

async function world(door: Door, handsets = 1) {
  const clock = new VirtualClock(1_700_000_000_000);
  const house = door.open({ handsets, ports: 0, country: "DE" }, clock);
  const host = await WireHost.attach(house.bus, BASE_PRODUCT_ID);
  const person = (n: number) => {
    const found = house.person(`handset:${n}` satisfies HandsetName);
    assert.ok(found);
    return found;
  };
  const end = async () => {
    await host.detach();
    await house.close();
    assert.equal(clock.pending, 0);
  };
  return { clock, house, host, person, end };
}

const outgoing = { byHandset: false, value: 0 };

function send(
  host: WireHost,
  handset: number,
  message: number,
  elements: readonly Element[] = [],
  { transaction = outgoing, channel = null as number | null } = {},
): Promise<void> {
  return host.link({ handset, discriminator: discriminators.cc, transaction, message, channel, elements });
}

function setup(host: WireHost, handset: number): Promise<void> {
  const elements = [signal("alertingExternal"), ...caller({ number: "+4930123456", name: "Ännchen" })];
  return send(host, handset, ccMessages.setup, elements, { channel: handset - 1 });
}

/** The messages that came, in order. */
function messages(host: WireHost, handset = 1): number[] {
  return host.links.filter((link) => link.handset === handset).map(({ message }) => message);
}

const { alerting, connect, connectAck, info, release, releaseCom, setupAck, callProc } = ccMessages;

atEveryDoor("a call to a handset: it alerts, shows the caller, is answered, talks, and hangs up", async (door) => {
  const { clock, host, person, end } = await world(door);
  await setup(host, 1);
  await pass(clock, 100);
  assert.equal(person(1).look().ringing, false);
  await pass(clock, 200);
  assert.deepEqual(messages(host), [alerting]);
  assert.equal(person(1).look().ringing, true);
  assert.deepEqual(person(1).look().display, ["Ännchen", "+4930123456"]);
  await person(1).act({ kind: "offhook" });
  assert.equal(person(1).look().ringing, false);
  await settle();
  assert.deepEqual(messages(host), [alerting, connect]);
  host.sound = player(sines([1000], -10, 20_000));
  await host.open(0, "L16");
  await host.run();
  await pass(clock, 300);
  assert.equal(person(1).look().hearing.what, "silence");
  await send(host, 1, connectAck);
  await person(1).act({ kind: "hum", frequencyHz: 600, levelDbm0: -15, ms: null });
  await pass(clock, 500);
  assert.ok(Math.abs(person(1).look().hearing.levelDbm0 + 10) < 0.1);
  const meter = new Meter();
  for (const frame of frames(host.heard(0)).slice(-10)) meter.hear(frame);
  assert.ok(Math.abs((meter.frequencyHz ?? 0) - 600) < 1);
  assert.ok(Math.abs(meter.levelDbm0 + 15) < 0.1);
  await person(1).act({ kind: "onhook" });
  await settle();
  assert.deepEqual(messages(host), [alerting, connect, release]);
  await send(host, 1, releaseCom);
  await pass(clock, 50);
  assert.deepEqual(person(1).look().display, []);
  assert.deepEqual(messages(host), [alerting, connect, release]);
  await end();
});

atEveryDoor("a call that is taken back: the handset stops ringing and confirms once", async (door) => {
  const { clock, host, person, end } = await world(door);
  await setup(host, 1);
  await pass(clock, 300);
  await send(host, 1, release, [releaseReason("answeredElsewhere")]);
  await pass(clock, 50);
  assert.equal(person(1).look().ringing, false);
  assert.deepEqual(messages(host), [alerting, releaseCom]);
  await end();
});

atEveryDoor("a release while the base still pages is confirmed at once, and the handset never rings", async (door) => {
  const { clock, host, person, end } = await world(door);
  await setup(host, 1);
  await send(host, 1, release);
  await pass(clock, 6000);
  assert.deepEqual(messages(host), [releaseCom]);
  assert.equal(person(1).look().ringing, false);
  await end();
});

atEveryDoor(
  "an absent handset fails its page after 5 s, silently until then, and its release is confirmed by the base",
  async (door) => {
    const { clock, host, person, end } = await world(door, 2);
    await person(2).act({ kind: "away" });
    await setup(host, 1);
    await setup(host, 2);
    const took = await when(clock, () => messages(host, 2).length > 0);
    assert.ok(Math.abs(took - 5000) <= 10, String(took));
    assert.deepEqual(messages(host, 2), [lceMessages.pageFailed]);
    assert.deepEqual(messages(host, 1), [alerting]);
    await send(host, 2, release, [releaseReason("notInRange")]);
    await settle();
    assert.deepEqual(messages(host, 2), [lceMessages.pageFailed, releaseCom]);
    await person(2).act({ kind: "back" });
    await settle();
    assert.equal(host.links.at(-1)?.message, mmMessages.locateRequest);
    await end();
  },
);

atEveryDoor("a handset that comes back while it is paged answers the page", async (door) => {
  const { clock, host, person, end } = await world(door);
  await person(1).act({ kind: "away" });
  await setup(host, 1);
  await pass(clock, 2000);
  await person(1).act({ kind: "back" });
  await pass(clock, 300);
  assert.equal(person(1).look().ringing, true);
  await pass(clock, 5000);
  assert.ok(!messages(host).includes(lceMessages.pageFailed));
  await end();
});

atEveryDoor("a handset alerts as late as it was told to, and refuses when it is busy", async (door) => {
  const { clock, host, person, end } = await world(door);
  await person(1).act({ kind: "alertAfter", ms: 3000 });
  await setup(host, 1);
  await pass(clock, 2900);
  assert.deepEqual(messages(host), []);
  await pass(clock, 300);
  assert.deepEqual(messages(host), [alerting]);
  await send(host, 1, release);
  await pass(clock, 50);
  host.forget();
  await person(1).act({ kind: "busy", on: true });
  await setup(host, 1);
  await pass(clock, 200);
  assert.deepEqual(messages(host), [releaseCom]);
  assert.equal(readReleaseReason(host.links[0]?.elements ?? []), "busy");
  await end();
});

atEveryDoor("the person presses the red key while it rings: the call is refused", async (door) => {
  const { clock, host, person, end } = await world(door);
  await setup(host, 1);
  await pass(clock, 300);
  await person(1).act({ kind: "onhook" });
  await settle();
  assert.deepEqual(messages(host), [alerting, release]);
  assert.equal(readReleaseReason(host.links.at(-1)?.elements ?? []), "rejected");
  await send(host, 1, releaseCom);
  await end();
});

atEveryDoor("both release at once: each takes the other's for the confirmation", async (door) => {
  const { clock, host, person, end } = await world(door);
  await setup(host, 1);
  await pass(clock, 300);
  await person(1).act({ kind: "offhook" });
  await send(host, 1, connectAck);
  await pass(clock, 50);
  host.forget();
  await send(host, 1, release);
  await person(1).act({ kind: "onhook" });
  await pass(clock, 100);
  assert.deepEqual(messages(host), [release]);
  await setup(host, 1);
  await pass(clock, 300);
  assert.equal(person(1).look().ringing, true);
  await end();
});

atEveryDoor(
  "a handset calls: dial tone by sound, keys as messages, R as register recall, text on the display",
  async (door) => {
    const { clock, host, person, end } = await world(door);
    await host.open(2, "L16");
    host.sound = player(progressTone(countries.DE.tones.dial, 20_000));
    await host.run();
    const dialled = until(clock, person(1).act({ kind: "dial", number: "*600#" }));
    await when(clock, () => host.links.length > 0);
    const [first] = host.links;
    assert.ok(first);
    assert.equal(first.message, ccMessages.setup);
    assert.equal(first.transaction.byHandset, true);
    const { transaction } = first;
    await send(host, 1, setupAck, [], { transaction, channel: 2 });
    await dialled;
    const keys = () => host.links.map(({ elements }) => readKeypad(elements)).join("");
    assert.equal(keys(), "*600#");
    await send(host, 1, callProc, [], { transaction });
    await send(host, 1, connect, [display("Echo\nnumber 600")], { transaction });
    await pass(clock, 50);
    assert.equal(messages(host).at(-1), connectAck);
    assert.deepEqual(person(1).look().display, ["Echo", "number 600"]);
    await until(clock, person(1).act({ kind: "press", keys: "R2" }));
    assert.equal(keys(), "*600#\x152");
    await send(host, 1, info, [...caller({ number: "610", name: null })], { transaction });
    await pass(clock, 50);
    assert.equal(person(1).look().caller?.number, "610");
    await send(host, 1, release, [], { transaction });
    await pass(clock, 50);
    assert.equal(person(1).look().hook, "on");
    assert.equal(messages(host).at(-1), releaseCom);
    await end();
  },
);

atEveryDoor("keys pressed before the base is ready are sent when it is", async (door) => {
  const { clock, host, person, end } = await world(door);
  await person(1).act({ kind: "offhook" });
  await until(clock, person(1).act({ kind: "press", keys: "12" }));
  const transaction = host.links[0]?.transaction ?? outgoing;
  await send(host, 1, setupAck, [], { transaction, channel: 0 });
  await pass(clock, 50);
  assert.equal(readKeypad(host.links.at(-1)?.elements ?? []), "12");
  await end();
});

atEveryDoor(
  "a handset that walks out of range in a call is released for after 5 s, one that comes back talks on",
  async (door) => {
    const { clock, host, person, end } = await world(door);
    await setup(host, 1);
    await pass(clock, 300);
    await person(1).act({ kind: "offhook" });
    await send(host, 1, connectAck);
    await person(1).act({ kind: "away" });
    await pass(clock, 3000);
    await person(1).act({ kind: "back" });
    await pass(clock, 4000);
    assert.equal(person(1).look().hook, "off");
    assert.ok(!messages(host).includes(release));
    await person(1).act({ kind: "away" });
    await pass(clock, 5100);
    assert.equal(messages(host).at(-1), release);
    assert.equal(readReleaseReason(host.links.at(-1)?.elements ?? []), "notInRange");
    assert.equal(person(1).look().hook, "on");
    await send(host, 1, releaseCom);
    await assert.rejects(person(1).act({ kind: "offhook" }), /handset:1 is out of range of its base/);
    await end();
  },
);

atEveryDoor(
  "malformed link frames stall, unknown transactions are answered, unknown messages are dropped",
  async (door) => {
    const { clock, host, person, end } = await world(door);
    for (const octets of [[], [1, 3, 0], [9, 3, 0, 5, 0, 0], [1, 3, 0, 5, 8, 0], [1, 3, 0, 5, 0, 0, 0x28, 9, 1]])
      await assert.rejects(host.tell("linkSend", 0, 0, octets), /stalled/);
    await assert.rejects(host.tell("slicWrite", 64, 0, [1]), /stalled/);
    await send(host, 1, connectAck);
    await settle();
    assert.deepEqual(messages(host), [releaseCom]);
    assert.equal(readReleaseReason(host.links[0]?.elements ?? []), "unknown");
    await send(host, 1, releaseCom);
    await setup(host, 1);
    await assert.rejects(setup(host, 1), /stalled/);
    await send(host, 1, 0x77);
    await pass(clock, 300);
    assert.equal(person(1).look().ringing, true);
    assert.deepEqual(messages(host), [releaseCom, alerting]);
    await end();
  },
);

atEveryDoor("a second call to a handset in use is busy, and the first goes on", async (door) => {
  const { clock, host, person, end } = await world(door);
  await setup(host, 1);
  await pass(clock, 300);
  await person(1).act({ kind: "offhook" });
  await send(host, 1, connectAck);
  const second = { byHandset: false, value: 1 };
  await send(host, 1, ccMessages.setup, [], { transaction: second, channel: 3 });
  await pass(clock, 200);
  const last = host.links.at(-1);
  assert.deepEqual([last?.message, last?.transaction.value], [releaseCom, 1]);
  assert.equal(person(1).look().hook, "off");
  await end();
});

atEveryDoor("a new session lets every handset go", async (door) => {
  const { clock, host, person, end } = await world(door);
  await setup(host, 1);
  await pass(clock, 300);
  await host.tell("session", 1, 0);
  assert.equal(person(1).look().ringing, false);
  await end();
});

atEveryDoor("the base tells who is subscribed", async (door) => {
  const { host, end } = await world(door, 3);
  const list = decodeSubscriptions(await host.ask("subscriptions", 0, 0, 640));
  assert.ok(list.ok);
  assert.deepEqual(
    list.value.map(({ handset, formats }) => [handset, formats]),
    [1, 2, 3].map((handset) => [handset, ["L16"]]),
  );
  assert.equal(new Set(list.value.map(({ ipui }) => ipui)).size, 3);
  await end();
});
