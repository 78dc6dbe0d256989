import { test } from "node:test";
import { run, type Subject } from "../../src/simulation/run.ts";
import { seedOf } from "../../src/simulation/simulate.ts";
import { UpperHalf } from "../../src/upper-half.ts";

/** A change of it throws from now on. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}

/** An upper half whose events and commands nobody can change. */
function withoutChanges(): Subject {
  const upper = new UpperHalf();
  return {
    handle: (event) => frozen(upper.handle(frozen(event))),
    view: () => upper.view(),
    restart: (at) => upper.restart(at),
    get calls() {
      return upper.calls;
    },
    get quiet() {
      return upper.quiet;
    },
  };
}

test("nobody changes an event, or what came of it, once it was handled: the flight recorder writes both later", () => {
  for (let n = 0; n < 60; n++) {
    const { failure, seed } = run(seedOf(77, n), { calls: 50, hash: false, upper: withoutChanges });
    if (failure !== null) throw new Error(`seed ${seed}: ${failure.rule} ${failure.why}`);
  }
});
