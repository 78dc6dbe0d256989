import assert from "node:assert/strict";
import { test } from "node:test";
import { Proactor } from "../../src/logic/proactor.ts";
import { TimerBoard } from "../../src/logic/timers.ts";
import type { Command } from "../../src/message/command.ts";
import type { Event } from "../../src/message/event.ts";
import { instant, ms } from "../../src/message/units.ts";

function hangUp(n: number): Event {
  return { world: "admin", kind: "hangUp", call: `call:${n}`, at: instant(n) };
}

/** A Proactor whose wake-ups are in the test's hand. */
function rig(handle: (event: Event) => readonly Command[] = () => []) {
  const order: number[] = [];
  const wakes: (() => void)[] = [];
  let now = 0;
  const proactor = new Proactor({
    handle: (event) => {
      order.push(event.at);
      return handle(event);
    },
    done: () => {},
    clock: () => now++,
    wake: (drain) => wakes.push(drain),
  });
  return { proactor, order, wakes, turn: () => wakes.shift()?.() };
}

test("events are handled one at a time in the order they were posted, and posting runs nothing", () => {
  const { proactor, order, wakes, turn } = rig();
  for (const n of [3, 1, 2]) proactor.post(hangUp(n));
  assert.deepEqual(order, []);
  assert.equal(wakes.length, 1, "one wake-up for all");
  turn();
  assert.deepEqual(order, [3, 1, 2]);
  assert.equal(wakes.length, 0, "an empty queue wakes nobody");
});

test("what a handler posts to itself waits for its turn, after what others posted before", () => {
  const bench = rig((event) => {
    if (event.at === 1) bench.proactor.post(hangUp(10));
    return [];
  });
  bench.proactor.post(hangUp(1));
  bench.proactor.post(hangUp(2));
  bench.turn();
  assert.deepEqual(bench.order, [1, 2]);
  bench.turn();
  assert.deepEqual(bench.order, [1, 2, 10]);
});

test("frozen, the queue grows and nothing changes; resumed, it drains in order", () => {
  const { proactor, order, wakes, turn } = rig();
  proactor.freeze();
  for (const n of [1, 2, 3]) proactor.post(hangUp(n));
  assert.equal(wakes.length, 0);
  assert.equal(proactor.waiting, 3);
  proactor.resume();
  turn();
  assert.deepEqual(order, [1, 2, 3]);
});

test("frozen in the middle of a drain, the rest keeps its place before what comes later", () => {
  const bench = rig((event) => {
    if (event.at === 1) bench.proactor.freeze();
    return [];
  });
  for (const n of [1, 2]) bench.proactor.post(hangUp(n));
  bench.turn();
  bench.proactor.post(hangUp(3));
  assert.deepEqual(bench.order, [1]);
  bench.proactor.resume();
  bench.turn();
  assert.deepEqual(bench.order, [1, 2, 3]);
});

test("a frozen queue is stepped through one event at a time, and what a step posts waits at its end", () => {
  const bench = rig((event) => {
    if (event.at === 1) bench.proactor.post(hangUp(10));
    return [{ world: "watchdog", kind: "feed" }];
  });
  assert.throws(() => bench.proactor.step(), /only a frozen queue/);
  bench.proactor.freeze();
  for (const n of [1, 2]) bench.proactor.post(hangUp(n));
  assert.deepEqual(bench.proactor.step(), { event: hangUp(1), commands: [{ world: "watchdog", kind: "feed" }] });
  assert.deepEqual(bench.order, [1]);
  assert.deepEqual([bench.proactor.step()?.event.at, bench.proactor.step()?.event.at], [2, 10]);
  assert.equal(bench.proactor.step(), null);
  assert.equal(bench.wakes.length, 0);
});

test("a handler that steps through its own queue is refused", () => {
  let nested: unknown = null;
  const bench = rig(() => {
    try {
      bench.proactor.step();
    } catch (fault) {
      nested = fault;
    }
    return [];
  });
  bench.proactor.freeze();
  for (const n of [1, 2]) bench.proactor.post(hangUp(n));
  bench.proactor.step();
  assert.match(String(nested), /from outside/);
  assert.deepEqual([bench.order, bench.proactor.waiting], [[1], 1]);
});

test("a frozen queue that is full is told before the next event enters, and none is lost", () => {
  const { proactor, order, turn } = rig();
  const sizes: number[] = [];
  const full = (): void => {
    sizes.push(proactor.waiting);
    proactor.resume();
  };
  proactor.freeze({ most: 3, full });
  for (const n of [1, 2, 3, 4, 5]) proactor.post(hangUp(n));
  turn();
  assert.deepEqual([sizes, order], [[3], [1, 2, 3, 4, 5]]);
});

test("the time a queue was frozen is no delay of the queue's", () => {
  let now = 0;
  const wakes: (() => void)[] = [];
  const proactor = new Proactor({
    handle: () => [],
    done: () => {},
    clock: () => now,
    wake: (drain) => wakes.push(drain),
  });
  proactor.freeze();
  proactor.post(hangUp(1));
  now = 60_000;
  proactor.resume();
  now = 60_002;
  wakes.shift()?.();
  assert.equal(proactor.queueDelayMs.summary().max, 2);
});

test("a handler that drains the queue from inside is refused", () => {
  let nested: unknown = null;
  const bench = rig((event) => {
    if (event.at === 9) return [];
    bench.proactor.post(hangUp(9));
    try {
      bench.turn();
    } catch (fault) {
      nested = fault;
    }
    return [];
  });
  bench.proactor.post(hangUp(1));
  bench.turn();
  assert.match(String(nested), /drained from inside a handler/);
  assert.deepEqual(bench.order, [1]);
  bench.turn();
  assert.deepEqual(bench.order, [1, 9], "and what was posted is handled in its turn");
});

test("queue delay and handler time are counted", () => {
  const { proactor, turn } = rig();
  for (let n = 0; n < 100; n++) proactor.post(hangUp(n));
  turn();
  assert.equal(proactor.handled, 100);
  assert.ok(proactor.queueDelayMs.summary().max > 0);
  assert.ok(proactor.handlerMs.summary().p50 > 0);
});

test("a timer cancelled after it has fired, or fired after it was cancelled, does nothing", () => {
  const sent: Command[] = [];
  const board = new TimerBoard((command) => sent.push(command));
  let fired = 0;
  const stop = board.start("a", "test", ms(10), () => {
    fired += 1;
  });
  board.expired("timer:1");
  stop();
  board.expired("timer:1");
  assert.equal(fired, 1);
  const stopB = board.start("b", "test", ms(10), () => {
    fired += 1;
  });
  stopB();
  stopB();
  board.expired("timer:2");
  assert.equal(fired, 1);
  assert.deepEqual(
    sent.map((command) => command.kind),
    ["start", "start", "cancel"],
  );
  assert.deepEqual(board.list(), []);
});
