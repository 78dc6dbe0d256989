import { loadKoffi } from "./load-koffi.ts";

/** The number of sched_setattr(2), by processor; asm/unistd.h. C libraries have no function for it. */
const numbers: Readonly<Record<string, number>> = { x64: 314, arm64: 274 };

/** Linux clamps a slice to 0.1-100 ms. A turn of the voice is about that long, or shorter. */
const SLICE_NS = 100_000n;
const ATTR_OCTETS = 48;

/**
 * Asks the scheduler for slices of 0.1 ms for the calling thread instead of about 3 ms (EEVDF, Linux 6.12 and later:
 * `sched_runtime` of an ordinary thread). Its share of the processor stays the same and it takes no right; but whoever asks
 * for little at once has his turn sooner when he wakes up beside a program that computes. Earlier kernels ignore it.
 * @param nice what the thread has, and keeps
 * @returns whether the kernel took the request, which an earlier one does, too
 */
export async function askForShortSlices(nice: number): Promise<boolean> {
  const number = numbers[process.arch];
  if (number === undefined) return false;
  const { load } = await loadKoffi();
  const call = load(null).func("syscall", "long", ["long", "int", "void *", "uint"]);
  return call(number, 0, attributes(nice), 0) === 0;
}

/** `struct sched_attr` (linux/sched/types.h): SCHED_OTHER. */
function attributes(nice: number): Uint8Array {
  const octets = new Uint8Array(ATTR_OCTETS);
  const view = new DataView(octets.buffer);
  view.setUint32(0, ATTR_OCTETS, true);
  view.setInt32(16, nice, true);
  view.setBigUint64(24, SLICE_NS, true);
  return octets;
}
