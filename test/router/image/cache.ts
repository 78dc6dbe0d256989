import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * What is fetched is kept outside the repository: in `$XDG_CACHE_HOME/offhook-router`, `~/.cache/offhook-router`, or as
 * root `/var/tmp/offhook-router`. Removing the folder fetches everything anew.
 */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: home } = process.env;
  const folder = process.getuid?.() === 0 ? "/var/tmp" : join(homedir(), ".cache");
  return join(home === undefined || home === "" ? folder : home, "offhook-router");
}

/**
 * The folder of that name, filled by `fill` unless it was filled before from the same `key`. It appears only when it is
 * complete: a run that was ended half way leaves nothing that looks done.
 */
export async function cached(name: string, key: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  const keyFile = join(folder, ".key");
  if (existsSync(keyFile) && (await readFile(keyFile, "utf8")) === key) return folder;
  const making = `${folder}.${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  try {
    await fill(making);
    await writeFile(join(making, ".key"), key);
    await rm(folder, { recursive: true, force: true });
    await rename(making, folder);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return folder;
}
