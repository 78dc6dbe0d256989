/** Throws with the compiler's words on stderr when it fails. */
export function buildKernels(): void;
