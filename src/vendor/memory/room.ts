import { readFile } from "node:fs/promises";
import { type Cgroup, cgroupRoom, findCgroups } from "./cgroup.ts";

/**
 * How much memory is left to the gateway, octets: the least of what its own limit, the control groups it is in and the
 * machine have left. Null where none of them is known (not Linux).
 */
export async function roomOf(limitBytes: number): Promise<() => Promise<number | null>> {
  const groups = await findCgroups();
  return async () => {
    const own = limitBytes === 0 ? null : limitBytes - process.memoryUsage.rss();
    const rooms = [own, await machineRoom(), ...(await Promise.all(groups.map(groupRoom)))];
    const known = rooms.filter((room) => room !== null);
    return known.length === 0 ? null : Math.min(...known);
  };
}

async function groupRoom(group: Cgroup): Promise<number | null> {
  const read = (file: string): Promise<string> => readFile(`${group.folder}/${file}`, "latin1").catch(() => "");
  const [limit, usage, stat] = await Promise.all([read(group.limit), read(group.usage), read("memory.stat")]);
  return cgroupRoom(group, { limit, usage, stat });
}

/** What can be had without swapping, by the kernel's own reckoning. */
async function machineRoom(): Promise<number | null> {
  const text = await readFile("/proc/meminfo", "latin1").catch(() => "");
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
