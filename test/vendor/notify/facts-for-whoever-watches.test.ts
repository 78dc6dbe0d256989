import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fact, NotifyCommand } from "../../../src/message/notify.ts";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { openNotify } from "../../../src/vendor/notify/notify.ts";

function told(contacts: number): NotifyCommand {
  return { world: "notify", kind: "fact", fact: { kind: "bookChanged", contacts } };
}

function count(fact: Fact): number {
  return fact.kind === "bookChanged" ? fact.contacts : -1;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("every listener hears every fact in order, with its moment, after the event is done", async () => {
  const clock = new VirtualClock(1000);
  const notify = openNotify(clock);
  const heard: string[] = [];
  notify.onFact((fact, at) => heard.push(`a${count(fact)}@${at}`));
  notify.onFact((fact, at) => heard.push(`b${count(fact)}@${at}`));
  notify.perform(told(1));
  clock.advance(ms(5));
  notify.perform(told(2));
  assert.deepEqual(heard, [], "nobody is called inside the event");
  await nextTurn();
  assert.deepEqual(heard.sort(), ["a1@1000", "a2@1005", "b1@1000", "b2@1005"]);
});

test("a listener that throws costs the others nothing", async () => {
  const notify = openNotify(new VirtualClock());
  const heard: number[] = [];
  notify.onFact(() => {
    throw new Error("a bug of the listener");
  });
  notify.onFact((fact) => heard.push(count(fact)));
  notify.perform(told(1));
  notify.perform(told(2));
  await nextTurn();
  assert.deepEqual(heard, [1, 2]);
  assert.equal(notify.missed(), 2);
});

test("who has stopped listening hears nothing more, also of what was on its way", async () => {
  const notify = openNotify(new VirtualClock());
  const heard: number[] = [];
  const stop = notify.onFact((fact) => heard.push(count(fact)));
  notify.perform(told(1));
  stop();
  notify.perform(told(2));
  await nextTurn();
  assert.deepEqual(heard, []);
});

test("a burst beyond the bound is missed and counted, and the last facts can be looked up", async () => {
  const notify = openNotify(new VirtualClock());
  let heard = 0;
  notify.onFact(() => {
    heard += 1;
  });
  for (let n = 1; n <= 1500; n++) notify.perform(told(n));
  await nextTurn();
  assert.deepEqual([heard, notify.missed()], [1000, 500]);
  assert.deepEqual(
    [notify.recent().length, notify.recent()[0]?.fact, notify.recent().at(-1)?.fact],
    [200, { kind: "bookChanged", contacts: 1301 }, { kind: "bookChanged", contacts: 1500 }],
  );
});
