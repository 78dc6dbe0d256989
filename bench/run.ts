import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildKernels } from "../src/build/kernels.mjs";
import { callRate } from "./call-rate.ts";
import { type Bench, type Figure, Refused } from "./figures.ts";
import { keyToEffect } from "./key-to-effect.ts";
import { machine } from "./machine.ts";
import { memory } from "./memory.ts";
import { proactorEvents } from "./proactor-events.ts";
import { recording } from "./recording.ts";

/**
 * `npm run bench [NAME…]`: measures, prints, and exits with 1 when a run could not be vouched for. With `--json` one
 * document is printed, and what is written for people is left out. `--seconds=N` is for the tick's lateness alone, which
 * takes ten minutes without it.
 */
const benches: readonly Bench[] = [proactorEvents, recording, keyToEffect, callRate, memory];

/** Measured in a process of their own; with `--json` they print JSON. */
const scripts = ["voice-tick.ts", "plugin.ts", "voice/kernels.ts", "path.ts", "tick-lateness.ts"];

interface Result {
  readonly figures?: readonly Figure[];
  readonly refused?: string;
}

async function main(args: readonly string[]): Promise<number> {
  buildKernels();
  const asJson = args.includes("--json");
  const wanted = args.filter((word) => !word.startsWith("--"));
  const results: Record<string, unknown> = { machine: machine() };
  if (!asJson) console.log(machine().join("\n"));
  let refused = 0;
  for (const bench of benches) {
    if (!isWanted(bench.name, wanted)) continue;
    const result = await resultOf(bench);
    results[bench.name] = result;
    if (result.refused !== undefined) refused += 1;
    if (!asJson) print(bench.name, result);
  }
  for (const script of scripts) {
    if (!isWanted(script, wanted)) continue;
    const { good, output } = runScript(script, asJson, args.find((word) => word.startsWith("--seconds="))?.slice(10));
    if (asJson) results[script] = JSON.parse(output);
    else console.log(`\n${script}\n${output.trimEnd().replace(/^/gm, "  ")}`);
    if (!good) refused += 1;
  }
  if (asJson) console.log(JSON.stringify(results, null, 2));
  return refused === 0 ? 0 : 1;
}

async function resultOf(bench: Bench): Promise<Result> {
  try {
    return { figures: await bench.run() };
  } catch (problem) {
    const words = problem instanceof Refused ? "no figure, the run was wrong" : "no figure, the run failed";
    return { refused: `${words}: ${problem instanceof Error ? problem.message : problem}` };
  }
}

function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((word) => name.toLowerCase().includes(word.toLowerCase()));
}

/** What the script prints, and whether it vouches for it. */
function runScript(
  script: string,
  asJson: boolean,
  seconds?: string,
): { readonly good: boolean; readonly output: string } {
  const words = [...(asJson ? ["--json"] : []), ...(script === "tick-lateness.ts" && seconds ? [seconds] : [])];
  const args = ["--import", "tsx", join(import.meta.dirname, script), ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  const failure = asJson ? JSON.stringify({ refused: stderr.trim() }) : `${stdout}${stderr}`;
  return { good: status === 0, output: status === 0 || (asJson && stdout.startsWith("{")) ? stdout : failure };
}

function print(name: string, { figures = [], refused }: Result): void {
  console.log(`\n${name}`);
  if (refused !== undefined) console.log(`  ${refused}`);
  const width = Math.max(...figures.map((figure) => figure.what.length));
  for (const { what, value, spread, checked } of figures) {
    console.log(`  ${what.padEnd(width)}  ${value}`);
    console.log(`  ${"".padEnd(width)}  ${spread}; checked: ${checked}`);
  }
}

process.exitCode = await main(process.argv.slice(2));
