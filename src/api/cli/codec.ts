import { resolve } from "node:path";
import { wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** What the conformance kit found (docs/codec.md). */
export interface CodecReport {
  readonly good: boolean;
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
  return report.good ? 0 : 1;
}

function shown(file: string, { good, checks }: CodecReport): string[] {
  const widest = Math.max(...checks.map(({ name }) => name.length));
  const failed = checks.filter((check) => !check.good).length;
  return [
    ...checks.map((check) => `${check.good ? "good" : "BAD "}  ${check.name.padEnd(widest)}  ${check.found}`),
    good ? `${file}: good — name it in a [[codec]]` : `${file}: ${failed} of ${checks.length} checks failed`,
  ];
}
