import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";

/** What the figures were measured on: a figure without its machine is none. */
export function machine(): readonly string[] {
  const [cpu] = cpus();
  return [
    `${cpu?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `${platform()} ${release()} ${arch()}, load ${loadavg()
      .map((load) => load.toFixed(2))
      .join(" ")}`,
    `node ${process.versions.node} (V8 ${process.versions.v8}), offhook ${commit()}`,
    ...["sipp -v", "baresip -?"].flatMap(versionOf),
  ];
}

/**
 * Processor time that the threads a process has now have used, ms (Linux): what the scheduler counted, to the nanosecond;
 * /proc/PID/stat counts in steps of 10 ms. A thread that ends takes its time with it.
 */
export function processorMs(pid: number): number {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).reduce((sum, thread) => sum + threadMs(`${threads}/${thread}/schedstat`), 0);
}

/** 0 for a thread that has just ended. */
function threadMs(file: string): number {
  try {
    return Number(readFileSync(file, "latin1").split(" ")[0]) / 1e6;
  } catch {
    return 0;
  }
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "outside git";
  }
}

function versionOf(command: string): string[] {
  const [program = "", ...args] = command.split(" ");
  const words = (output: unknown) => /(?:SIPp|baresip) v\S+/.exec(String(output))?.[0];
  try {
    return [words(execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }))].flatMap(
      (version) => version ?? [],
    );
  } catch (problem) {
    const output = problem instanceof Error && "stdout" in problem ? `${problem.stdout}` : "";
    return [words(output)].flatMap((version) => version ?? []);
  }
}
