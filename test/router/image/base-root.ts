import { chmod, copyFile, cp, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TarEntry, unitFiles } from "../../../src/build/tarball.mjs";
import { cached } from "./cache.ts";
import { cpio, modes } from "./cpio.ts";
import { unpackFromNpm } from "./from-npm.ts";
import type { System } from "./kernel.ts";
import { run, text } from "./run.ts";
import type { Target } from "./target.ts";

/** Folders that exist on the read-only root for something to be mounted on. */
const MOUNT_POINTS = [
  "proc",
  "sys",
  "dev",
  "tmp",
  "run",
  "data",
  "opt/router",
  "root",
  "usr/bin",
  "usr/lib/offhook",
  "etc",
];

/** What a router has before anything of ours is on it. */
const ETC: Readonly<Record<string, string>> = {
  passwd: "root:x:0:0:root:/root:/bin/sh\n",
  group: "root:x:0:\n",
  "mdev.conf": "null 0:0 666\n",
};

/** Finds the two read-only images by their serial numbers, mounts them, and goes on in the real root. */
const EARLY_INIT = `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in $(cat /order); do insmod /modules/$module.ko || echo "module $module does not load"; done
mkdir -p /new
for disk in /sys/block/vd*; do
  read -r serial < $disk/serial
  [ "$serial" = base ] && mount -t squashfs -o ro /dev/\${disk##*/} /new
done
for disk in /sys/block/vd*; do
  read -r serial < $disk/serial
  [ "$serial" = router ] && mount -t squashfs -o ro /dev/\${disk##*/} /new/opt/router
done
umount /proc
umount /sys
mount --move /dev /new/dev
exec switch_root /new /opt/router/init
`;

/** What is the same for every run of a target. */
export interface BaseRoot {
  readonly squashfs: string;
  readonly initramfs: string;
  readonly nodeVersion: string;
}

/** A read-only root with a shell, the C library and Node, and what mounts it. */
export async function baseRoot(target: Target, system: System): Promise<BaseRoot> {
  const node = await nodeOf(target);
  const { size } = await stat(node.path);
  const units = unitFiles();
  const unitsKey = units.map(({ path, data }) => [path, data.toString("utf8")]);
  const key = JSON.stringify([
    node.path,
    node.version,
    size,
    (await stat(system.kernel)).mtimeMs,
    EARLY_INIT,
    ETC,
    unitsKey,
  ]);
  const folder = await cached(`${target.name}-root`, key, async (into) => {
    const root = join(into, "root");
    await fillRoot(root, system, node.path);
    await install(root, units);
    await squash(root, join(into, "base.squashfs"));
    await rm(root, { recursive: true });
    await writeFile(join(into, "initramfs"), await initramfs(system));
  });
  return {
    squashfs: join(folder, "base.squashfs"),
    initramfs: join(folder, "initramfs"),
    nodeVersion: node.version,
  };
}

export async function squash(folder: string, into: string): Promise<void> {
  await rm(into, { force: true });
  // A temporary folder is closed to others, and its mode becomes that of the root.
  await chmod(folder, 0o755);
  await run("mksquashfs", [folder, into, "-comp", "lz4", "-all-root", "-no-progress", "-quiet"]);
}

async function nodeOf(target: Target): Promise<{ readonly path: string; readonly version: string }> {
  if (target.nodePackage === null) {
    if (process.arch !== "x64")
      throw new Error(`the ${target.name} guest runs this Node, which is for ${process.arch}`);
    return { path: process.execPath, version: process.versions.node };
  }
  const { nodePackage } = target;
  const folder = await cached(`${target.name}-node`, nodePackage, (into) => unpackFromNpm(`${nodePackage}@20`, into));
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { readonly version: string }; // npm's
  return { path: join(folder, "bin/node"), version };
}

async function fillRoot(root: string, system: System, node: string): Promise<void> {
  await cp(system.userland, root, { recursive: true, verbatimSymlinks: true });
  for (const folder of MOUNT_POINTS) await mkdir(join(root, folder), { recursive: true });
  await mkdir(join(root, "bin"), { recursive: true });
  const busybox = join(root, "bin/busybox");
  await chmod(busybox, 0o755);
  for (const applet of await applets()) await symlink("busybox", join(root, "bin", applet)).catch(() => undefined);
  await copyFile(node, join(root, "usr/bin/node"));
  await chmod(join(root, "usr/bin/node"), 0o755);
  await cp(system.modules, join(root, "lib/modules"), { recursive: true });
  await symlink("/bin/busybox", join(root, "usr/bin/env"));
  for (const [name, text] of Object.entries(ETC)) await writeFile(join(root, "etc", name), text);
}

/** What the tarball has but the program, which the other image brings: rules for the devices, and the user, by its own script. */
async function install(root: string, units: readonly TarEntry[]): Promise<void> {
  for (const { path, mode, data } of units) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), data, { mode });
  }
  await symlink("../lib/offhook/offhook.js", join(root, "usr/bin/offhook"));
  await run("sh", [join(root, "usr/lib/offhook/install.sh"), root]);
}

/** Those of this machine's busybox: Debian builds the same for every architecture. */
async function applets(): Promise<readonly string[]> {
  return (await text("busybox", ["--list"]))
    .split("\n")
    .filter((name) => /^[a-z0-9]+$/.test(name) && name !== "busybox");
}

async function initramfs(system: System): Promise<Buffer> {
  const modules = await Promise.all(
    system.order.map(async (name) => ({
      path: `modules/${name}.ko`,
      mode: modes.file,
      data: await readFile(join(system.modules, `${name}.ko`)),
    })),
  );
  const folders = ["bin", "dev", "proc", "sys", "modules"].map((path) => ({ path, mode: modes.folder }));
  return cpio([
    ...folders,
    { path: "bin/busybox", mode: modes.program, data: await readFile(join(system.userland, "bin/busybox")) },
    { path: "init", mode: modes.program, data: Buffer.from(EARLY_INIT) },
    { path: "order", mode: modes.file, data: Buffer.from(system.order.join("\n")) },
    ...modules,
  ]);
}
