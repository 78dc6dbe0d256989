import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { squash } from "./base-root.ts";
import { cached } from "./cache.ts";
import { unpackFromNpm } from "./from-npm.ts";
import type { Target } from "./target.ts";

const repository = join(import.meta.dirname, "../../..");
/** Scripts of the guest: its init, and the door to the gateway. */
const scripts = join(import.meta.dirname, "../inside");
/** What of dist/ is for developers, and never on a router. */
const FOR_DEVELOPERS = /\.map$|^voice\.debug\.|^types$/;
interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Squashes what is put on a router: the bundle, the few packages it loads at run time with the native parts of that
 * router's processor, and the scripts of the test. `extra` are further files, by name.
 */
export async function squashApplication(target: Target, into: string, extra: Readonly<Record<string, string>> = {}) {
  const root = await mkdtemp(join(tmpdir(), "offhook-router-"));
  try {
    await cp(scripts, root, { recursive: true });
    const filter = (path: string) => !FOR_DEVELOPERS.test(basename(path));
    await cp(join(repository, "dist"), join(root, "dist"), { recursive: true, filter });
    for (const [name, file] of Object.entries(extra)) await cp(file, join(root, name));
    await cp(join(repository, "package.json"), join(root, "package.json"));
    await copyPackages(target, join(root, "node_modules"));
    await squash(root, into);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Packages and what they need, but what is only types, and native parts only of the target. */
async function copyPackages(target: Target, into: string): Promise<void> {
  const done = new Set<string>();
  // What the bundle does not have in it is what the package depends on.
  const waiting = Object.keys((await manifestIn(repository)).dependencies ?? {});
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const from = join(repository, "node_modules", name);
    if (done.has(name) || name.startsWith("@types/") || isNative(name) || !existsSync(from)) continue;
    done.add(name);
    await cp(from, join(into, name), { recursive: true });
    const manifest = await manifestIn(from);
    waiting.push(...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
  }
  await copyNative(target, into);
}

/** The part of `usb` that is compiled for each processor. */
async function copyNative(target: Target, into: string): Promise<void> {
  const { usbPackage } = target;
  const here = join(repository, "node_modules", usbPackage);
  const { version } = await manifestIn(join(repository, "node_modules/usb"));
  const wanted = `${usbPackage}@${version}`;
  const from = existsSync(here)
    ? here
    : await cached(`${target.name}-usb`, wanted, (folder) => unpackFromNpm(wanted, folder));
  const to = join(into, usbPackage);
  await mkdir(dirname(to), { recursive: true });
  for (const file of await readdir(from)) if (/\.(node|json)$/.test(file)) await cp(join(from, file), join(to, file));
}

function isNative(name: string): boolean {
  return name.startsWith("@node-usb/usb-") || name.startsWith("@napi-rs/nice-");
}

async function manifestIn(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest; // npm wrote it
}
