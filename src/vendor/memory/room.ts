import { type Cgroup, cgroupRoom, findCgroups, isLimit } from "./cgroup.ts";
import { SmallFiles } from "./small-files.ts";

/**
 * How much memory is left to the gateway, octets: the least of what its own limit, the control groups it is in and the
 * machine have left. Null where none of them is known (not Linux).
 */
export async function roomOf(limitBytes: number): Promise<() => Promise<number | null>> {
  const groups = await findCgroups();
  const files = new SmallFiles();
  return async () => {
    const rooms = [limitBytes === 0 ? null : limitBytes - process.memoryUsage.rss(), await machineRoom(files)];
    for (const group of groups) rooms.push(await groupRoom(group, files));
    const known = rooms.filter((room) => room !== null);
    return known.length === 0 ? null : Math.min(...known);
  };
}

async function groupRoom(group: Cgroup, files: SmallFiles): Promise<number | null> {
  const read = (file: string): Promise<string> => files.read(`${group.folder}/${file}`);
  const limit = await read(group.limit);
  if (!isLimit(limit)) return null;
  return cgroupRoom(group, { limit, usage: await read(group.usage), stat: await read("memory.stat") });
}

/** What can be had without swapping, by the kernel's own reckoning. */
async function machineRoom(files: SmallFiles): Promise<number | null> {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(await files.read("/proc/meminfo"))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
