import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("../../../", import.meta.url).pathname;
const sources = join(root, "docs/examples/codec");

/** The example in AssemblyScript, compiled as its first lines say. */
export function builtBlock(): Uint8Array {
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const flags = ["--runtime", "stub", "--use", "abort=", "-O3", "--noAssert"];
  return built("block.wasm", process.execPath, [asc, join(sources, "block.ts"), ...flags, "--outFile"]);
}

/** The example in C, compiled as its first lines say. */
export function builtDvi4(): Uint8Array {
  const flags = ["--target=wasm32", "-O2", "-ffreestanding", "-nostdlib", "-Wl,--no-entry", "-Wl,-z,stack-size=8192"];
  return built("dvi4.wasm", "clang", [...flags, join(sources, "dvi4.c"), "-o"]);
}

/** In a folder of its own: the compiler would read this project's settings. */
function built(name: string, program: string, args: readonly string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "offhook-codec-"));
  try {
    const { status, stderr } = spawnSync(program, [...args, name], { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`${program} did not compile ${name}: ${stderr}`);
    return readFileSync(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
