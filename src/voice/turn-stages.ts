import { Histogram } from "./figures.ts";

/** The parts of a turn, in order: what the host wants, packets in, the tick itself, packets out, events and reports. */
export const stages = ["commands", "receive", "kernels", "send", "reports"] as const;
export type Stage = (typeof stages)[number];

/** Steps of the histograms, µs. */
const STEPS_US = [50, 100, 250, 500, 1000, 2500, 5000, 10_000, 20_000];

export interface StageStatus {
  readonly stage: Stage;
  /** Over all turns; null = no upper bound. */
  readonly stepsUs: readonly { readonly upTo: number | null; readonly count: number }[];
}

/** How long each part of every turn took. Nothing is allocated while turns are measured. */
export class TurnStages {
  readonly #histograms = stages.map(() => new Histogram(STEPS_US));
  readonly #lasted = new Int32Array(stages.length);
  readonly #micros: () => number;
  /** When the last turn began, and when its last stage ended; µs modulo 2^32. */
  #began = 0;
  #ended = 0;
  #next = 0;

  /** `micros`: of a monotonic clock, modulo 2^32, as an int32. */
  constructor(micros: () => number) {
    this.#micros = micros;
  }

  /** A turn begins; returns when. */
  begin(): number {
    this.#began = this.#micros();
    this.#ended = this.#began;
    this.#next = 0;
    return this.#began;
  }

  /** The next stage has ended. */
  end(): void {
    const now = this.#micros();
    const lasted = (now - this.#ended) | 0;
    this.#lasted[this.#next] = lasted;
    this.#histograms[this.#next]?.add(lasted);
    this.#ended = now;
    this.#next++;
  }

  /** How long the last turn took, µs. */
  get tookUs(): number {
    return (this.#ended - this.#began) | 0;
  }

  /** How long ago the last turn began and ended, ms; infinite before the first. */
  ago(): { readonly began: number; readonly ended: number } {
    if (this.#next === 0) return { began: Number.POSITIVE_INFINITY, ended: Number.POSITIVE_INFINITY };
    const now = this.#micros();
    return { began: ((now - this.#began) | 0) / 1000, ended: ((now - this.#ended) | 0) / 1000 };
  }

  /** The stage of the last turn that took longest. */
  longest(): Stage {
    let found = 0;
    for (let n = 1; n < stages.length; n++) if ((this.#lasted[n] ?? 0) > (this.#lasted[found] ?? 0)) found = n;
    return stages[found] ?? "kernels";
  }

  show(): readonly StageStatus[] {
    return stages.map((stage, n) => ({ stage, stepsUs: this.#histograms[n]?.show() ?? [] }));
  }
}
