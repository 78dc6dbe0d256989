import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Scratch } from "../harness/scratch.ts";

const execute = promisify(execFile);

/** What `witness.c` saw, ms; moments are on the clock of the wall. */
export interface Testimony {
  /** How late a plain C loop of 20 ms woke, each time. */
  readonly ticks: readonly number[];
  readonly stolen: readonly Stolen[];
  readonly packets: readonly Packet[];
}

/** From `at` on nobody at all ran on the processor, not even who comes before everybody. */
export interface Stolen {
  readonly at: number;
  readonly ms: number;
}

/** An RTP packet left this UDP port. */
export interface Packet {
  readonly at: number;
  readonly port: number;
  readonly sequence: number;
}

export interface Watched {
  readonly processor: number;
  readonly seconds: number;
  /** First and last UDP port. */
  readonly ports: readonly [number, number];
}

/** Compiles the witness for this machine; the result lets it watch. */
export async function compileWitness(scratch: Scratch): Promise<(watched: Watched) => Promise<Testimony>> {
  const path = join(await scratch.folder("witness"), "witness");
  const source = join(import.meta.dirname, "witness.c");
  await execute("gcc", ["-O2", "-Wall", "-Werror", "-o", path, source, "-lpthread"]);
  return async ({ processor, seconds, ports }) => {
    const { stdout } = await execute(path, [processor, seconds, ...ports].map(String), { maxBuffer: 2 ** 26 });
    return read(stdout);
  };
}

function read(text: string): Testimony {
  const [ticks, stolen, packets]: [number[], Stolen[], Packet[]] = [[], [], []];
  // Nanoseconds since 1970 have more digits than a number holds; what is lost is below a microsecond.
  for (const line of text.split("\n")) {
    const [kind, first = "", second = "", third = ""] = line.split(" ");
    if (kind === "tick") ticks.push(Number(first) / 1e6);
    else if (kind === "stolen") stolen.push({ at: Number(first) / 1e6, ms: Number(second) / 1e6 });
    else if (kind === "packet")
      packets.push({ at: Number(first) / 1e6, port: Number(second), sequence: Number(third) });
  }
  return { ticks, stolen, packets };
}
