import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import type { PriorityChoice, PriorityStatus } from "./contract.ts";
import { takeRealtime } from "./realtime.ts";
import { askForShortSlices } from "./short-slice.ts";

/** Before everything else on the machine, short of real-time classes. */
const NICE = -15;

/** The place of the voice thread on a processor. Made, asked and shown in that thread. On Linux a thread has its own. */
export class Priority {
  readonly #choice: PriorityChoice;
  #why: string | null = null;

  constructor(choice: PriorityChoice) {
    this.#choice = choice;
  }

  /** At once when the thread begins. Without the right to it, the voice runs as everybody else. */
  raise(): void {
    if (process.platform !== "linux") {
      if (this.#choice !== "normal") this.#why = "threads have a priority of their own on Linux only";
      return;
    }
    wakeInTime();
    if (this.#choice !== "normal") this.#nice();
  }

  /**
   * To be called when everything is open, before the first tick: only the ticks are worth it.
   * @param withKoffi it is loaded anyway
   */
  async settle(withKoffi: boolean): Promise<void> {
    if (process.platform !== "linux") return;
    if (withKoffi) await this.#shortSlices();
    if (this.#choice !== "realtime") return;
    const refused = await this.#realtime(withKoffi);
    // With real time, it does not matter whether the nice value was refused.
    this.#why = refused === null ? null : [refused, this.#why].filter((why) => why !== null).join("; ");
  }

  /** Real time has no slices, but may be taken away. What the kernel refuses was worth a try. */
  async #shortSlices(): Promise<void> {
    const { nice } = placeOf("thread-self");
    if (nice !== null) await askForShortSlices(nice).catch(() => false);
  }

  /** Null when the thread has it, else why not: voice without it is better than none. */
  async #realtime(withKoffi: boolean): Promise<string | null> {
    try {
      return await takeRealtime(ownThread(), withKoffi);
    } catch (problem) {
      return `SCHED_FIFO: ${problem instanceof Error ? problem.message : String(problem)}`;
    }
  }

  /** As the system has it at this moment, whoever changed it. */
  show(): PriorityStatus {
    return { ...placeOf("thread-self"), why: this.#why };
  }

  #nice(): void {
    try {
      setPriority(Number(ownThread()), NICE);
    } catch {
      this.#why = `nice ${NICE} is not permitted: LimitNICE=${NICE} in the unit, "ulimit -e ${20 - NICE}" before the start`;
    }
  }
}

function ownThread(): string {
  return readlinkSync("/proc/thread-self").split("/").at(-1) ?? "";
}

/**
 * The kernel may put off ordinary threads' timers by 50 µs, so that it wakes up less often (prctl(2), PR_SET_TIMERSLACK).
 * Fifty ticks a second are not worth waiting for.
 */
function wakeInTime(): void {
  try {
    writeFileSync(`/proc/${ownThread()}/timerslack_ns`, "1");
  } catch {
    // A kernel without it, or a /proc that is not writable: 50 µs.
  }
}

/** Of a thread, as `PID/task/TID`; proc_pid_stat(5), fields 19, 40 and 41. Null: not known. */
export function placeOf(thread: string): Omit<PriorityStatus, "why"> {
  try {
    const fields = readFileSync(`/proc/${thread}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ")
      .map(Number);
    const [nice = null, realtime = 0, policy = -1] = [fields[16], fields[37], fields[38]];
    return { policy: policies[policy] ?? null, realtime, nice };
  } catch {
    return { policy: null, realtime: 0, nice: null };
  }
}

/** sched(7). */
const policies = ["other", "fifo", "rr", "batch"] as const;
