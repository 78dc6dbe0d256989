import type { CandidateStatus, Percentiles, ShadowOptions, ShadowStatus } from "./contract.ts";
import { added, type JitterSums, noSums, type ShadowFigures, type ShadowSums } from "./figures.ts";
import { showDifference } from "./tally.ts";

const noTimes: Percentiles = { p50: 0, p99: 0 };

/** What the shadow's threads found, one after the other. */
export class Report {
  readonly #options: ShadowOptions;
  /** Of the threads that have ended. */
  #before = noSums();
  #now: ShadowFigures | null = null;
  #following = 0;
  #frameUs = { live: noTimes, module: noTimes, codec: noTimes };
  #firstDifference: string | null = null;

  constructor(options: ShadowOptions) {
    this.#options = options;
  }

  take(figures: ShadowFigures): void {
    this.#now = figures;
    this.#following = figures.following;
    this.#frameUs = figures.frameUs;
    this.#firstDifference ??= figures.firstDifference;
  }

  /** The thread is gone: what it told last is what it found. */
  ended(): void {
    this.#before = this.#sums();
    this.#now = null;
    this.#following = 0;
  }

  /** Why a candidate takes too long, in a sentence. */
  overBudget(budgetUs: number): string | null {
    if (this.#now === null) return null;
    const { module, codec } = this.#frameUs;
    const most = Math.max(module.p50, codec.p50);
    return most <= budgetUs ? null : `the candidate takes ${Math.round(most)} µs a frame, ${budgetUs} are its budget`;
  }

  show(state: Pick<ShadowStatus, "state" | "reason" | "skipped" | "switchedOff">): ShadowStatus {
    const sums = this.#sums();
    return {
      ...state,
      following: this.#following,
      followed: sums.followed,
      ticks: sums.ticks,
      live: {
        checked: sums.checked,
        nondeterministic: sums.nondeterministic,
        firstDifference: this.#firstDifference,
        frameUs: this.#frameUs.live,
      },
      candidates: this.#candidates(sums),
    };
  }

  #sums(): ShadowSums {
    return this.#now === null ? this.#before : added(this.#before, this.#now.sums);
  }

  #candidates({ module, codec }: ShadowSums): CandidateStatus[] {
    const { module: moduleFile, codec: codecFile } = this.#options;
    const found: CandidateStatus[] = [];
    if (moduleFile !== undefined)
      found.push({
        what: "module",
        file: moduleFile,
        frameUs: this.#frameUs.module,
        heard: showDifference(module.heard, true),
        sent: showDifference(module.sent, false),
        jitter: jitterOf(module.live, module.candidate, module.apart),
      });
    if (codecFile !== undefined)
      found.push({
        what: "codec",
        file: codecFile,
        frameUs: this.#frameUs.codec,
        heard: showDifference(codec.heard, true),
        sent: showDifference(codec.sent, false),
        jitter: null,
      });
    return found;
  }
}

function jitterOf(live: JitterSums, candidate: JitterSums, apart: number): CandidateStatus["jitter"] {
  const mean = ({ bufferMs, frames }: JitterSums) => (frames === 0 ? 0 : Math.round((10 * bufferMs) / frames) / 10);
  return {
    concealed: { live: live.concealed, candidate: candidate.concealed },
    late: { live: live.late, candidate: candidate.late },
    bufferMs: { live: mean(live), candidate: mean(candidate) },
    apart,
  };
}
