import { createHash } from "node:crypto";
import { mix } from "./chance.ts";
import { type RunResult, run } from "./run.ts";
import { type Shrunk, shrink } from "./shrink.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly runs: number;
  /** Calls in a run. */
  readonly calls: number;
  /** Told after every run. */
  readonly onRun?: (result: RunResult) => void;
}

export interface SimulationResult {
  readonly seed: number;
  readonly runs: number;
  readonly calls: number;
  readonly events: number;
  readonly commands: number;
  /** SHA-256 of the runs' hashes: of all events and commands. */
  readonly hash: string;
  /** The first run that broke a rule; the simulation stops there. */
  readonly failed: { readonly run: RunResult; readonly smallest: Shrunk } | null;
}

/** The seed of a run: that of the simulation is its first run's, so that a failing run is named by one number. */
export function seedOf(seed: number, n: number): number {
  return n === 0 ? seed : mix(seed, 9, n) >>> 0;
}

/** Runs houses until one breaks a rule. A deterministic function of its options. */
export function simulate({ seed, runs, calls, onRun }: SimulationOptions): SimulationResult {
  const hash = createHash("sha256");
  const sum = { calls: 0, events: 0, commands: 0 };
  for (let n = 0; n < runs; n++) {
    const result = run(seedOf(seed, n), { calls });
    hash.update(result.hash);
    sum.calls += result.calls;
    sum.events += result.events;
    sum.commands += result.commands;
    onRun?.(result);
    if (result.failure === null) continue;
    const smallest = shrink(result.seed, { calls }, result.failure);
    return { seed, runs: n + 1, ...sum, hash: hash.digest("hex"), failed: { run: result, smallest } };
  }
  return { seed, runs, ...sum, hash: hash.digest("hex"), failed: null };
}
