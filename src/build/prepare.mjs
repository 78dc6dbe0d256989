/**
 * Makes a fresh clone ready: installs what is missing, builds what is missing or older than its sources.
 * Needs nothing but Node; says one line for each step, and nothing when there is nothing to do.
 *
 *   node src/build/prepare.mjs            install and build
 *   node src/build/prepare.mjs types      the declarations for the npm package, too
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isOlder } from "./age.mjs";

const oldestNode = 20;
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Ends the process with a sentence when a step fails. */
export async function prepare() {
  checkNode();
  install();
  await buildVoice();
  await buildBundles();
}

function checkNode() {
  const [major = "0"] = process.versions.node.split(".");
  if (Number(major) >= oldestNode) return;
  fail(`Node ${process.versions.node} is too old: install Node ${oldestNode} or newer, e.g. from https://nodejs.org`);
}

function install() {
  const problem = missingPackage();
  if (problem === null) return;
  say(`installing packages (${problem})`);
  const quiet = ["--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  if (npm(["ci", ...quiet]) === 0) return;
  say("the lock file does not fit this machine's registry, installing what it lacks as well");
  if (npm(["install", "--no-save", ...quiet]) !== 0)
    fail("npm can not install the packages; it needs its registry, or a filled cache");
}

/** Runs the npm that runs this, or the one on the path. */
function npm(args) {
  const own = process.env.npm_execpath;
  return own !== undefined && /npm-cli\.c?js$/.test(own) ? run(process.execPath, [own, ...args]) : run("npm", args);
}

/** Compares what npm noted as installed with the lock file; null when all is there. */
function missingPackage() {
  const wanted = packagesIn("package-lock.json");
  if (wanted === null) fail("package-lock.json can not be read; clone again");
  const installed = packagesIn("node_modules/.package-lock.json");
  if (installed === null) return "node_modules is missing";
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === "" || optional === true) continue;
    if (installed[path]?.version !== version) return `${path.replace("node_modules/", "")} ${version} is missing`;
  }
  return null;
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages ?? null;
  } catch {
    return null;
  }
}

function buildVoice() {
  if (!isOlder(root, ["dist/voice.wasm"], ["assembly", "asconfig.json", "package-lock.json"])) return;
  say("compiling the voice module");
  mkdirSync(join(root, "dist"), { recursive: true });
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  if (run(process.execPath, [asc, "--config", "asconfig.json", "--target", "release"]) !== 0)
    fail("the AssemblyScript compiler failed, see above");
}

async function buildBundles() {
  const results = ["offhook", "index", "voice-worker", "shadow-worker", "worker"].map((name) => `dist/${name}.js`);
  if (
    !isOlder(root, results, [
      "src",
      "assembly/layout.ts",
      "assembly/endpoint-words.ts",
      "package.json",
      "package-lock.json",
    ])
  )
    return;
  say("bundling");
  const { bundle } = await import("./bundle.mjs");
  await bundle(root).catch((error) => fail(`esbuild failed: ${error.message}`));
}

/** What only the package for npm has. */
async function buildTypes() {
  say("writing the declarations");
  const { writeTypes } = await import("./types.mjs");
  try {
    writeTypes(root);
  } catch (error) {
    fail(error.message);
  }
}

function run(command, args) {
  // Both outputs to stderr: stdout belongs to the program that is prepared.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error !== undefined) fail(`${command} can not be run: ${error.message}`);
  return status;
}

function say(what) {
  process.stderr.write(`offhook: ${what} …\n`);
}

function fail(sentence) {
  process.stderr.write(`offhook: ${sentence}\n`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await prepare();
  if (process.argv[2] === "types") await buildTypes();
}
