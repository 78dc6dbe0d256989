import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Capsule, capsuleOf } from "../../trace/capsule.ts";
import { windowOf } from "../../trace/window.ts";
import { refused, wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { besides, checkReadable, copyAll, recordingsOf } from "./capsule-audio.ts";
import { callOf, recordedCall } from "./recording.ts";
import { packed } from "./save.ts";
import type { Terminal } from "./terminal.ts";

export const capsuleUsage = "CALL FILE [--journal FILE] [--audio [yes|no]]";

/** `offhook capsule CALL FILE`: one call under pseudonyms, as a recording that anybody can replay. */
export async function capsule(
  [word = "", file = ""]: readonly string[],
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  if (args.audio !== null && args.audio !== "no" && args.audio !== "yes")
    throw wrongUsage(`--audio ${args.audio.slice(0, 40)}: write --audio for what was recorded in the call, or nothing`);
  const { journal, steps } = await recordedCall(callOf(word), args.journal, args, terminal);
  const { call } = steps;
  const recordings = args.audio === "yes" ? recordingsOf(steps) : [];
  await checkReadable(recordings);
  const window = await windowOf(journal, call);
  if (window === null) throw refused(`${journal} begins in the middle of ${call} — nobody can replay that`);
  const made = await capsuleOf(window, () => randomBytes(32).toString("hex"));
  await writeFile(resolve(terminal.cwd, file), packed(file, made.text), { mode: 0o600, flag: "wx" }).catch(
    (error: unknown) => {
      throw refused(`${file}: can not be written (${error instanceof Error ? error.message : String(error)})`);
    },
  );
  const audio = besides(file, recordings.length);
  await copyAll(terminal.cwd, recordings, audio);
  terminal.out(args.json ? inJson(made, file, audio) : inWords(made, file, audio));
  return 0;
}

function inJson({ call, events, others, logged }: Capsule, file: string, audio: readonly string[]): string {
  return JSON.stringify({ call, file, events, others, logged, audio });
}

function inWords({ call, events, others, logged }: Capsule, file: string, audio: readonly string[]): string {
  const calls = `${others} other call${others === 1 ? "" : "s"} of that time`;
  const entries = `${logged} ${logged === 1 ? "entry" : "entries"} of the call log`;
  const more = [...(others === 0 ? [] : [calls]), ...(logged === 0 ? [] : [entries])];
  const along = more.length === 0 ? "" : `, and with it ${more.join(" and ")}, on which it depends`;
  const heard = audio.length === 0 ? "" : `; what was said, by voices that can be known, is in ${audio.join(", ")}`;
  return `${call} is in ${file}: ${events} events${along}${heard}`;
}
