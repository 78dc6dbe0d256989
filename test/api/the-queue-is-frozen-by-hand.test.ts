import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ask } from "../../src/api/control-client.ts";
import { openControlSocket } from "../../src/api/control-socket.ts";
import { Refusal } from "../../src/api/refusal.ts";
import type { Status } from "../../src/api/status.ts";
import { Freezer } from "../../src/freezer.ts";
import { Proactor } from "../../src/logic/proactor.ts";
import type { Event } from "../../src/message/event.ts";
import { instant, ms } from "../../src/message/units.ts";
import { VirtualClock } from "../../src/vendor/clock/clock.ts";
import { folder, StandIn } from "./stand-in.ts";

const event: Event = { world: "fxs", kind: "wentOffHook", port: "port:1", at: instant(5) };

async function served(t: TestContext): Promise<{ readonly dir: string; readonly gateway: StandIn }> {
  const dir = await folder(t);
  const control = await openControlSocket(dir);
  t.after(() => control.close());
  const gateway = new StandIn();
  control.serve(gateway);
  return { dir, gateway };
}

function says(what: RegExp) {
  return (error: unknown): boolean => error instanceof Refusal && what.test(error.message);
}

test("frozen, the status says since when and how many wait, one event is handled at a time, and resume goes on", async (t) => {
  const { dir, gateway } = await served(t);
  assert.equal(((await ask(dir, "status", [])) as Status).frozen, null);
  await ask(dir, "freeze", []);
  gateway.queue.waiting.push(event, event);
  const { frozen } = (await ask(dir, "status", [])) as Status;
  assert.deepEqual([frozen?.since, frozen?.forMs, frozen?.waiting], [gateway.startedAt + 1000, 60_000, 2]);
  const step = (await ask(dir, "freeze", ["--step"])) as { readonly done: string };
  const commands = [{ world: "watchdog", kind: "feed" }];
  assert.deepEqual({ ...step, done: "" }, { done: "", event, commands, waiting: 1 });
  assert.match(step.done, /wentOffHook[\s\S]*-> .*feed[\s\S]*1 events wait/);
  assert.match(((await ask(dir, "resume", [])) as { done: string }).done, /goes on, 1 events waited/);
  assert.equal(gateway.queue.frozen(), null);
});

test("what changes nothing answers as always while the queue is frozen, and what does says that it waits", async (t) => {
  const { dir, gateway } = await served(t);
  await ask(dir, "freeze", []);
  assert.deepEqual(await ask(dir, "calls", []), gateway.view().calls);
  const { done } = (await ask(dir, "hangup", ["3"])) as { readonly done: string };
  assert.equal(done, "call:3 is being ended — after `offhook resume`: the queue is frozen");
});

test("freezing twice, or stepping and resuming what moves, is refused with the way out", async (t) => {
  const { dir } = await served(t);
  await assert.rejects(ask(dir, "resume", []), says(/moves already/));
  await assert.rejects(ask(dir, "freeze", ["--step"]), says(/stop it first, with `offhook freeze`/));
  await ask(dir, "freeze", []);
  await assert.rejects(ask(dir, "freeze", []), says(/frozen already — go on with `offhook resume`/));
  await assert.rejects(ask(dir, "freeze", ["now"]), says(/write: offhook freeze \[--step\]/));
});

test("a forgotten freeze ends by itself when ten thousand events wait, and every one of them is handled", () => {
  const clock = new VirtualClock();
  const wakes: (() => void)[] = [];
  let handled = 0;
  const handle = () => {
    handled += 1;
    return [];
  };
  const proactor = new Proactor({ handle, done: () => {}, clock: () => 0, wake: (drain) => wakes.push(drain) });
  const told: (boolean | string)[] = [];
  const watchdog = {
    start() {},
    perform() {},
    watching: <T>(_event: Event, run: () => T) => run(),
    frozen: (on: boolean) => void told.push(on),
    close() {},
  };
  const freezer = new Freezer({ proactor, watchdog, clock, report: (problem) => void told.push(problem) });
  freezer.freeze();
  clock.advance(ms(2000));
  for (let n = 0; n < 10_001; n++) proactor.post(event);
  assert.equal(freezer.frozen(), null);
  for (const wake of wakes) wake();
  assert.equal(handled, 10_001);
  assert.deepEqual(told, [
    true,
    "the queue is frozen: nobody's call goes on until `offhook resume`",
    "10000 events wait in the frozen queue, and there is no room for more",
    false,
    "the queue goes on after 2.0 s, 10000 events waited",
  ]);
});
