import { createRequire } from "node:module";

/** The library of foreign functions. By `require`: an import of it is 0.4 MB more in memory. Rejects with a sentence. */
export async function loadKoffi(): Promise<typeof import("koffi")> {
  try {
    return createRequire(import.meta.url)("koffi");
  } catch (problem) {
    const code = problem instanceof Error && "code" in problem ? problem.code : null;
    if (code === "MODULE_NOT_FOUND") throw new Error("batches need the package koffi, which is not installed");
    throw new Error(`koffi does not load on ${process.arch}: ${problem instanceof Error ? problem.message : problem}`);
  }
}
