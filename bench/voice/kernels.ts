/**
 * The voice kernels beside those of spandsp and speexdsp, as Debian ships them: docs/voice-path.md.
 *
 *   node --import tsx bench/voice/kernels.ts [--json] [--processes N]
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildKernels, buildLoops } from "../../src/build/kernels.mjs";
import { median, percentile } from "../figures.ts";
import { buildPeers, type Program } from "./build.ts";
import type { Measured } from "./one-process.ts";

/** V8 places code anew in each process, which moves a kernel by up to 15 %. */
const PROCESSES = 3;

interface Line {
  readonly name: string;
  readonly peer: string;
  readonly goal: number | null;
  /** ns of a frame of 20 ms of one channel: medians of the processes' medians. */
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
  /** Quartiles of the ratio over all rounds of all processes; least and greatest median of a process. */
  readonly quartiles: readonly [number, number];
  readonly processes: readonly [number, number];
  readonly reached: boolean | null;
  readonly checked: string;
  readonly refused: string | null;
}

function measure(program: Program): Measured[] {
  const args = ["--import", "tsx", join(import.meta.dirname, "one-process.ts"), program.path];
  const { status, stdout } = spawnSync(process.execPath, program.hasQuietEcho ? args : [...args, "no-spandsp-echo"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error("a process of the voice bench failed, see above");
  return JSON.parse(stdout) as Measured[];
}

/** One row of all processes. */
function summary(rows: readonly Measured[]): Line {
  const [first] = rows;
  if (first === undefined) throw new Error("no process measured anything");
  const { name, peer, goal, checked } = first;
  const refused = rows.find((row) => row.refused !== null)?.refused ?? null;
  const ratios = rows.map(({ ours, theirs }) => ours.map((ns, n) => (theirs[n] ?? Number.NaN) / ns));
  const medians = ratios.map(median);
  const ratio = median(medians);
  return {
    name,
    peer,
    goal,
    ours: median(rows.map(({ ours }) => median(ours))),
    theirs: median(rows.map(({ theirs }) => median(theirs))),
    ratio,
    quartiles: [percentile(ratios.flat(), 0.25), percentile(ratios.flat(), 0.75)],
    processes: [Math.min(...medians), Math.max(...medians)],
    reached: refused !== null ? false : goal === null ? null : ratio >= goal,
    checked,
    refused,
  };
}

function print(lines: readonly Line[]): void {
  console.log(
    "kernel, and whose it is measured against".padEnd(60),
    "  ours   theirs   ratio  (quartiles; processes)          goal",
  );
  for (const line of lines) {
    const title = `${line.name} : ${line.peer}`.padEnd(60);
    if (line.refused !== null) {
      console.log(`${title}  no figure, the output was wrong: ${line.refused}`);
      continue;
    }
    const { ours, theirs, ratio, quartiles, processes, goal } = line;
    const spread = `(${quartiles.map((one) => one.toFixed(2)).join("-")}; ${processes.map((one) => one.toFixed(2)).join("-")})`;
    const verdict = goal === null ? "" : `${goal} ${line.reached === true ? "reached" : "MISSED"}`;
    const times = `${nanoseconds(ours)} ${nanoseconds(theirs)}  ${ratio.toFixed(2).padStart(5)}x`;
    console.log(`${title} ${times}  ${spread.padEnd(32)} ${verdict}`);
  }
  console.log("\nchecked in every process before anything was timed:");
  for (const { name, peer, checked, refused } of lines)
    if (refused === null) console.log(`  ${name} : ${peer}: ${checked}`);
}

function nanoseconds(value: number): string {
  return (value < 100 ? value.toFixed(1) : value.toFixed(0)).padStart(7);
}

const args = process.argv.slice(2);
const asked = Number(args[args.indexOf("--processes") + 1]);
const processes = args.includes("--processes") && asked > 0 ? asked : PROCESSES;
buildKernels();
buildLoops();
const program = buildPeers();
const runs = Array.from({ length: processes }, () => measure(program));
const lines = (runs[0] ?? []).map((_, n) => summary(runs.flatMap((rows) => rows[n] ?? [])));
if (args.includes("--json")) console.log(JSON.stringify({ built: program.words, processes, lines }, null, 2));
else {
  console.log(
    `${program.words.join("\n")}\n${processes} processes, ns of processor time for a frame of 20 ms of one channel, medians\n`,
  );
  print(lines);
}
if (lines.some(({ refused }) => refused !== null)) process.exitCode = 1;
