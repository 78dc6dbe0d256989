/** Throws with the compiler's words on stderr when it fails. */
export function buildKernels(): void;
/** As `buildKernels`, of the benchmark's module with a loop round each kernel. */
export function buildLoops(): void;
