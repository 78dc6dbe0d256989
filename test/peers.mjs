/**
 * The programs of others that the peer tests talk to. As root they are installed by apt, otherwise named.
 *
 *   node test/peers.mjs
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const peers = [
  { program: "sipp", package: "sip-tester" },
  { program: "baresip", package: "baresip-core" },
  { program: "kamailio", package: "kamailio" },
  { program: "sngrep", package: "sngrep" },
  // A codec in C is compiled to WebAssembly.
  { program: "clang", package: "clang" },
  { program: "wasm-ld", package: "lld" },
];

/** What only those tests need that take root: they mount disks, and compile a witness of the processor. */
const tools = [
  { program: "mkfs.ext4", package: "e2fsprogs" },
  { program: "gcc", package: "gcc" },
  // With its headers, which it only recommends.
  { program: "../include/stdio.h", package: "libc6-dev" },
];

const isRoot = process.getuid?.() === 0;

/** Installs what is missing; ends the process with a sentence when it can not. */
export function installPeers() {
  const installed = installPackages("the peer tests", isRoot ? [...peers, ...tools] : peers);
  if (installed.includes("kamailio")) stopService("kamailio");
}

/** The same for anything that needs a program (or, named from a folder of programs, a header); what was installed. */
export function installPackages(who, wanted) {
  const missing = wanted.filter(({ program }) => !isInstalled(program));
  if (missing.length === 0) return [];
  const packages = missing.map((peer) => peer.package);
  if (!isRoot || !isInstalled("apt-get")) giveUp(who, packages);
  process.stderr.write(`offhook: installing ${packages.join(", ")} …\n`);
  if (!aptInstall(packages)) {
    apt(["update"]);
    if (!aptInstall(packages)) giveUp(who, packages);
  }
  const still = wanted.filter(({ program }) => !isInstalled(program)).map((peer) => peer.package);
  if (still.length > 0) giveUp(who, still);
  return packages;
}

function isInstalled(program) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => isThere(join(folder, program)));
}

function isThere(path) {
  try {
    accessSync(path, path.endsWith(".h") ? constants.R_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function aptInstall(packages) {
  return apt(["install", "--yes", "--no-install-recommends", ...packages]);
}

function apt(args) {
  // Runlevel 1: an installed server is not started (invoke-rc.d).
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  return spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", 2] }).status === 0;
}

/** Under systemd the package starts its server, on the very port of the gateway. The tests start their own. */
function stopService(name) {
  if (existsSync("/run/systemd/system")) spawnSync("systemctl", ["disable", "--now", name], { stdio: "ignore" });
}

function giveUp(who, packages) {
  process.stderr.write(
    `offhook: ${who} need${who.endsWith("s") ? "" : "s"} ${packages.join(", ")}; install them: apt-get install --no-install-recommends ${packages.join(" ")}\n`,
  );
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) installPeers();
