import { resolve } from "node:path";
import type { ReplayOptions, ReplayResult, ReplayStep } from "../../vendor/recorder/replay.ts";
import type { Arguments } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** `offhook replay JOURNAL`: 0 when every command is the same, 1 when one is not. */
export async function replay(
  file: string,
  args: Arguments,
  terminal: Terminal,
  replayJournal: (path: string, options: ReplayOptions) => Promise<ReplayResult>,
): Promise<number> {
  const step = async (at: ReplayStep): Promise<void> => {
    terminal.out(args.json ? JSON.stringify(at) : showStep(at));
    await terminal.readLine();
  };
  const result = await replayJournal(resolve(terminal.cwd, file), {
    until: args.until,
    ...(args.step ? { onStep: step } : {}),
  });
  terminal.out(args.json ? JSON.stringify(result) : showResult(result));
  return result.divergence === null ? 0 : 1;
}

function showStep({ n, event, commands }: ReplayStep): string {
  return [`#${n}  ${JSON.stringify(event)}`, ...commands.map((command) => `    -> ${JSON.stringify(command)}`)].join(
    "\n",
  );
}

function showResult({ events, divergence, torn }: ReplayResult): string {
  const cut = torn ? "; the last line was cut off when the gateway was killed" : "";
  if (divergence === null) return `${events} events replayed, every command is the same${cut}`;
  return [
    `event ${divergence.n} gives other commands than were recorded:`,
    `  event     ${JSON.stringify(divergence.event)}`,
    `  recorded  ${divergence.expected}`,
    `  replayed  ${divergence.actual}`,
  ].join("\n");
}
