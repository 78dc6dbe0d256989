import { Figures } from "../figures.ts";
import type { Percentiles } from "./contract.ts";
import { type DifferenceSums, noDifference } from "./tally.ts";

/** Frames whose times are kept. */
const KEPT = 3000;

/** Sums since the thread's start: numbers, and objects and lists of them, so that those of two runs can be added. */
export interface ShadowSums {
  followed: number;
  ticks: number;
  checked: number;
  nondeterministic: number;
  readonly module: {
    readonly heard: DifferenceSums;
    readonly sent: DifferenceSums;
    apart: number;
    readonly live: JitterSums;
    readonly candidate: JitterSums;
  };
  readonly codec: { readonly heard: DifferenceSums; readonly sent: DifferenceSums };
}

export interface JitterSums {
  concealed: number;
  late: number;
  bufferMs: number;
  frames: number;
}

/** What the thread tells once a second. */
export interface ShadowFigures {
  readonly sums: ShadowSums;
  readonly following: number;
  readonly firstDifference: string | null;
  readonly frameUs: { readonly live: Percentiles; readonly module: Percentiles; readonly codec: Percentiles };
}

export function noSums(): ShadowSums {
  const jitter = (): JitterSums => ({ concealed: 0, late: 0, bufferMs: 0, frames: 0 });
  return {
    followed: 0,
    ticks: 0,
    checked: 0,
    nondeterministic: 0,
    module: { heard: noDifference(), sent: noDifference(), apart: 0, live: jitter(), candidate: jitter() },
    codec: { heard: noDifference(), sent: noDifference() },
  };
}

/** Of two runs. */
export function added<Sums>(one: Sums, other: Sums): Sums {
  // `as`: of the same shape, which the type says.
  if (typeof one === "number") return (one + Number(other)) as Sums;
  const [ours, theirs] = [one, other] as Readonly<Record<string, unknown>>[];
  const entries = Object.entries(ours ?? {}).map(([key, value]) => [key, added(value, theirs?.[key])]);
  return (Array.isArray(one) ? entries.map(([, value]) => value) : Object.fromEntries(entries)) as Sums;
}

/** Times of frames, in fixed room. */
export class Times {
  readonly #all = new Figures(KEPT);

  add(us: number): void {
    this.#all.add(10 * us);
  }

  /** To a tenth of a microsecond. */
  show(): Percentiles {
    const { p50, p99 } = this.#all.show();
    return { p50: p50 / 10, p99: p99 / 10 };
  }
}
