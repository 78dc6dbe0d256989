import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { openLoop } from "./loop.ts";
import type { WorkerTask } from "./messages.ts";

/** Before everything else on the machine, short of real-time classes. */
const NICE = -15;

/** The standing task of the voice worker: ends when the host says stop, rejects when the voice path cannot be opened. */
export async function run(task: WorkerTask): Promise<void> {
  raisePriority();
  const loop = await openLoop(task);
  await loop.run();
}

/** On Linux a thread has a priority of its own. Without the right to raise it, the voice runs as everybody else. */
function raisePriority(): void {
  try {
    setPriority(Number(readlinkSync("/proc/thread-self").split("/").at(-1)), NICE);
  } catch {
    // Not Linux, or not allowed.
  }
}
