import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildKernels } from "../src/build/kernels.mjs";
import { callRate } from "./call-rate.ts";
import { type Bench, type Figure, Refused } from "./figures.ts";
import { keyToEffect } from "./key-to-effect.ts";
import { machine } from "./machine.ts";
import { memory } from "./memory.ts";
import { proactorEvents } from "./proactor-events.ts";

/** `npm run bench [NAME…]`: measures, prints, and exits with 1 when a run could not be vouched for. */
const benches: readonly Bench[] = [proactorEvents, keyToEffect, callRate, memory];

/** Measured in a process of their own. */
const scripts = ["voice-tick.ts"];

async function main(wanted: readonly string[]): Promise<number> {
  buildKernels();
  console.log(machine().join("\n"));
  let refused = 0;
  for (const bench of benches) {
    if (!isWanted(bench.name, wanted)) continue;
    console.log(`\n${bench.name}`);
    try {
      print(await bench.run());
    } catch (problem) {
      refused += 1;
      const words = problem instanceof Refused ? "no figure, the run was wrong" : "no figure, the run failed";
      console.log(`  ${words}: ${problem instanceof Error ? problem.message : problem}`);
    }
  }
  for (const script of scripts) if (isWanted(script, wanted) && !runScript(script)) refused += 1;
  return refused === 0 ? 0 : 1;
}

function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((word) => name.toLowerCase().includes(word.toLowerCase()));
}

/** Prints what the script prints; false when it ended without a figure. */
function runScript(script: string): boolean {
  console.log(`\n${script}`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, script)],
    {
      encoding: "utf8",
    },
  );
  console.log((status === 0 ? stdout : `${stdout}${stderr}`).trimEnd().replace(/^/gm, "  "));
  return status === 0;
}

function print(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map((figure) => figure.what.length));
  for (const { what, value, spread, checked } of figures) {
    console.log(`  ${what.padEnd(width)}  ${value}`);
    console.log(`  ${"".padEnd(width)}  ${spread}; checked: ${checked}`);
  }
}

process.exitCode = await main(process.argv.slice(2));
