import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ask } from "../../src/api/control-client.ts";
import { openControlSocket } from "../../src/api/control-socket.ts";
import { Refusal } from "../../src/api/refusal.ts";
import type { Status } from "../../src/api/status.ts";
import { folder, StandIn } from "./stand-in.ts";

async function served(t: TestContext): Promise<{ readonly dir: string; readonly gateway: StandIn }> {
  const dir = await folder(t);
  const control = await openControlSocket(dir);
  t.after(() => control.close());
  const gateway = new StandIn();
  control.serve(gateway);
  return { dir, gateway };
}

function refusal(code: "usage" | "refused", says: RegExp) {
  return (error: unknown): boolean => error instanceof Refusal && error.code === code && says.test(error.message);
}

test("looking at the gateway gives its last known state", async (t) => {
  const { dir, gateway } = await served(t);
  const { calls, lines, phones, log, contacts } = gateway.view();
  assert.deepEqual(await ask(dir, "calls", []), calls);
  assert.deepEqual(await ask(dir, "lines", []), lines);
  assert.deepEqual(await ask(dir, "phones", []), phones);
  assert.deepEqual(await ask(dir, "log", []), log);
  assert.deepEqual(await ask(dir, "book", []), contacts);
  assert.deepEqual(await ask(dir, "events", []), gateway.recentFacts());
});

test("the status tells of voice, timers, queue, refused input and memory", async (t) => {
  const { dir } = await served(t);
  const status = (await ask(dir, "status", [])) as Status;
  assert.equal(status.voice, "ready");
  assert.equal(status.upMs, 61_000);
  assert.equal(status.missed, 1);
  assert.deepEqual(status.timers, [{ name: "noAnswer", owner: "call:3" }]);
  assert.deepEqual(status.figures.refused, { "sip malformed": 3 });
});

test("a voice path that does not answer leaves the status without its figures", async (t) => {
  const { dir, gateway } = await served(t);
  gateway.voiceStatus = () => Promise.reject(new Error("the worker is gone"));
  const status = (await ask(dir, "status", [])) as Status;
  assert.equal(status.voiceStatus, null);
});

test("an act at an emulated phone reaches its person, and the answer is what he perceives", async (t) => {
  const { dir, gateway } = await served(t);
  const report = (await ask(dir, "phone", ["port:1", "hum", "440", "-10", "1000"])) as { phone: string };
  assert.equal(report.phone, "port:1");
  assert.deepEqual(gateway.acts, [
    { phone: "port:1", action: { kind: "hum", frequencyHz: 440, levelDbm0: -10, ms: 1000 } },
  ]);
  await assert.rejects(ask(dir, "phone", ["port:1", "flash"]), refusal("refused", /^phone port:1: it is on-hook$/));
  await assert.rejects(
    ask(dir, "phone", ["port:9", "flash"]),
    refusal("refused", /no emulated port:9 — one of handset:1, port:1/),
  );
});

test("without emulated devices there is nobody to act", async (t) => {
  const { dir, gateway } = await served(t);
  gateway.emulator = null;
  await assert.rejects(
    ask(dir, "phone", ["port:1", "offhook"]),
    refusal("refused", /start the gateway with --emulate/),
  );
  await assert.rejects(ask(dir, "unplug", ["base:1"]), refusal("refused", /start the gateway with --emulate/));
});

test("devices are unplugged and plugged by name", async (t) => {
  const { dir } = await served(t);
  assert.deepEqual(await ask(dir, "unplug", ["base:1"]), { done: "base:1 is unplugged" });
  assert.deepEqual(await ask(dir, "plug", ["base:1"]), { done: "base:1 is plugged in" });
  await assert.rejects(ask(dir, "unplug", ["dongle:4"]), refusal("refused", /there is no dongle:4/));
  await assert.rejects(ask(dir, "unplug", ["stick"]), refusal("usage", /"stick" is no device/));
});

test("the phone book is changed by events of people", async (t) => {
  const { dir, gateway } = await served(t);
  assert.deepEqual(await ask(dir, "book", ["add", "Bob", "0301234", "bob"]), { done: "Bob is in the phone book" });
  await ask(dir, "book", ["remove", "1"]);
  const at = gateway.now();
  assert.deepEqual(gateway.posted, [
    { world: "admin", kind: "addContact", at, name: "Bob", numbers: ["0301234", "bob"] },
    { world: "admin", kind: "removeContact", at, id: 1 },
  ]);
  await assert.rejects(ask(dir, "book", ["remove", "9"]), refusal("refused", /there is no entry 9/));
  await assert.rejects(ask(dir, "book", ["add", "Bob"]), refusal("usage", /NAME NUMBER/));
  await assert.rejects(ask(dir, "book", ["add", "a\nb", "1"]), refusal("usage", /on one line/));
  await assert.rejects(ask(dir, "book", ["add", "Bob", "not a number"]), refusal("usage", /is no number/));
  await assert.rejects(ask(dir, "book", ["burn"]), refusal("usage", /offhook book \[list/));
});

test("a change of the phone book that can not be saved is done, and said not to be saved with the reason", async (t) => {
  const { dir, gateway } = await served(t);
  gateway.unsaved = { book: "ENOSPC: no space left on device", calls: null };
  const says = /^(Bob is in|Alice Softphone is no longer in) the phone book, but that is not saved \(ENOSPC: no space/;
  await assert.rejects(ask(dir, "book", ["add", "Bob", "0301234"]), refusal("refused", says));
  await assert.rejects(ask(dir, "book", ["remove", "1"]), refusal("refused", says));
  assert.deepEqual(
    gateway.posted.map((event) => event.kind),
    ["addContact", "removeContact"],
  );
  assert.deepEqual(((await ask(dir, "status", [])) as Status).unsaved, gateway.unsaved);
});

test("a call is ended by its name or its number", async (t) => {
  const { dir, gateway } = await served(t);
  await ask(dir, "hangup", ["3"]);
  await ask(dir, "hangup", ["call:3"]);
  assert.deepEqual(
    gateway.posted.map((event) => event.kind),
    ["hangUp", "hangUp"],
  );
  await assert.rejects(ask(dir, "hangup", ["4"]), refusal("refused", /there is no call 4 — see `offhook calls`/));
});

test("an unknown command and too many words are wrong usage", async (t) => {
  const { dir } = await served(t);
  await assert.rejects(ask(dir, "explode", []), refusal("usage", /there is no command "explode"/));
  await assert.rejects(ask(dir, "status", ["please"]), refusal("usage", /write: offhook status/));
});

test("before the gateway is up the answer says so", async (t) => {
  const dir = await folder(t);
  const control = await openControlSocket(dir);
  t.after(() => control.close());
  await assert.rejects(ask(dir, "status", []), refusal("refused", /is starting/));
});

test("where no gateway runs the answer names the directory and the way out", async (t) => {
  const dir = await folder(t);
  await assert.rejects(ask(dir, "status", []), refusal("refused", /no gateway runs in .* — start one with/));
  await assert.rejects(ask(join(dir, "none"), "status", []), refusal("refused", /no gateway runs in/));
});

test("whoever follows the events is done when the gateway is", async (t) => {
  const dir = await folder(t);
  const control = await openControlSocket(dir);
  control.serve(new StandIn());
  const followed = ask(dir, "events", ["--follow"]);
  await ask(dir, "status", []);
  await control.close();
  assert.equal(await followed, null);
});

test("nobody but its owner may use the control socket", async (t) => {
  const { dir } = await served(t);
  assert.equal((await stat(join(dir, "offhook.sock"))).mode & 0o777, 0o600);
});

test("whoever follows the events gets each as it comes, and is forgotten when he goes", async (t) => {
  const { dir, gateway } = await served(t);
  const items: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    const listener = {
      item(item: unknown) {
        items.push(item);
        if (items.length === 2) void gateway.close().then(resolve);
      },
      dropped: () => reject(new Error("nothing may be dropped")),
    };
    ask(dir, "events", ["--follow"], listener).catch(() => {});
    ask(dir, "status", []).then(() => {
      gateway.tell({ kind: "phoneChanged", phone: "port:1", state: "offHook" });
      gateway.tell({ kind: "phoneChanged", phone: "port:1", state: "idle" });
    }, reject);
  });
  assert.deepEqual(
    items.map((item) => (item as { fact: { state: string } }).fact.state),
    ["offHook", "idle"],
  );
});

test("a device is given trouble on its bus by kind, and what makes no sense is refused with what does", async (t) => {
  const { dir } = await served(t);
  assert.deepEqual(await ask(dir, "trouble", ["base:1", "stall"]), { done: "base:1 has trouble: stall" });
  assert.deepEqual(await ask(dir, "trouble", ["base:1", "nak", "200"]), { done: "base:1 has trouble: nak" });
  for (const wrong of [["wobble"], ["nak"], ["nak", "0"], ["stall", "5"], ["stall", "in1", "x"]])
    await assert.rejects(ask(dir, "trouble", ["base:1", ...wrong]), refusal("usage", /write: offhook trouble DEVICE/));
});
