import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { squash } from "./base-root.ts";
import { run } from "./run.ts";
import type { Target } from "./target.ts";

const tarball = join(import.meta.dirname, "../../../src/build/tarball.mjs");
/** Scripts of the guest: its init, and the door to the gateway. */
const scripts = join(import.meta.dirname, "../inside");

/**
 * Squashes what is put on a router, unpacked from the very tarball for that router's processor, and the scripts of the
 * test. `extra` are further files, by name.
 */
export async function squashApplication(target: Target, into: string, extra: Readonly<Record<string, string>> = {}) {
  const root = await mkdtemp(join(tmpdir(), "offhook-router-"));
  try {
    await unpackTarball(target, root);
    await cp(scripts, root, { recursive: true });
    for (const [name, file] of Object.entries(extra)) await cp(file, join(root, name));
    await squash(root, into);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function unpackTarball({ cpu }: Target, into: string): Promise<void> {
  await run(process.execPath, [tarball, cpu, "glibc"], { cwd: into });
  const name = (await readdir(into)).find((file) => file.endsWith(".tar.gz"));
  if (name === undefined) throw new Error("there is no tarball");
  await run("tar", ["--extract", "--gzip", "--no-same-owner", "--file", name], { cwd: into });
  await rm(join(into, name));
}
