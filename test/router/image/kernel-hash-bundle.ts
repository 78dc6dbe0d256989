import { join } from "node:path";
import { build } from "esbuild";

const repository = join(import.meta.dirname, "../../..");
const vectors = join(repository, "../shared/vectors");

/** Files that the hash of the voice kernels needs in a guest, by their names there; how it is run there. */
export async function kernelHashFiles(folder: string): Promise<Readonly<Record<string, string>>> {
  const bundle = join(folder, "kernel-hash.mjs");
  await build({
    entryPoints: [join(repository, "test/router/kernel-hash.ts")],
    outfile: bundle,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
  });
  const vector = (name: string) => [`vectors/${name}`, join(vectors, name)] as const;
  // Two folders deep, as the source is: from there it finds the voice module and the kernels.
  const module = (name: string) => [`dist/${name}`, join(repository, "dist", name)] as const;
  return Object.fromEntries([
    ["test/router/kernel-hash.mjs", bundle],
    module("voice.wasm"),
    module("kernels.wasm"),
    vector("codec/g711/sweep.src"),
    vector("codec/g711/sweep-r.a"),
    vector("codec/g722/inpsp.bin"),
    vector("codec/p56/voice.src"),
  ]);
}

export const kernelHashCommand = "node /opt/router/test/router/kernel-hash.mjs /opt/router/vectors";
