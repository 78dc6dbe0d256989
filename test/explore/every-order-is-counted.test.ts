import assert from "node:assert/strict";
import { test } from "node:test";
import { explore } from "../../src/explore/explore.ts";
import { type Moment, momentsOf, type Recorded } from "../../src/explore/moment.ts";
import { type Choice, type Liberties, Order, type Pending, pendingOf } from "../../src/explore/order.ts";
import { run } from "../../src/simulation/run.ts";
import { scriptOf } from "../../src/simulation/script.ts";
import { UpperHalf } from "../../src/upper-half.ts";

const fresh = () => new UpperHalf();

/** The journal of a house in which everything happens, but for handlers that throw: nobody makes them do so here. */
function journalOf(seed: number, calls: number): Recorded[] {
  const script = scriptOf(seed, calls).filter(({ verb }) => verb !== "bug");
  const { journal } = run(seed, { calls, script, hash: false, journal: true });
  return journal.map((line) => JSON.parse(line) as Recorded); // written by `run`
}

/** One after the other, without knowing that two of them end alike. */
function oneByOne(moment: Moment, pending: readonly Pending[], liberties: Liberties, path: readonly Choice[]): bigint {
  const order = new Order(moment, pending, liberties, fresh);
  for (const choice of path) order.take(choice);
  assert.equal(order.branch.failure, null);
  const choices = order.choices();
  if (choices.length === 0) return 1n;
  return choices.reduce((sum, choice) => sum + oneByOne(moment, pending, liberties, [...path, choice]), 0n);
}

const cases = [
  { seed: 5, calls: 5, window: 4, liberties: { duplicates: 0, losses: 0, expiries: 0, whims: 0 } },
  { seed: 4, calls: 2, window: 3, liberties: { duplicates: 1, losses: 1, expiries: 1, whims: 1 } },
];

for (const { seed, calls, window, liberties } of cases)
  test(`orders that are known to end alike are as many as when each is run by itself, seed ${seed}`, () => {
    let orders = 0n;
    let runs = 0n;
    for (const moment of momentsOf(journalOf(seed, calls), window, fresh)) {
      const found = explore(moment, { ...liberties, states: 100_000, fresh });
      const told = `after event ${moment.after}`;
      assert.deepEqual(found.findings, [], told);
      assert.equal(found.orders, oneByOne(moment, pendingOf(moment, fresh), liberties, []), told);
      orders += found.orders * BigInt(moment.pending.length);
      runs += BigInt(found.runs);
    }
    assert.ok(runs < orders, `${runs} histories were run for ${orders} steps`);
  });

test("the recorded order is one of them, and gives the commands that were recorded", () => {
  const liberties = { duplicates: 0, losses: 0, expiries: 0, whims: 0 };
  let compared = 0;
  const entries = journalOf(6, 30);
  for (const moment of momentsOf(entries, 6, fresh)) {
    const order = new Order(moment, pendingOf(moment, fresh), liberties, fresh);
    for (const index of moment.pending.keys()) {
      assert.ok(order.choices().includes(String(index)), `event ${moment.pending[index]?.n} after ${moment.after}`);
      order.take(String(index));
    }
    const here = order.branch.happened.slice(-moment.pending.length);
    const recorded = entries.slice(moment.after, moment.after + here.length);
    assert.deepEqual(
      here.map(({ event, commands }) => ({ event, commands })),
      recorded.map(({ event, commands }) => ({ event, commands })),
    );
    compared += here.length;
  }
  assert.ok(compared > 300, `only ${compared} events were compared`);
});
