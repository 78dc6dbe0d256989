import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { capsuleOf } from "../../trace/capsule.ts";
import { windowOf } from "../../trace/window.ts";
import { refused, wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { callOf, recordedCall } from "./recording.ts";
import type { Terminal } from "./terminal.ts";

export const capsuleUsage = "CALL FILE [--journal FILE] [--audio no]";

/** `offhook capsule CALL FILE`: one call under pseudonyms, as a recording that anybody can replay. */
export async function capsule(
  [word = "", file = ""]: readonly string[],
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  if (args.audio !== null && args.audio !== "no")
    throw wrongUsage("a capsule has no audio: the flight recorder records none — see `offhook record`");
  const { journal, steps } = await recordedCall(callOf(word), args.journal, args, terminal);
  const { call } = steps;
  const window = await windowOf(journal, call);
  if (window === null) throw refused(`${journal} begins in the middle of ${call} — nobody can replay that`);
  const { text, events, others } = await capsuleOf(window, () => randomBytes(32).toString("hex"));
  await writeFile(resolve(terminal.cwd, file), text, { mode: 0o600, flag: "wx" }).catch((error: unknown) => {
    throw refused(`${file}: can not be written (${error instanceof Error ? error.message : String(error)})`);
  });
  terminal.out(
    args.json
      ? JSON.stringify({ call, file, events, others })
      : `${call} is in ${file}: ${events} events${more(others)}`,
  );
  return 0;
}

function more(others: number): string {
  if (others === 0) return "";
  return `, and with it ${others} other call${others === 1 ? "" : "s"} of that time, on which it depends`;
}
