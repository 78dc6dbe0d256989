import type { VoiceStatus } from "./contract.ts";
import { Figures } from "./figures.ts";
import { LateTicks } from "./late-ticks.ts";
import { LogHistogram, quantileOf } from "./log-histogram.ts";
import type { Watch } from "./timepiece.ts";
import { TurnStages } from "./turn-stages.ts";

const LATE_US = 5000;

type Shown = Pick<
  VoiceStatus,
  "lateTicks" | "latenessUs" | "latenessStepsUs" | "latenessOfAllUs" | "tickUs" | "stages" | "lateBecauseOf"
>;

/** How late turns begin and why, and how long they and their parts take. Nothing is allocated while turns are measured. */
export class TurnFigures {
  readonly stages: TurnStages;
  readonly #time: Watch;
  readonly #lateUs: Figures;
  readonly #lateSteps = new LogHistogram();
  readonly #tickUs: Figures;
  readonly #culprits: LateTicks;
  #lateTicks = 0;

  /** `kept`: of how many turns the newest figures are. `time`: of this thread. */
  constructor(kept: number, time: Watch) {
    this.#time = time;
    this.stages = new TurnStages(time.micros);
    this.#culprits = new LateTicks(this.stages);
    this.#lateUs = new Figures(kept);
    this.#tickUs = new Figures(kept);
  }

  /** A turn begins, so many whole µs late. True when that is too late. */
  begins(lateUs: number): boolean {
    this.#lateUs.add(lateUs);
    this.#lateSteps.add(lateUs);
    if (lateUs <= LATE_US) return false;
    this.#lateTicks++;
    this.#culprits.late(this.#time.now(), lateUs / 1000);
    return true;
  }

  /** All stages of the turn have ended. */
  ends(): void {
    this.#tickUs.add(this.stages.tookUs);
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
