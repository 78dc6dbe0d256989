import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.ts";

/** Unpacks a package of the npm registry, `NAME@RANGE`, into a folder; what stands in its tarball under `package/`. */
export async function unpackFromNpm(what: string, into: string): Promise<void> {
  await run("npm", ["pack", what, "--silent", "--pack-destination", into], { cwd: into });
  const tarball = (await readdir(into)).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack ${what} gave no package`);
  await run("tar", ["--extract", "--gzip", "--strip-components=1", "--no-same-owner", "--file", tarball], {
    cwd: into,
  });
  await rm(join(into, tarball));
}
