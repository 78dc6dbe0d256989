import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Whether one of `results` is missing, or older than the newest of `sources` (files and folders under `root`). */
export function isOlder(root, results, sources) {
  const newest = Math.max(...sources.map((source) => newestIn(join(root, source))));
  return results.some((path) => {
    const result = statSync(join(root, path), { throwIfNoEntry: false });
    return result === undefined || result.mtimeMs < newest;
  });
}

function newestIn(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestIn(join(path, name))), 0);
}
