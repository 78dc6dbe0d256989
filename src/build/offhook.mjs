#!/usr/bin/env node
// In a clone that was not built yet, `npx offhook` builds it first: npx links only a program that is there, and never looks
// again. The package and the router's tarball have no sources, and are always built.
import { existsSync } from "node:fs";

const program = new URL("../../dist/offhook.js", import.meta.url);
const build = new URL("./prepare.mjs", import.meta.url);
if (!existsSync(program) && existsSync(build)) await (await import(build.href)).prepare();
await import(program.href);
