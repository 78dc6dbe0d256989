import type { WriteFileOptions } from "node:fs";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { refused, wrongUsage } from "../refusal.ts";
import type { Terminal } from "./terminal.ts";

/** @throws Refusal `usage` when an option names the recording that is read: it would be lost */
export function checkOther(option: string, file: string | null, recording: string, { cwd }: Terminal): void {
  if (file === "") throw wrongUsage(`${option} without a name: write ${option} FILE`);
  if (file !== null && resolve(cwd, file) === resolve(cwd, recording))
    throw wrongUsage(`${option} ${file}: is the recording that is read — name another file`);
}

/** What a file of that name holds: one whose name ends in `.gz` is compressed, and is read so. */
export function packed(file: string, text: string): string | Buffer {
  return file.endsWith(".gz") ? gzipSync(text) : text;
}

/** @throws Refusal when it can not be written */
export async function save(
  option: string,
  file: string,
  text: string,
  { cwd }: Terminal,
  options: WriteFileOptions = {},
): Promise<void> {
  await writeFile(resolve(cwd, file), packed(file, text), options).catch((error: NodeJS.ErrnoException) => {
    throw refused(`${file}: can not be written (${error.code ?? error.message}) — name another file with ${option}`);
  });
}
