import type { RouterWorld } from "../guest/world.ts";

/** What was seen of the gateway in the guest, and of the machine around it. MB are 2^20 octets. */
export interface Look {
  /** Since the soak began. */
  readonly minutes: number;
  /** That came and went until then. */
  readonly calls: number;
  /** Memory that is the process's own and not a page of some file, MB. */
  readonly ownMB: number;
  readonly residentMB: number;
  /** Used in the heap of the main thread, live or not yet collected, MB. */
  readonly heapMB: number;
  /** What the guest's kernel could give to others, MB. */
  readonly availableMB: number;
  readonly openFiles: number;
  /** The data directory, which is memory in the guest (tmpfs), kB. */
  readonly dataKB: number;
  /** Files in the data directory. */
  readonly dataFiles: number;
  /** Processor time used since it started, s. */
  readonly processorS: number;
}

/** The clock of /proc/PID/stat. */
const TICKS_PER_SECOND = 100;

/** Looks once. Costs the guest a handful of busybox processes and one question at the control socket. */
export async function look(world: RouterWorld, minutes: number, calls: number): Promise<Look> {
  const { guest, gateway } = world;
  const process = `/proc/${gateway.pid}`;
  const text = await guest.run(
    [
      `cat ${process}/smaps_rollup /proc/meminfo`,
      `echo Files: $(ls ${process}/fd | wc -l)`,
      "echo DataKB: $(du -sk /data)",
      "echo DataFiles: $(ls /data | wc -l)",
      // Behind the name in brackets, which may have blanks: fields 14 and 15, the first behind it is 3.
      `echo Ticks: $(sed 's/.*) //' ${process}/stat | awk '{ print $12 + $13 }')`,
    ].join("; "),
  );
  const number = (key: string): number => {
    const [, digits] = new RegExp(`^${key}: +(\\d+)`, "m").exec(text) ?? [];
    if (digits === undefined) throw new Error(`the guest tells no ${key}: ${text}`);
    return Number(digits);
  };
  const { memory } = await world.status();
  return {
    minutes,
    calls,
    ownMB: number("Anonymous") / 1024,
    residentMB: number("Rss") / 1024,
    heapMB: memory.heapBytes / 2 ** 20,
    availableMB: number("MemAvailable") / 1024,
    openFiles: number("Files"),
    dataKB: number("DataKB"),
    dataFiles: number("DataFiles"),
    processorS: number("Ticks") / TICKS_PER_SECOND,
  };
}
