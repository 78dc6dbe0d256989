import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Exploration } from "../../src/explore/explore.ts";
import { Flagship } from "./flagship.ts";

/** The flagship scenario (DESIGN section 1; rows G32-G42): an INVITE has rung the phones, and then everything comes at once. */
function holds(t: TestContext, found: Exploration, orders: bigint): void {
  for (const { failure, history, before } of found.findings) {
    const story = history.slice(before).map(({ event }) => JSON.stringify(event));
    assert.fail(`${failure.rule}: ${failure.objects.join(" ")} ${failure.why}\n${story.join("\n")}`);
  }
  assert.ok(found.complete, "there were more states than were wanted");
  assert.equal(found.orders, orders);
  t.diagnostic(`${found.orders} interleavings, ${found.states} states, ${found.runs} histories were run`);
}

const handsets = ["handset:1", "handset:2", "handset:3"] as const;

test("one alerts, two are away, and the caller gives up, each of them told once or twice: in every interleaving nothing is left", (t) => {
  const flagship = new Flagship(handsets)
    .handset(2, "alerting")
    .handset(1, "pageFailed")
    .handset(3, "pageFailed")
    .caller("cancelled");
  // 4 events, all of them twice: 8! / 2^4 interleavings, none of which ends before.
  holds(t, flagship.explored({ duplicates: 4 }), 2520n);
  holds(t, flagship.timer("noAnswer").explored({ duplicates: 5 }), 22_680n);
});

test("two answer, one is away, the caller gives up, acknowledges, hangs up, nobody answers in time, one event twice: no interleaving breaks a rule", (t) => {
  const flagship = new Flagship(handsets)
    .handset(1, "alerting", "connect")
    .handset(2, "alerting", "connect")
    .handset(3, "pageFailed")
    .caller("cancelled", "confirmed", "ended")
    .timer("noAnswer");
  holds(t, flagship.explored({ duplicates: 1 }), 82_092n);
});

test("a handset and an analog phone answer, one hangs up, the caller does all that callers do, one event twice: no interleaving breaks a rule", (t) => {
  const flagship = new Flagship(["handset:1", "port:1"])
    .handset(1, "alerting", "connect")
    .port(1, "wentOffHook", "wentOnHook")
    .timer("ringing")
    .caller("cancelled", "confirmed", "ended")
    .timer("noAnswer");
  holds(t, flagship.explored({ duplicates: 1 }), 107_862n);
});
