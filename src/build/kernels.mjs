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
  ...["--enable", "threads", "--enable", "simd", "--use", "abort=", "--disableWarning", "112", "-O3", "--noAssert"],
];

/** Throws with the compiler's words on stderr when it fails. */
export function buildKernels() {
  build("kernels");
}

/** The same kernels with a loop round each, for the benchmark: assembly/loops.ts to dist/loops.wasm. */
export function buildLoops() {
  build("loops");
}

function build(name) {
  const [source, target] = [`assembly/${name}.ts`, `dist/${name}.wasm`];
  if (!isOlder(root, [target], ["assembly", "package-lock.json"])) return;
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const args = [asc, source, ...flags, "--disableWarning", "112", "--outFile", target];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`the AssemblyScript compiler failed on ${source}, see above`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildKernels();
