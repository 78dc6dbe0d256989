import type { WorkerTask } from "./messages.ts";
import { openLoop } from "./open-loop.ts";
import { Priority } from "./priority.ts";

/** The standing task of the voice worker: ends when the host says stop, rejects when the voice path cannot be opened. */
export async function run(task: WorkerTask): Promise<void> {
  const priority = new Priority(task.options.priority ?? "nice");
  priority.raise();
  const loop = await openLoop(task, priority);
  await loop.run();
}
