/**
 * Writes `offhook-VERSION-linux-CPU.tar.gz` into the working directory: what is unpacked at the root of a router.
 * docs/router.md says the rest.
 *
 *   npm run tarball [-- x64 | arm64 | arm [glibc | musl]]      this machine's processor, and glibc, when not given
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { tarGz } from "./tar.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What a router has of our own beside the program; a folder of this kind for each folder of the router. */
const unitsFolder = fileURLToPath(new URL("router", import.meta.url));
const home = "usr/lib/offhook";

/** The ends of the names that the native part of `usb` has, for each processor and C library. */
const natives = {
  "x64 glibc": "x64-gnu",
  "x64 musl": "x64-musl",
  "arm64 glibc": "arm64-gnu",
  "arm64 musl": "arm64-musl",
  "arm glibc": "arm-gnueabihf",
};
/** What of dist/ runs: the rest is for developers. */
const runs = /^(?:[^.]+\.js|voice\.wasm|supervise\.sh|licences\.txt)$/;
/** Folders that every router has: unpacking leaves their permissions alone. */
const everywhere = ["etc", "etc/init.d", "usr", "usr/bin", "usr/lib"];

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));

function main([cpu = process.arch, libc = "glibc"]) {
  const native = natives[`${cpu} ${libc}`];
  if (native === undefined) {
    const known = Object.keys(natives).join(", ");
    fail(`there is no native part of usb for ${cpu} with ${libc}: npm run tarball -- [${known}]`, 2);
  }
  const { version } = manifestIn(root);
  const name = `offhook-${version}-linux-${cpu}${libc === "musl" ? "-musl" : ""}.tar.gz`;
  const files = [...unitFiles(), ...program(), ...usb(native)];
  const archive = tarGz([...foldersOf(files), ...files]);
  writeFileSync(name, archive);
  const bytes = files.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  process.stdout.write(`${name}: ${megabytes(archive.length)} MB, unpacked ${megabytes(bytes)} MB\n`);
}

/** What does not depend on the processor: services, rules, the script that makes the user. */
export function unitFiles() {
  return readdirSync(unitsFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => fileOf(path, relative(unitsFolder, path)));
}

function program() {
  const dist = join(root, "dist");
  const names = readdirSync(dist).filter((name) => runs.test(name));
  const { version } = manifestIn(root);
  return [
    ...names.map((name) => fileOf(join(dist, name), `${home}/${name}`)),
    fileOf(join(root, "LICENSE"), `${home}/LICENSE`),
    jsonFile(`${home}/package.json`, { name: "offhook", version, type: "module" }),
    { path: "usr/bin/offhook", link: "../lib/offhook/offhook.js" },
  ];
}

/** The library, and its one file for the processor, which it looks for beside itself first. */
function usb(native) {
  const from = join(root, "node_modules/usb");
  const to = `${home}/node_modules/usb`;
  const { version, main, license } = manifestIn(from);
  const file = `usb.linux-${native}.node`;
  return [
    jsonFile(`${to}/package.json`, { name: "usb", version, main, license }),
    ...["LICENSE.md", "index.js", "dist/index.js"].map((name) => fileOf(join(from, name), `${to}/${name}`)),
    { path: `${to}/${file}`, mode: 0o644, data: nativePart(`@node-usb/usb-linux-${native}`, version, file) },
  ];
}

/** From node_modules when it is this machine's, else from npm. */
function nativePart(name, version, file) {
  const here = join(root, "node_modules", name);
  if (existsSync(join(here, file)) && manifestIn(here).version === version) return readFileSync(join(here, file));
  const folder = mkdtempSync(join(tmpdir(), "offhook-native-"));
  try {
    run("npm", ["pack", `${name}@${version}`, "--silent", "--prefer-offline", "--pack-destination", folder]);
    const [packed = ""] = readdirSync(folder);
    run("tar", ["-xzf", join(folder, packed), "-C", folder]);
    return readFileSync(join(folder, "package", file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: tmpdir(), stdio: ["ignore", "ignore", 2] });
  if (status !== 0) fail(`${command} ${args.join(" ")} failed${error === undefined ? "" : `: ${error.message}`}`, 1);
}

/** Only whether it is a program is taken of its permissions: a clone has those of whoever made it. */
function fileOf(from, path) {
  const mode = (statSync(from).mode & 0o100) === 0 ? 0o644 : 0o755;
  return { path, mode, data: readFileSync(from) };
}

function jsonFile(path, value) {
  return { path, mode: 0o644, data: Buffer.from(`${JSON.stringify(value)}\n`) };
}

function foldersOf(files) {
  const parents = files.flatMap(({ path }) => {
    const parts = path.split("/").slice(0, -1);
    return parts.map((_, n) => parts.slice(0, n + 1).join("/"));
  });
  return [...new Set(parents)].filter((path) => !everywhere.includes(path)).map((path) => ({ path }));
}

function manifestIn(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(2);
}

function fail(sentence, code) {
  process.stderr.write(`offhook: ${sentence}\n`);
  process.exit(code);
}
