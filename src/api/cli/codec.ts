import { resolve } from "node:path";
import { isBuiltInName } from "../../message/media.ts";
import { wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** What the conformance kit found (docs/codec.md). */
export interface CodecReport {
  readonly good: boolean;
  /** Null when the file is no codec at all. */
  readonly shape: { readonly name: string; readonly clockRate: number; readonly frameMs: number } | null;
  readonly checks: readonly { readonly name: string; readonly good: boolean; readonly found: string }[];
}

/** `offhook codec check FILE.wasm`: 0 when everything is as it must be, 1 when something is not. */
export async function codec(
  args: Arguments,
  terminal: Terminal,
  checkCodec: (file: string) => Promise<CodecReport>,
): Promise<number> {
  const [verb, file, ...more] = args.args;
  if (verb !== "check" || file === undefined || more.length > 0)
    throw wrongUsage("write: offhook codec check FILE.wasm");
  const report = await checkCodec(resolve(terminal.cwd, file));
  if (args.json) terminal.out(JSON.stringify({ file, ...report }));
  else for (const line of shown(file, report)) terminal.out(printable(line));
  if (!args.json && report.good)
    for (const line of section(resolve(terminal.cwd, file), report)) terminal.out(printable(line));
  return report.good ? 0 : 1;
}

function shown(file: string, report: CodecReport): string[] {
  const { good, checks } = report;
  const widest = Math.max(...checks.map(({ name }) => name.length));
  const failed = checks.filter((check) => !check.good).length;
  return [
    ...checks.map((check) => `${check.good ? "good" : "BAD "}  ${check.name.padEnd(widest)}  ${check.found}`),
    good ? `${file}: good — ${use(report)}:` : `${file}: ${failed} of ${checks.length} checks failed`,
  ];
}

function use(report: CodecReport): string {
  return isCandidate(report)
    ? "its name is built in: beside that codec (docs/shadow.md), or in calls under another name"
    : "in the configuration, and its name in the `codecs` of a line";
}

/** No codec of calls may have the name of one that is built in; one that is compared with it has. */
function isCandidate({ shape }: CodecReport): boolean {
  return shape !== null && isBuiltInName(shape.name);
}

/** What is written into the configuration; a key that has its default is left out. */
function section(path: string, report: CodecReport): string[] {
  const { shape } = report;
  if (shape === null) return [];
  if (isCandidate(report)) return ["", "[shadow]", `codec = ${JSON.stringify(path)}`];
  return [
    "",
    "[[codec]]",
    `name = ${JSON.stringify(shape.name)}`,
    `file = ${JSON.stringify(path)}`,
    ...(shape.clockRate === 8000 ? [] : [`clock_rate = ${shape.clockRate}`]),
    ...(shape.frameMs === 20 ? [] : [`frame_ms = ${shape.frameMs}`]),
  ];
}
