import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/** Loaded from node_modules at run time: `usb` has native code, `piscina` starts its own worker file. */
const external = ["usb", "piscina"];

/** Some libraries are CommonJS and ask for Node's modules by `require`. */
const requireInModules =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

/** What is bundled: the bin, and the file of the voice worker. */
export const entries = { offhook: "src/main.ts", "voice-worker": "src/voice/worker.ts" };

/** Bundles the sources under `root` into `dist/`, one file for each entry, with source maps beside them. */
export async function bundle(root) {
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: "dist",
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minify: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    external,
    banner: { js: `#!/usr/bin/env node\n${requireInModules}` },
    logLevel: "warning",
  });
  await chmod(join(root, "dist/offhook.js"), 0o755);
  return readdir(join(root, "dist"));
}
