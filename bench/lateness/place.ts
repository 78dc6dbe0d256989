import { readdirSync } from "node:fs";
import { placeOf } from "../../src/voice/priority.ts";

/** A thread's place on a processor. */
export interface Place {
  readonly policy: "other" | "fifo";
  readonly realtime: number;
  readonly nice: number;
}

/** As the system has it; null when it is none of those. `thread`: PID or `PID/task/TID`. */
export function placeOfThread(thread: string): Place | null {
  const { policy, realtime, nice } = placeOf(thread);
  return nice === null || (policy !== "other" && policy !== "fifo") ? null : { policy, realtime, nice };
}

/** How many threads of a process have that place. */
export function threadsAt(pid: number, { policy, realtime, nice }: Place): number {
  const places = readdirSync(`/proc/${pid}/task`).map((thread) => placeOfThread(`${pid}/task/${thread}`));
  return places.filter((at) => at?.policy === policy && at.realtime === realtime && at.nice === nice).length;
}
