/**
 * The router test: QEMU guests the size of a router, with Debian's kernel and its own USB stack.
 *
 *   npm run test:router                    the whole suite on x86-64
 *   npm run test:router -- arm64 | armv7   one call, or a smoke test, on that processor
 *   npm run test:router -- all             all of them; several: x86-64,arm64
 *   npm run test:router -- x86-64 FILTER   files whose path has FILTER in it
 *
 * As root on Debian it installs QEMU and two small tools by apt; otherwise it says which are missing. Kernels, C libraries
 * and Nodes for ARM are fetched by apt and npm, which any user may do, and kept in test/router/image/cache.ts's folder.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildKernels } from "../src/build/kernels.mjs";
import { prepare } from "../src/build/prepare.mjs";
import { installPeers } from "./peers.mjs";
import { installTools } from "./router/tools.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** A run that is not over by then hangs, ms. */
const patience = 900_000;

const suites = {
  "x86-64": "test/router/full",
  arm64: "test/router/smoke",
  armv7: "test/router/smoke",
};

const [wanted = "x86-64", filter = ""] = process.argv.slice(2);
const names = wanted === "all" ? Object.keys(suites) : wanted.split(",");
if (!names.every((name) => Object.hasOwn(suites, name)))
  fail(`there is no "${wanted}": npm run test:router -- [all | ${Object.keys(suites).join(" | ")}] [filter]`, 2);

await prepare();
buildKernels();
installPeers();
installTools(names);
for (const name of names) {
  const began = performance.now();
  const good = await runSuite(name);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`\nrouter ${name}: ${good ? "good" : "FAILED"} (${seconds} s)\n\n`);
  if (!good) process.exit(1);
}

/** All files of a suite in one process: they share one guest. */
async function runSuite(name) {
  const folder = join(root, suites[name]);
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".guest.ts") && file.includes(filter))
    .sort()
    .map((file) => join(folder, file));
  if (files.length === 0) fail(`no file of ${relative(root, folder)} has "${filter}" in its name`, 2);
  const scratch = mkdtempSync(join(tmpdir(), "offhook-suite-"));
  try {
    const all = join(scratch, "all.mjs");
    writeFileSync(all, files.map((file) => `import ${JSON.stringify(pathToFileURL(file).href)};\n`).join(""));
    return (await node(["--import", "tsx", "--enable-source-maps", "--test-reporter=spec", all], name)) === 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function node(args, target) {
  return new Promise((resolve) => {
    const env = { ...process.env, OFFHOOK_ROUTER: target, FORCE_COLOR: process.stdout.isTTY ? "1" : "0" };
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env });
    const late = setTimeout(() => {
      process.stderr.write(`offhook: not over after ${patience / 1000} s and ended\n`);
      child.kill("SIGKILL");
    }, patience);
    child.on("error", (error) => process.stderr.write(`offhook: ${error.message}\n`));
    child.on("close", (status) => {
      clearTimeout(late);
      resolve(status ?? 1);
    });
  });
}

function fail(sentence, code) {
  process.stderr.write(`offhook: ${sentence}\n`);
  process.exit(code);
}
