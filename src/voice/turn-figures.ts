import { performance } from "node:perf_hooks";
import type { VoiceStatus } from "./contract.ts";
import { Figures } from "./figures.ts";
import { LateTicks } from "./late-ticks.ts";
import { LogHistogram, quantileOf } from "./log-histogram.ts";
import { TurnStages } from "./turn-stages.ts";

const LATE_MS = 5;

type Shown = Pick<
  VoiceStatus,
  "lateTicks" | "latenessUs" | "latenessStepsUs" | "latenessOfAllUs" | "tickUs" | "stages" | "lateBecauseOf"
>;

/** How late turns begin and why, and how long they and their parts take. Nothing is allocated while turns are measured. */
export class TurnFigures {
  readonly stages = new TurnStages();
  readonly #lateUs: Figures;
  readonly #lateSteps = new LogHistogram();
  readonly #tickUs: Figures;
  readonly #culprits = new LateTicks(this.stages);
  #lateTicks = 0;

  /** `kept`: of how many turns the newest figures are. */
  constructor(kept: number) {
    this.#lateUs = new Figures(kept);
    this.#tickUs = new Figures(kept);
  }

  /** A turn begins. True when it is late. */
  begins(lateMs: number): boolean {
    this.#lateUs.add(lateMs * 1000);
    this.#lateSteps.add(lateMs * 1000);
    if (lateMs <= LATE_MS) return false;
    this.#lateTicks++;
    this.#culprits.late(performance.now(), lateMs);
    return true;
  }

  /** All stages of the turn have ended. */
  ends(): void {
    this.#tickUs.add((this.stages.endedAt - this.stages.beganAt) * 1000);
  }

  /** Once a second. */
  look(): void {
    this.#culprits.look();
  }

  show(): Shown {
    const steps = this.#lateSteps.show();
    return {
      lateTicks: this.#lateTicks,
      latenessUs: this.#lateUs.show(),
      latenessStepsUs: steps,
      latenessOfAllUs: { p50: quantileOf(steps, 0.5), p99: quantileOf(steps, 0.99), p999: quantileOf(steps, 0.999) },
      tickUs: this.#tickUs.show(),
      stages: this.stages.show(),
      lateBecauseOf: this.#culprits.show(),
    };
  }

  close(): void {
    this.#culprits.close();
  }
}
