import type { OurKernel } from "./ours.ts";
import { Ours } from "./ours.ts";
import type { Peers } from "./peers.ts";

/** Something whose processor time is taken; `units` frames of one channel in a pass. */
export interface Timed {
  readonly units: number;
  /** ns of so many passes. */
  time(passes: number): number | Promise<number>;
}

/** One line of the table: a kernel of ours against one of another. */
export interface Row {
  readonly name: string;
  readonly peer: string;
  /** Times as fast as the peer; null: shown, not promised. */
  readonly goal: number | null;
  /** Compares outputs, throws `Refused` when ours are wrong; how it was compared. */
  check(): Promise<string>;
  ours(): Timed;
  theirs(): Promise<Timed>;
}

export function timeOurs(kernel: OurKernel, input: Uint8Array): Timed {
  const ours = new Ours(kernel);
  ours.load(input);
  return { units: input.length / (kernel.in || 320), time: (passes) => ours.time(passes) };
}

/** `octets`: of a frame that goes in. Channels lie one after the other, and are worked on in turn, 20 ms of each. */
export async function timeTheirs(
  peers: Peers,
  kernel: string,
  input: Uint8Array,
  octets: number,
  channels = 1,
): Promise<Timed> {
  await peers.load(kernel, input, channels);
  return { units: input.length / octets, time: (passes) => peers.time(kernel, passes, channels) };
}
