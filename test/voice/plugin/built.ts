import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CodecFrameMs } from "../../../src/message/media.ts";

const root = new URL("../../../", import.meta.url).pathname;
const sources = join(root, "docs/examples/codec");

/** Compiling takes seconds, and several files of one process want the same. */
const blocks = new Map<CodecFrameMs, Uint8Array>();

/** The example in AssemblyScript, compiled as its first lines say, with the frames that it has or may have. */
export function builtBlock(frameMs: CodecFrameMs = 20): Uint8Array {
  const known = blocks.get(frameMs) ?? buildBlock(frameMs);
  blocks.set(frameMs, known);
  return known;
}

function buildBlock(frameMs: CodecFrameMs): Uint8Array {
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const flags = ["--runtime", "stub", "--use", "abort=", "-O3", "--noAssert"];
  const source = readFileSync(join(sources, "block.ts"), "utf8").replace(
    "FRAME_MS: i32 = 20",
    `FRAME_MS: i32 = ${frameMs}`,
  );
  return built("block.wasm", process.execPath, [asc, "block.ts", ...flags, "--outFile"], { "block.ts": source });
}

/** The example in C, compiled as its first lines say. */
export function builtDvi4(frameMs: CodecFrameMs = 20): Uint8Array {
  const flags = ["--target=wasm32", "-O2", "-ffreestanding", "-nostdlib", "-Wl,--no-entry", "-Wl,-z,stack-size=8192"];
  return built("dvi4.wasm", "clang", [...flags, `-DFRAME_MS=${frameMs}`, join(sources, "dvi4.c"), "-o"]);
}

/** In a folder of its own: the compiler would read this project's settings. */
function built(
  name: string,
  program: string,
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "offhook-codec-"));
  try {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const { status, stderr } = spawnSync(program, [...args, name], { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`${program} did not compile ${name}: ${stderr}`);
    return readFileSync(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
