import { access, readFile } from "node:fs/promises";
import { dirname } from "node:path";

/** A control group that may bound the memory of this process, of either version of Linux's interface. */
export interface Cgroup {
  readonly folder: string;
  readonly limit: string;
  readonly usage: string;
  /** The key in `memory.stat` of file pages that nobody has used lately: the kernel takes them back before it kills. */
  readonly reclaimable: string;
}

/** The contents of a control group's files. */
export interface CgroupFiles {
  readonly limit: string;
  readonly usage: string;
  readonly stat: string;
}

const version1 = { limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", reclaimable: "total_inactive_file" };
const version2 = { limit: "memory.max", usage: "memory.current", reclaimable: "inactive_file" };

/** Version 1 says "no limit" by a number near 2^63. */
const NO_LIMIT = 2 ** 60;

/** The group of this process and those it is in, each of which may have a limit; empty where there are none. */
export async function findCgroups(): Promise<readonly Cgroup[]> {
  const text = await readFile("/proc/self/cgroup", "latin1").catch(() => "");
  const groups = cgroupsOf(text);
  const there = await Promise.all(groups.map(({ folder, limit }) => exists(`${folder}/${limit}`)));
  return groups.filter((_, index) => there[index]);
}

/** Read from `/proc/self/cgroup`: lines of `number:controllers:path`, version 2 without controllers. */
export function cgroupsOf(text: string): readonly Cgroup[] {
  return text.split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    if (controllers.split(",").includes("memory")) return upwards("/sys/fs/cgroup/memory", path, version1);
    return controllers === "" ? upwards("/sys/fs/cgroup", path, version2) : [];
  });
}

function upwards(mount: string, path: string, files: typeof version1): Cgroup[] {
  const groups: Cgroup[] = [];
  for (let at = path; at !== "/"; at = dirname(at)) groups.push({ folder: mount + at, ...files });
  // In a container its own group may be what is mounted.
  return [...groups, { folder: mount, ...files }];
}

/** Whether the content of a group's limit bounds anything. */
export function isLimit(text: string): boolean {
  return Number.parseInt(text, 10) < NO_LIMIT;
}

/** Room left in the group, octets; null when it has no limit, or its files say nothing. */
export function cgroupRoom(group: Cgroup, files: CgroupFiles): number | null {
  const limit = Number.parseInt(files.limit, 10);
  const usage = Number.parseInt(files.usage, 10);
  if (!isLimit(files.limit) || Number.isNaN(usage)) return null;
  const [, reclaimable = "0"] = new RegExp(`^${group.reclaimable} (\\d+)$`, "m").exec(files.stat) ?? [];
  return limit - usage + Number(reclaimable);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
