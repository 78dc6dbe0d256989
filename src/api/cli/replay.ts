import { resolve } from "node:path";
import type { Divergence, ReplayOptions, ReplayResult } from "../../vendor/recorder/replay.ts";
import type { Arguments } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** `offhook replay JOURNAL`: 0 when every command is the same, 1 when one is not. */
export async function replay(
  file: string,
  { until, breakAt, json }: Arguments,
  terminal: Terminal,
  replayJournal: (path: string, options: ReplayOptions) => Promise<ReplayResult>,
): Promise<number> {
  const result = await replayJournal(resolve(terminal.cwd, file), { until, breakAt });
  terminal.out(json ? JSON.stringify(result) : showResult(result));
  return result.divergence === null ? 0 : 1;
}

/** How it ended, for people. */
export function showResult({ events, divergence, torn }: ReplayResult): string {
  const cut = torn ? "; the last line was cut off when the gateway was killed" : "";
  if (divergence === null) return `${events} events replayed, every command is the same${cut}`;
  return [
    `event ${divergence.n} gives other commands than were recorded${firstDifference(divergence)}:`,
    `  event     ${JSON.stringify(divergence.event)}`,
    `  recorded  ${divergence.expected}`,
    `  replayed  ${divergence.actual}`,
  ].join("\n");
}

/** Which of the commands is the first that differs, counted from 1. */
function firstDifference({ expected, actual }: Divergence): string {
  const [recorded, replayed] = [listOf(expected), listOf(actual)];
  if (recorded === null || replayed === null) return "";
  const longer = recorded.length > replayed.length ? recorded : replayed;
  const first = longer.findIndex((_, at) => JSON.stringify(recorded[at]) !== JSON.stringify(replayed[at]));
  return `, from the ${first + 1}. of ${longer.length}`;
}

/** Null: a handler threw. */
function listOf(text: string): readonly unknown[] | null {
  return text.startsWith("[") ? (JSON.parse(text) as readonly unknown[]) : null; // of commands, made by JSON.stringify
}
