/**
 * Everything `npm test` does. Needs nothing but Node to begin with.
 *
 *   npm test                      types and lint, unit tests, tests against real peers, then the router guests
 *   npm test -- unit [filter]     unit tests only; a filter is part of a file's path
 *   npm test -- peers [filter]    peer tests only
 *   npm test -- router [guest]    the router guest only; arm64, armv7 or `all` when asked for (test/router.mjs)
 *   npm test -- check             types and lint only
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildKernels } from "../src/build/kernels.mjs";
import { prepare } from "../src/build/prepare.mjs";
import { installPeers } from "./peers.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const peersFolder = join(root, "test/peers");
/** A unit run that is not over by then hangs: something was left open, ms. */
const unitPatience = 300_000;
const peersPatience = 1_800_000;
const routerPatience = 1_200_000;
/** Timers of half a minute, watchdogs, disks and programs: none of them judges how a call sounds, nor how soon. */
const beside = [
  "a-call-out-that-fails",
  "a-day-is-replayed-in-little-memory",
  "a-stuck-gateway-is-started-again",
  "every-node-computes-the-same",
  "every-outside-operation-fails-once",
  "installed-from-the-package",
  "installed-from-the-tarball",
  "power/the-data-directory-fails",
  "power/the-power-goes-during-calls",
  "power/the-power-goes-while-files-are-saved",
];

const reporter = ["--enable-source-maps", "--test-reporter=spec", "--test-reporter-destination=stdout"];

const steps = { check, unit, peers, router };
const [only, filter = ""] = process.argv.slice(2);
if (only !== undefined && !Object.hasOwn(steps, only)) {
  process.stderr.write(`offhook: there is no "${only}": npm test -- [${Object.keys(steps).join(" | ")}] [filter]\n`);
  process.exit(2);
}
await prepare();
buildKernels();
for (const [name, step] of Object.entries(steps)) {
  if (only !== undefined && only !== name) continue;
  const began = performance.now();
  const good = await step();
  process.stdout.write(
    `\n${name}: ${good ? "good" : "FAILED"} (${((performance.now() - began) / 1000).toFixed(1)} s)\n\n`,
  );
  if (!good) process.exit(1);
}

async function check() {
  const tool = (path) => join(root, "node_modules", path);
  const results = await Promise.all([
    node([tool("typescript/bin/tsc"), "-p", "."]),
    node([tool("typescript/bin/tsc"), "-p", "assembly"]),
    node([tool("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."]),
  ]);
  return results.every((status) => status === 0);
}

/**
 * Two processes: starting one for each file would take longer than the tests. Those of the voice worker keep real time and
 * mostly wait; the others compute meanwhile.
 */
async function unit() {
  const files = testFiles(join(root, "test")).filter((file) => !file.startsWith(peersFolder));
  if (files.length === 0) return nothing();
  const folder = mkdtempSync(join(tmpdir(), "offhook-unit-"));
  const keepsTime = (file) => file.startsWith(join(root, "test/voice"));
  try {
    const results = await Promise.all([
      inOneProcess(
        join(folder, "rest.mjs"),
        files.filter((file) => !keepsTime(file)),
      ),
      inOneProcess(join(folder, "voice.mjs"), files.filter(keepsTime)),
    ]);
    return results.every((good) => good);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inOneProcess(all, files) {
  if (files.length === 0) return true;
  writeFileSync(all, files.map((file) => `import ${JSON.stringify(pathToFileURL(file).href)};\n`).join(""));
  return (await node(["--import", "tsx", ...reporter, all], unitPatience)) === 0;
}

/** Real programs, sockets and time: one file after the other, and beside them those that may be slow. */
async function peers() {
  const files = testFiles(peersFolder);
  if (files.length === 0) return nothing();
  installPeers();
  const maybeSlow = (file) => beside.some((name) => file.endsWith(`${name}.test.ts`));
  const results = await Promise.all([
    oneAfterTheOther(files.filter((file) => !maybeSlow(file))),
    oneAfterTheOther(files.filter(maybeSlow)),
  ]);
  return results.every((good) => good);
}

async function oneAfterTheOther(files) {
  if (files.length === 0) return true;
  const names = files.map((file) => relative(root, file));
  return (
    (await node(["--import", "tsx", "--test", "--test-concurrency=1", ...reporter, ...names], peersPatience)) === 0
  );
}

/** The same on a real kernel's USB stack, in a machine the size of a router. The other processors by hand: they take three minutes. */
async function router() {
  return (await node([join(root, "test/router.mjs"), filter || "x86-64"], routerPatience)) === 0;
}

function testFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(folder, name))
    .filter((path) => relative(root, path).includes(filter))
    .sort();
}

function nothing() {
  process.stderr.write(`offhook: no test file has "${filter}" in its path\n`);
  return false;
}

/** Runs Node on the project; resolves with its exit code. */
function node(args, patience = 600_000) {
  return new Promise((resolve) => {
    const env = { ...process.env, FORCE_COLOR: process.stdout.isTTY ? "1" : "0" };
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env });
    const late = setTimeout(() => {
      process.stderr.write(`offhook: not over after ${patience / 1000} s and ended: something was left open\n`);
      child.kill("SIGKILL");
    }, patience);
    child.on("error", (error) => process.stderr.write(`offhook: ${error.message}\n`));
    child.on("close", (status) => {
      clearTimeout(late);
      resolve(status ?? 1);
    });
  });
}
