import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
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

/** Resident memory of a process, bytes (Linux). */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
  return Number(kilobytes ?? Number.NaN) * 1024;
}

/** Processor time a process has used, ms (Linux; USER_HZ is 100 everywhere). */
export function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
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
