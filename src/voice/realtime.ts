import { readFileSync } from "node:fs";
import { loadKoffi } from "./load-koffi.ts";

/**
 * SCHED_FIFO for one thread (sched(7)). Such a thread runs until it sleeps, so it is taken only where the kernel keeps
 * some time for all others: on a router with one processor the watchdog could not end a voice that computes for ever,
 * nor anybody log in.
 */

/** The lowest: before every ordinary program, after the kernel's own and after whoever was given more on purpose. */
export const REALTIME = 1;

/** What the thread starts is ordinary again; with the policy, linux/sched.h. */
const FIFO_RESET_ON_FORK = 0x4000_0001;
const EPERM = 1;
const CHRT_MS = 2000;

const notPermitted = `SCHED_FIFO is not permitted: LimitRTPRIO=${REALTIME} in the unit, "ulimit -r ${REALTIME}" before the start`;

/** Null when the thread has it, else why not. To be called in that thread. */
export async function takeRealtime(thread: string, withKoffi: boolean): Promise<string | null> {
  const greedy = takesAll();
  if (greedy !== null) return greedy;
  return withKoffi ? byLibc() : byChrt(thread);
}

/** Null when the kernel lets ordinary programs have some time beside real-time threads; else the reason. */
export function takesAll(settings = "/proc/sys/kernel"): string | null {
  try {
    const value = (name: string) => Number(readFileSync(`${settings}/sched_rt_${name}_us`, "latin1"));
    const [runtime, period] = [value("runtime"), value("period")];
    if (runtime >= 0 && runtime < period) return null;
    return `no SCHED_FIFO where it may take all of a processor: kernel.sched_rt_runtime_us is ${runtime}, set it to 950000`;
  } catch {
    return "no SCHED_FIFO where it may take all of a processor: kernel.sched_rt_runtime_us is not there";
  }
}

/** musl has no sched_setscheduler, but both C libraries take a thread's policy as it is. */
async function byLibc(): Promise<string | null> {
  const { load } = await loadKoffi();
  const c = load(null);
  const self = c.func("pthread_self", "uintptr_t", []);
  const setPolicy = c.func("pthread_setschedparam", "int", ["uintptr_t", "int", "void *"]);
  const errno = setPolicy(self(), FIFO_RESET_ON_FORK, Int32Array.of(REALTIME));
  if (errno === 0) return null;
  return errno === EPERM ? notPermitted : `SCHED_FIFO is refused with error ${errno}`;
}

/** busybox's has no -R; the voice thread starts no other, but then it is the caller's word. */
async function byChrt(thread: string): Promise<string | null> {
  const { spawnSync } = await import("node:child_process");
  let said = "";
  for (const options of [["-R", "-f"], ["-f"]]) {
    const args = [...options, "-p", `${REALTIME}`, thread];
    const { error, status, stderr } = spawnSync("chrt", args, { encoding: "utf8", timeout: CHRT_MS });
    if (error !== undefined) return "SCHED_FIFO takes the package koffi at work, or the program chrt";
    if (status === 0) return null;
    said = stderr.trim().split("\n").at(-1) ?? "";
  }
  return /not permitted/i.test(said) ? notPermitted : `SCHED_FIFO: chrt says "${said}"`;
}
