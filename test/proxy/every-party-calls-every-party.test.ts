import assert from "node:assert/strict";
import { test } from "node:test";
import { line, World } from "../logic/world.ts";
import { joined, type Rig, type RigName, rig } from "./rigs.ts";

/** One contract, three parties, nine pairings (G23, G24): what holds for one pair holds for all. */

const kinds: readonly RigName[] = ["line", "handset", "port"];

function pair(caller: RigName, callee: RigName): { world: World; a: Rig; b: Rig } {
  const world = new World();
  return { world, a: rig(world, caller, "caller"), b: rig(world, callee, "callee") };
}

/** A line calls a line only where the owner of the house forwards a number; anything else would be toll fraud. */
function numberOf(caller: RigName, callee: Rig): string {
  return caller === "line" && callee.party === line ? "mobile" : callee.number;
}

for (const caller of kinds) {
  for (const callee of kinds) {
    test(`${caller} calls ${callee}: rings, answers, both hear each other, and the caller's end ends it`, () => {
      const { world, a, b } = pair(caller, callee);
      a.call(numberOf(caller, b));
      assert.ok(b.told().includes("ring"));
      b.alert();
      assert.ok(a.told().includes("alert"), "the caller hears that it rings");
      b.answer();
      assert.equal(joined(world).length, 1, "one voice path");
      const [call] = world.upper.view().calls;
      assert.equal(call?.state, "answered");
      const ends = call?.parties.map(({ endpoint }) => endpoint).sort();
      assert.deepEqual(ends, joined(world)[0]?.toSorted(), "people see which ends of the voice are whose");
      a.hangUp();
      if (callee === "port") b.hangUp();
      done(world);
      assert.equal(world.record?.result, "answered");
      assert.equal(world.record?.answeredBy, b.party);
    });

    test(`${caller} calls ${callee}: the called end hangs up`, () => {
      const { world, a, b } = pair(caller, callee);
      a.call(numberOf(caller, b));
      b.alert();
      b.answer();
      world.pass(5000);
      b.hangUp();
      assert.equal(joined(world).length, 0);
      if (caller === "port") a.hangUp();
      done(world);
      assert.ok((world.record?.durationMs ?? 0) >= 5000);
    });

    test(`${caller} calls ${callee} and gives up while it rings: it stops at once`, () => {
      const { world, a, b } = pair(caller, callee);
      a.call(numberOf(caller, b));
      b.alert();
      a.hangUp();
      assert.match(b.told().at(-1) ?? "", /release|stopped/);
      done(world);
      assert.equal(world.record?.cause, "cancelled");
      assert.notEqual(world.record?.result, "answered");
    });

    test(`${caller} calls ${callee}, which refuses: the caller is told, by status or by tone`, () => {
      const { world, a, b } = pair(caller, callee);
      a.call(numberOf(caller, b));
      b.refuse();
      assert.equal(world.upper.view().calls.length, 0);
      if (caller === "port") assert.match(a.told().at(-1) ?? "", /busy|congestion/);
      if (caller === "port") a.hangUp();
      if (caller === "handset") world.pass(31_000);
      done(world);
    });

    test(`${caller} calls ${callee}, nobody answers: over after the time configured`, () => {
      const { world, a, b } = pair(caller, callee);
      a.call(numberOf(caller, b));
      b.alert();
      world.pass(60_000);
      assert.equal(world.record?.cause, "noAnswer");
      if (caller === "port") a.hangUp();
      world.pass(200_000);
      done(world);
    });
  }
}

test("an INVITE for a number of the outside is refused, not relayed", () => {
  const { world, a } = pair("line", "line");
  a.call("701");
  assert.deepEqual(a.told(), ["release"]);
  assert.equal(world.record?.cause, "notFound");
  done(world);
});

function done(world: World): void {
  world.nothingLeft();
  assert.ok(world.upper.quiet);
}
