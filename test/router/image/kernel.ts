import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cached } from "./cache.ts";
import { Packages } from "./packages.ts";
import { run } from "./run.ts";
import { foreignDriver, type Target } from "./target.ts";

/** Where the modules that may be wanted lie in the package. */
const MODULE_PATHS = [
  "drivers/virtio/*",
  "drivers/net/virtio_net.ko*",
  "drivers/net/net_failover.ko*",
  "net/core/failover.ko*",
  "drivers/block/virtio_blk.ko*",
  "drivers/usb/common/*",
  "drivers/usb/core/*",
  "drivers/usb/usbip/*",
  "drivers/usb/serial/usbserial.ko*",
  "fs/squashfs/*",
  "lib/*",
  "crypto/*",
];

/** A stock kernel of Debian, its modules, and the libraries a Node needs. */
export interface System {
  /** What QEMU boots. */
  readonly kernel: string;
  /** `NAME.ko`, flat. */
  readonly modules: string;
  /** In the order they are to be loaded. */
  readonly order: readonly string[];
  /** Root of C library and shell. */
  readonly userland: string;
}

/** Fetched once, and kept. */
export async function debianSystem(target: Target): Promise<System> {
  const key = JSON.stringify([target.modules, foreignDriver, MODULE_PATHS, target.userland, 1]);
  const folder = await cached(`${target.name}-system`, key, (into) => fetchSystem(target, into));
  const order = (await readFile(join(folder, "order"), "utf8")).split("\n").filter((name) => name !== "");
  const at = (name: string) => join(folder, name);
  return { kernel: at("kernel"), modules: at("modules"), order, userland: at("userland") };
}

async function fetchSystem(target: Target, into: string): Promise<void> {
  const packages = new Packages(target.debian);
  await packages.update();
  const kernelPackage = await packages.newest(target.kernelPackage);
  const all = join(into, "all");
  await mkdir(all, { recursive: true });
  const paths = ["./boot/vmlinuz-*", ...MODULE_PATHS.map((path) => `./lib/modules/*/kernel/${path}`)];
  await packages.unpack([kernelPackage], paths, all);
  await mkdir(join(into, "userland"), { recursive: true });
  await packages.unpack(target.userland.packages, target.userland.paths, join(into, "userland"));
  await packages.forget();
  await takeKernel(target, join(all, "boot"), join(into, "kernel"));
  await takeModules(target, join(all, "lib/modules"), into);
  await rm(all, { recursive: true });
}

/** On x86 the uncompressed kernel is cut out of its wrapper: QEMU boots it as it is, which saves 5 s of unpacking. */
async function takeKernel(target: Target, boot: string, into: string): Promise<void> {
  const name = (await readdir(boot)).find((file) => file.startsWith(target.kernelFile));
  if (name === undefined) throw new Error(`the kernel package of ${target.name} has no ${target.kernelFile}*`);
  if (target.name !== "x86-64") return copyFile(join(boot, name), into);
  const wrapped = await readFile(join(boot, name));
  const at = wrapped.indexOf(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]));
  if (at < 0) throw new Error(`${name} has no xz stream in it`);
  const stream = `${into}.xz`;
  await writeFile(stream, wrapped.subarray(at));
  await writeFile(into, await run("xz", ["--decompress", "--stdout", "--single-stream", stream]));
  await rm(stream);
}

/** The wanted modules and those they depend on, as each says itself. */
async function takeModules(target: Target, tree: string, into: string): Promise<void> {
  const files = (await readdir(tree, { recursive: true })).filter((path) => path.endsWith(".ko"));
  const byName = new Map(files.map((path) => [nameOf(path), join(tree, path)]));
  await mkdir(join(into, "modules"), { recursive: true });
  const taken = new Set<string>();
  const take = async (name: string): Promise<void> => {
    const file = byName.get(name);
    if (taken.has(name)) return;
    taken.add(name);
    // Not a module of this kernel: then it is built in, and nothing to be loaded.
    if (file === undefined) return;
    for (const other of dependenciesIn(await readFile(file))) await take(other);
    await copyFile(file, join(into, "modules", `${name}.ko`));
    order.push(name);
  };
  const order: string[] = [];
  for (const name of target.modules) await take(canonical(name));
  await writeFile(join(into, "order"), order.join("\n"));
  await take(foreignDriver);
}

function dependenciesIn(module: Buffer): readonly string[] {
  const at = module.indexOf("\0depends=");
  if (at < 0) return [];
  const words = module.toString("latin1", at + "\0depends=".length, module.indexOf(0, at + 1));
  return words
    .split(",")
    .filter((name) => name !== "")
    .map(canonical);
}

function nameOf(path: string): string {
  return canonical(basename(path, ".ko"));
}

function canonical(name: string): string {
  return name.replaceAll("-", "_");
}
