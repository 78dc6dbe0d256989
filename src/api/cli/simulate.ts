import type { SimulationOptions, SimulationResult } from "../../simulation/simulate.ts";
import { wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { save } from "./save.ts";
import type { Terminal } from "./terminal.ts";

export type Simulate = (options: SimulationOptions) => SimulationResult;

export const simulateUsage = "[--seed N] [--runs M] [--events E | --minutes T] [--calls K] [--save FILE]";

const mostRuns = 10_000_000;
const mostCalls = 10_000;
const mostSeeds = 2 ** 32;

/** Houses in a portion of a long simulation: some seconds of work. */
const portion = 500;

/** `offhook simulate`: 0 when no rule was broken, 1 when one was; its smallest history is shown, and saved as a journal. */
export async function simulation(args: Arguments, terminal: Terminal, simulate: Simulate): Promise<number> {
  const calls = within("--calls", args.calls ?? 50, mostCalls);
  const seed = within("--seed", args.seed ?? Date.now() % mostSeeds, mostSeeds - 1);
  const long = args.events !== null || args.minutes !== null;
  const runs = within("--runs", args.runs ?? (long ? portion : 100), mostRuns);
  if (long) return night({ seed, runs, calls }, args, terminal, simulate);
  return told(measured({ seed, runs, calls }, simulate), args, terminal);
}

/**
 * One portion after the other, each with the next seed, until there were so many events or the time is over, or one breaks a
 * rule: nothing is simulated after that.
 */
async function night(
  first: SimulationOptions,
  args: Arguments,
  terminal: Terminal,
  simulate: Simulate,
): Promise<number> {
  const end = args.minutes === null ? Number.POSITIVE_INFINITY : Date.now() + args.minutes * 60_000;
  const most = args.events ?? Number.POSITIVE_INFINITY;
  const sum = { calls: 0, events: 0 };
  for (let n = 0; sum.events < most && Date.now() < end; n++) {
    const { result, perMinute } = measured({ ...first, seed: (first.seed + n) % mostSeeds }, simulate);
    if (result.failed !== null) return told({ result, perMinute }, args, terminal);
    const { seed, runs } = result;
    sum.calls += result.calls;
    sum.events += result.events;
    const so = `${sum.calls} calls, ${sum.events} events so far (${perMinute} calls a minute)`;
    terminal.out(
      args.json
        ? JSON.stringify({ seed, runs, ...sum, perMinute })
        : `seed ${seed}, ${runs} runs: no rule was broken; ${so}`,
    );
    // What was told is written before the next portion begins.
    await new Promise(setImmediate);
    if (terminal.gone?.() === true) break;
  }
  return 0;
}

interface Measured {
  readonly result: SimulationResult;
  /** Calls in a minute of computing time. */
  readonly perMinute: number;
}

function measured(options: SimulationOptions, simulate: Simulate): Measured {
  const began = process.cpuUsage();
  const result = simulate(options);
  const { user, system } = process.cpuUsage(began);
  return { result, perMinute: Math.round((result.calls * 60e6) / Math.max(1, user + system)) };
}

async function told({ result, perMinute }: Measured, args: Arguments, terminal: Terminal): Promise<number> {
  const { failed } = result;
  // The seed is told first: a night is lost without it.
  terminal.out(args.json ? JSON.stringify(asJson(result, perMinute)) : show(result, perMinute, args.save));
  if (failed !== null && args.save !== null) {
    await save("--save", args.save, journalOf(failed.smallest.result.journal), terminal);
    if (!args.json) terminal.out(`saved: offhook replay ${args.save} --step`);
  }
  return failed === null ? 0 : 1;
}

function within(option: string, value: number, most: number): number {
  if (value > most) throw wrongUsage(`${option} ${value}: at most ${most}`);
  return value;
}

/** A journal as the flight recorder writes it. */
function journalOf(entries: readonly string[]): string {
  return `{"journal":"offhook","version":2,"at":0}\n${entries.join("")}`;
}

function asJson({ failed, ...sums }: SimulationResult, callsPerMinute: number): object {
  if (failed === null) return { ...sums, callsPerMinute, failed: null };
  const { script, result, tries } = failed.smallest;
  const smallest = { failure: result.failure, events: result.events, tries, script };
  return { ...sums, callsPerMinute, failed: { seed: failed.run.seed, failure: failed.run.failure, smallest } };
}

function show(
  { seed, runs, calls, events, commands, hash, failed }: SimulationResult,
  perMinute: number,
  file: string | null,
): string {
  const done = `seed ${seed}: ${runs} runs, ${calls} calls, ${events} events, ${commands} commands (${perMinute} calls a minute)`;
  if (failed === null) return `${done}\nno rule was broken\nhash ${hash}`;
  const { failure } = failed.run;
  const { script, result } = failed.smallest;
  return [
    done,
    `seed ${failed.run.seed} breaks a rule after ${failure?.calls} calls: ${broken(failure)}`,
    `the smallest history found has ${script.length} outside events, ${result.events} events: ${broken(result.failure)}`,
    ...script.map(({ at, verb }) => `  ${(at / 1000).toFixed(3).padStart(10)} s  ${verb}`),
    ...(file === null ? [`again: offhook simulate --seed ${failed.run.seed} --runs 1 --save FILE`] : []),
  ].join("\n");
}

function broken(failure: { rule: string; objects: readonly string[]; why: string; event: number } | null): string {
  return failure === null
    ? "nothing"
    : `${failure.rule}, ${failure.objects.join(" ")} ${failure.why} (event ${failure.event})`;
}
