import { resolve } from "node:path";
import type { Gap } from "../../vendor/recorder/recording.ts";
import type { Broken, Divergence, ReplayOptions, ReplayResult } from "../../vendor/recorder/replay.ts";
import type { Arguments } from "./arguments.ts";
import { brokenWords } from "./step-words.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** `offhook replay JOURNAL…`: 0 when every command is the same, no rule is broken and no file damaged, else 1. */
export async function replay(
  files: readonly string[],
  { until, breakAt, json }: Arguments,
  terminal: Terminal,
  replayJournal: (paths: readonly string[], options: ReplayOptions) => Promise<ReplayResult>,
): Promise<number> {
  const result = await replayJournal(
    files.map((file) => resolve(terminal.cwd, file)),
    { until, breakAt },
  );
  terminal.out(json ? JSON.stringify(result) : showResult(result));
  return exitCode(result);
}

export function exitCode({ divergence, broken, damages }: ReplayResult): number {
  return divergence === null && broken.length === 0 && damages.length === 0 ? 0 : 1;
}

/** How it ended, for people. */
export function showResult({ events, divergence, torn, gaps, damages, broken }: ReplayResult): string {
  const cut = torn ? "; the last line was cut off when the gateway was killed" : "";
  const end =
    divergence === null ? [`${events} events replayed, every command is the same${cut}`] : showDivergence(divergence);
  const notes = [...gaps.map(showGap), ...damages.map(({ why }) => why), ...broken.map(showBroken)];
  return [...notes, ...end].map(printable).join("\n");
}

function showDivergence(divergence: Divergence): readonly string[] {
  return [
    `event ${divergence.n} gives other commands than were recorded${firstDifference(divergence)}:`,
    `  event     ${JSON.stringify(divergence.event)}`,
    `  recorded  ${divergence.expected}`,
    `  replayed  ${divergence.actual}`,
  ];
}

function showGap({ after, lost, why }: Gap): string {
  const said = why === null ? "" : `: ${why}`;
  return `${lost} event${lost === 1 ? " after event" : "s after event"} ${after} ${lost === 1 ? "is" : "are"} not in the recording${said}`;
}

function showBroken(broken: Broken): string {
  return `event ${broken.n} breaks ${brokenWords(broken)}`;
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
