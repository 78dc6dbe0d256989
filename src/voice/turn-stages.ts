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
  readonly #lasted = new Float64Array(stages.length);
  #began = 0;
  #markedAt = 0;
  #next = 0;

  /** A turn begins. Times are milliseconds of one monotonic clock. */
  begin(now: number): void {
    this.#began = now;
    this.#markedAt = now;
    this.#next = 0;
  }

  /** The next stage has ended. */
  end(now: number): void {
    const lasted = now - this.#markedAt;
    this.#lasted[this.#next] = lasted;
    this.#histograms[this.#next]?.add(lasted * 1000);
    this.#markedAt = now;
    this.#next++;
  }

  /** Of the last turn. */
  get beganAt(): number {
    return this.#began;
  }

  get endedAt(): number {
    return this.#markedAt;
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
