import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { check, median } from "../figures.ts";

/** What a process has in memory, octets (Linux): its own pages, and pages of files that it may share. */
export interface Resident {
  readonly rss: number;
  readonly anonymous: number;
  readonly file: number;
}

const SAMPLES = 9;
const SAMPLE_MS = 1000;

/** The kernel's sum over all mappings of the process. */
export function resident(pid: number): Resident {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  const octets = (key: string): number => {
    const kilobytes = new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
    check(kilobytes !== undefined, `process ${pid} tells no ${key}`);
    return Number(kilobytes) * 1024;
  };
  const [rss, anonymous] = [octets("Rss"), octets("Anonymous")];
  return { rss, anonymous, file: rss - anonymous };
}

/** The middle of several looks, a second apart: the garbage collector breathes. */
export async function settledResident(pid: number): Promise<Resident> {
  const samples: Resident[] = [];
  while (samples.length < SAMPLES) {
    await setTimeout(SAMPLE_MS);
    samples.push(resident(pid));
  }
  return middle(samples);
}

export function middle(samples: readonly Resident[]): Resident {
  const of = (key: keyof Resident): number => median(samples.map((sample) => sample[key]));
  return { rss: of("rss"), anonymous: of("anonymous"), file: of("file") };
}
