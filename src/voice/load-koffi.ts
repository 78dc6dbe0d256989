/** Rejects with a sentence that says why there is none. */
export async function loadKoffi() {
  try {
    return await import("koffi");
  } catch (problem) {
    const code = problem instanceof Error && "code" in problem ? problem.code : null;
    if (code === "ERR_MODULE_NOT_FOUND") throw new Error("batches need the package koffi, which is not installed");
    throw new Error(`koffi does not load on ${process.arch}: ${problem instanceof Error ? problem.message : problem}`);
  }
}
