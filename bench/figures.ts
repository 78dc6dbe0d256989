/** A measured figure. A bench that cannot vouch for its run throws `Refused` instead of giving one. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  /** How far the samples lay apart, and how many there were. */
  readonly spread: string;
  /** How the run was checked. */
  readonly checked: string;
}

export interface Bench {
  readonly name: string;
  run(): Promise<readonly Figure[]>;
}

/** The run's outputs were wrong: its times mean nothing. */
export class Refused extends Error {}

export function check(good: boolean, fault: string): asserts good {
  if (!good) throw new Refused(fault);
}

/** The value below which that share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** p50, p99 and maximum of times in ms. */
export function latency(samples: readonly number[]): string {
  const at = (share: number) => percentile(samples, share).toFixed(1);
  return `p50 ${at(0.5)} ms · p99 ${at(0.99)} ms · max ${Math.max(...samples).toFixed(1)} ms`;
}

/** Lowest to highest of several runs. */
export function range(samples: readonly number[], digits = 0): string {
  return `${Math.min(...samples).toFixed(digits)} … ${Math.max(...samples).toFixed(digits)} of ${samples.length} runs`;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}
