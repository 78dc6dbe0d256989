/**
 * Compiles the voice kernels one by one for tests and benchmarks: assembly/kernels.ts to dist/kernels.wasm, with the
 * flags of the voice module (asconfig.json) but more memory.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isOlder } from "./age.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** test/assembly/kernel-rig.ts has the same number. */
const pages = "64";

const flags = [
  ...["--runtime", "stub", "--importMemory", "--noExportMemory", "--sharedMemory"],
  ...["--initialMemory", pages, "--maximumMemory", pages, "--memoryBase", "1024"],
  ...["--enable", "threads", "--enable", "simd", "--use", "abort=", "-O3", "--noAssert"],
];

/** Throws with the compiler's words on stderr when it fails. */
export function buildKernels() {
  if (!isOlder(root, ["dist/kernels.wasm"], ["assembly", "package-lock.json"])) return;
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const args = [asc, "assembly/kernels.ts", ...flags, "--outFile", "dist/kernels.wasm"];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error("the AssemblyScript compiler failed on assembly/kernels.ts, see above");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildKernels();
