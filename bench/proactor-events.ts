import Benchmark from "benchmark";
import { type Bench, check, type Figure } from "./figures.ts";
import { OneCall } from "./one-call.ts";

/** Events per second through the Proactor and the upper half, by whole calls: INVITE to five phones, answer, BYE. */
export const proactorEvents: Bench = {
  name: "Proactor and upper half",
  async run(): Promise<readonly Figure[]> {
    const house = new OneCall();
    const before = house.events;
    house.run();
    const eventsPerCall = house.events - before;
    const bench = await measured(() => house.run());
    const { mean, rme, sample } = bench.stats;
    const callsPerSecond = 1 / mean;
    const rules = costOfRules() / eventsPerCall;
    const handler = house.figures.handlerMs.summary();
    return [
      {
        what: "events/s, one thread",
        value: `${Math.round(callsPerSecond * eventsPerCall)}`,
        spread: `± ${rme.toFixed(1)} % of ${sample.length} samples`,
        checked: `each call: 3 setups, 1 answer, 2 releases, a record with the name, nothing left`,
      },
      {
        what: "whole calls/s (INVITE … BYE, 5 phones)",
        value: `${Math.round(callsPerSecond)}`,
        spread: `${eventsPerCall} events a call`,
        checked: "the same run",
      },
      {
        what: "the rules that are watched, an event",
        value: `${rules.toFixed(2)} µs of CPU`,
        spread: `${(rules * eventsPerCall).toFixed(0)} µs a call; median of ${rounds} interleaved rounds`,
        checked: "no rule was broken",
      },
      {
        what: "time in a handler",
        value: `p50 ${(handler.p50 * 1000).toFixed(1)} µs · p99 ${(handler.p99 * 1000).toFixed(1)} µs`,
        spread: `max ${(handler.max * 1000).toFixed(0)} µs, with the compiler warming up`,
        checked: "the same run",
      },
    ];
  },
};

const rounds = 31;
const callsInARound = 300;

/** What watching the rules takes, µs of CPU a call. */
function costOfRules(): number {
  const houses = [new OneCall(), new OneCall(true)] as const;
  const more = Array.from({ length: rounds }, () => cpuOf(houses[1]) - cpuOf(houses[0])).sort((a, b) => a - b);
  return more[rounds >> 1] ?? 0;
}

function cpuOf(house: OneCall): number {
  const began = process.cpuUsage();
  for (let call = 0; call < callsInARound; call++) house.run();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / callsInARound;
}

function measured(run: () => void): Promise<Benchmark> {
  return new Promise((resolve, reject) => {
    new Benchmark("call", run, { maxTime: 2 })
      .on("complete", function complete(this: Benchmark) {
        const { error } = this as Benchmark & { readonly error?: Error };
        if (error === undefined) resolve(this);
        else reject(error);
      })
      .run({ async: true });
  }).then((bench) => {
    check(bench instanceof Benchmark, "no result");
    return bench;
  });
}
