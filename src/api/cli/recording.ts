import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { CallId } from "../../message/name.ts";
import { type CallSteps, stepsOf } from "../../trace/steps.ts";
import type { Damage } from "../../vendor/recorder/damage.ts";
import { filesOf } from "../../vendor/recorder/recording.ts";
import { SegmentFile } from "../../vendor/recorder/segment-file.ts";
import { segmentsIn } from "../../vendor/recorder/segments.ts";
import { ask } from "../control-client.ts";
import { refused, wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { dataDir } from "./data-dir.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** A call in a recording. */
export interface RecordedCall {
  readonly journal: string;
  readonly steps: CallSteps;
}

/** `call:3`, or 3 for short, or `last`. @throws Refusal `usage` */
export function callOf(word: string): CallId | "last" {
  if (word === "last") return word;
  const number = /^(?:call:)?([1-9][0-9]{0,14})$/.exec(word)?.[1];
  if (number === undefined)
    throw wrongUsage(`"${word.slice(0, 40)}" is no call — write e.g. call:3, as \`offhook log\`, or \`last\``);
  return `call:${Number(number)}`;
}

/**
 * Finds a call in the file (or folder of files) that is named, else in the recordings of the data directory, the newest
 * first; a gateway that runs there writes what it holds back before. Only a file with the call's name in it is run.
 * @throws Refusal when no recording has it
 */
export async function recordedCall(
  call: CallId | "last",
  file: string | null,
  args: Arguments,
  terminal: Terminal,
): Promise<RecordedCall> {
  const dir = dataDir(args, terminal, null);
  const journals = file === null ? await journalsOf(dir) : filesOf(resolve(terminal.cwd, file)).toReversed();
  const seen: number[] = [];
  for (const journal of journals) {
    try {
      const { calls, damage } = callsIn(journal);
      seen.push(...calls);
      if (call !== "last" && !calls.includes(numberOf(call))) {
        tellEnd(journal, { damage, divergedAt: null }, terminal);
        continue;
      }
      const steps = await found(journal, call);
      tellEnd(journal, steps, terminal);
      if (steps.steps.length > 0) return { journal, steps };
    } catch (error) {
      // One of several that can not be read does not hide the others, and nobody takes their calls for the last ones.
      if (file !== null && journals.length === 1) throw error;
      if (statSync(journal, { throwIfNoEntry: false })?.size !== 0)
        tell(terminal, `${messageOf(error)}; older recordings are searched`);
    }
  }
  const where = file ?? `the recordings of ${dir}`;
  const wanted = call === "last" ? "any call" : call;
  const instead = call !== "last" && seen.includes(numberOf(call)) ? "it is not followed that far" : choice(seen);
  throw refused(`${where} ${file === null ? "do not have" : "does not have"} ${wanted} — ${instead}`);
}

/** Says where a recording can not be followed any more: a call may be missing, or its end. */
function tellEnd(
  journal: string,
  { divergedAt, damage }: Pick<CallSteps, "divergedAt" | "damage">,
  terminal: Terminal,
): void {
  if (damage !== null) tell(terminal, `${damage.why}; what follows there is not searched`);
  if (divergedAt === null) return;
  const odd = `from event ${divergedAt} on this program does otherwise than was recorded`;
  tell(terminal, `${journal}: ${odd}: what follows there is not searched — take the release that recorded it`);
}

function tell(terminal: Terminal, words: string): void {
  terminal.err(printable(`offhook: ${words}`));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `last`: the one that began last. */
async function found(journal: string, call: CallId | "last"): Promise<CallSteps> {
  if (call !== "last") return stepsOf(journal, call);
  const { calls } = await stepsOf(journal, "call:0");
  return stepsOf(journal, calls.at(-1) ?? "call:0");
}

/** Newest first. */
async function journalsOf(dir: string): Promise<string[]> {
  // Without a gateway the files of the last one are read.
  await ask(dir, "journal", []).catch(() => null);
  try {
    return segmentsIn(dir).reverse();
  } catch {
    throw refused(`there is no data directory ${dir} — name one with --data DIR, or a recording with --journal FILE`);
  }
}

/** The calls that something happened to: the call log at a file's beginning does not count. */
function callsIn(journal: string): { readonly calls: readonly number[]; readonly damage: Damage | null } {
  const calls = new Set<number>();
  const file = new SegmentFile(journal);
  for (let at = file.state; at < file.entries; at++)
    for (const [, number] of file.text(at).matchAll(/"call:([0-9]{1,15})"/g)) calls.add(Number(number));
  return { calls: [...calls], damage: file.damage };
}

function numberOf(call: CallId): number {
  return Number(call.slice("call:".length));
}

function choice(numbers: readonly number[]): string {
  if (numbers.length === 0) return "there is no call in it";
  const [least, most] = [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
  return least === most ? `there is call:${least} only` : `there are calls between call:${least} and call:${most}`;
}
