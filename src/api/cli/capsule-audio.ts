import { constants } from "node:fs";
import { access, copyFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CallSteps } from "../../trace/steps.ts";
import { refused } from "../refusal.ts";

/** A recording that somebody made of a call may have begun so long before the call was told, ms. */
const early = 1000;

/**
 * The WAV files that were recorded in a call (`offhook record`), as they were named then, oldest first.
 * @throws Refusal when there is none
 */
export function recordingsOf({ call, steps }: CallSteps): readonly string[] {
  const began = steps[0]?.event.at ?? 0;
  const files = steps.flatMap(({ event }) => {
    if (event.world !== "voice" || event.kind !== "recordEnded" || event.durationMs === 0) return [];
    // Its end may be told when the next call has the channel.
    return event.at - event.durationMs < began - early ? [] : [event.file];
  });
  if (files.length > 0) return [...new Set(files)];
  throw refused(`nobody recorded ${call} — \`offhook record\` it while it is up, or take the capsule without --audio`);
}

/** Where copies of so many recordings go: beside the capsule, by its name. */
export function besides(capsule: string, count: number): readonly string[] {
  const name = capsule.replace(/\.jsonl$/, "");
  return Array.from({ length: count }, (_, at) => `${name}-${at + 1}.wav`);
}

/** @throws Refusal when one is gone */
export async function checkReadable(files: readonly string[]): Promise<void> {
  for (const file of files)
    await access(file, constants.R_OK).catch(() => {
      throw refused(`${file}, recorded in the call, can not be read any more — take the capsule without --audio`);
    });
}

/** @throws Refusal when one can not be written; nothing is overwritten */
export async function copyAll(cwd: string, from: readonly string[], to: readonly string[]): Promise<void> {
  for (const [at, file] of from.entries()) {
    const copy = to[at] ?? "";
    await copyFile(file, resolve(cwd, copy), constants.COPYFILE_EXCL).catch((error: unknown) => {
      throw refused(`${copy}: can not be written (${error instanceof Error ? error.message : String(error)})`);
    });
  }
}
