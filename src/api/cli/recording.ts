import { resolve } from "node:path";
import type { CallId } from "../../message/name.ts";
import { type CallSteps, stepsOf } from "../../trace/steps.ts";
import { segmentsIn } from "../../vendor/recorder/segments.ts";
import { ask } from "../control-client.ts";
import { refused, wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { dataDir } from "./data-dir.ts";
import type { Terminal } from "./terminal.ts";

/** A call in a recording. */
export interface RecordedCall {
  readonly journal: string;
  readonly steps: CallSteps;
}

/** `call:3`, or 3 for short. @throws Refusal `usage` */
export function callOf(word: string): CallId {
  const number = /^(?:call:)?([1-9][0-9]{0,14})$/.exec(word)?.[1];
  if (number === undefined)
    throw wrongUsage(`"${word.slice(0, 40)}" is no call — write e.g. call:3, as \`offhook log\``);
  return `call:${Number(number)}`;
}

/**
 * Finds a call in the file that is named, else in the recordings of the data directory, the newest first; a gateway that
 * runs there writes what it holds back before.
 * @throws Refusal when no recording has it
 */
export async function recordedCall(
  call: CallId,
  file: string | null,
  args: Arguments,
  terminal: Terminal,
): Promise<RecordedCall> {
  const dir = dataDir(args, terminal, null);
  const journals = file === null ? await journalsOf(dir) : [resolve(terminal.cwd, file)];
  const seen: CallId[] = [];
  for (const journal of journals) {
    // One of several that can not be read (just begun, damaged) does not hide the others.
    const steps = await (file === null ? stepsOf(journal, call).catch(() => null) : stepsOf(journal, call));
    if (steps === null) continue;
    if (steps.steps.length > 0) return { journal, steps };
    seen.push(...steps.calls);
  }
  const where = file ?? `the recordings of ${dir}`;
  throw refused(`${where} ${file === null ? "do not have" : "does not have"} ${call} — ${choice(seen)}`);
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

function choice(calls: readonly CallId[]): string {
  const numbers = calls.map((call) => Number(call.slice("call:".length)));
  if (numbers.length === 0) return "there is no call in it";
  return `there are calls between call:${Math.min(...numbers)} and call:${Math.max(...numbers)}`;
}
