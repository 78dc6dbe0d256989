import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { SimulationOptions, SimulationResult } from "../../simulation/simulate.ts";
import { wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

export type Simulate = (options: SimulationOptions) => SimulationResult;

export const simulateUsage = "[--seed N] [--runs M] [--calls K] [--save FILE]";

const mostRuns = 10_000_000;
const mostCalls = 10_000;

/** `offhook simulate`: 0 when no rule was broken, 1 when one was; its smallest history is shown, and saved as a journal. */
export async function simulation(args: Arguments, terminal: Terminal, simulate: Simulate): Promise<number> {
  const runs = within("--runs", args.runs ?? 100, mostRuns);
  const calls = within("--calls", args.calls ?? 50, mostCalls);
  const seed = within("--seed", args.seed ?? Date.now() % 2 ** 32, 2 ** 32 - 1);
  const began = process.cpuUsage();
  const result = simulate({ seed, runs, calls });
  const { user, system } = process.cpuUsage(began);
  const perMinute = Math.round((result.calls * 60e6) / Math.max(1, user + system));
  const { failed } = result;
  if (failed !== null && args.save !== null)
    await writeFile(resolve(terminal.cwd, args.save), journalOf(failed.smallest.result.journal));
  terminal.out(args.json ? JSON.stringify(asJson(result, perMinute)) : show(result, perMinute, args.save));
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
  save: string | null,
): string {
  const done = `seed ${seed}: ${runs} runs, ${calls} calls, ${events} events, ${commands} commands (${perMinute} calls a minute)`;
  if (failed === null) return `${done}\nno rule was broken\nhash ${hash}`;
  const { failure } = failed.run;
  const { script, result } = failed.smallest;
  return [
    done,
    `seed ${failed.run.seed} breaks a rule after ${failure?.calls} calls: ${told(failure)}`,
    `the smallest history found has ${script.length} outside events, ${result.events} events: ${told(result.failure)}`,
    ...script.map(({ at, verb }) => `  ${(at / 1000).toFixed(3).padStart(10)} s  ${verb}`),
    save === null
      ? `again: offhook simulate --seed ${failed.run.seed} --runs 1 --save FILE`
      : `saved: offhook replay ${save} --step`,
  ].join("\n");
}

function told(failure: { rule: string; objects: readonly string[]; why: string; event: number } | null): string {
  return failure === null
    ? "nothing"
    : `${failure.rule}, ${failure.objects.join(" ")} ${failure.why} (event ${failure.event})`;
}
