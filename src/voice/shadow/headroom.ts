import type { ShadowLimits } from "./contract.ts";

/** Looks, one a second, that lateness is judged over. */
const WINDOW = 10;
/** Fewer ticks say nothing. */
const LEAST_TICKS = 100;

/** What is seen of the machine in one look. Counts are modulo 2^32, as the voice worker has them. */
export interface Look {
  readonly ticks: number;
  readonly lateTicks: number;
  readonly skipped: number;
  /** Octets; null when nothing bounds the gateway. */
  readonly room: number | null;
}

/** Says whether there is head-room for the shadow. */
export class Headroom {
  readonly #limits: ShadowLimits;
  #looks: Look[] = [];

  constructor(limits: ShadowLimits) {
    this.#limits = limits;
  }

  /** Why there is none, in a sentence; null when there is. `running`: it is to stay on, else to be switched on. */
  judge(look: Look, running: boolean): string | null {
    this.#looks = [...this.#looks, look].slice(-WINDOW - 1);
    return this.#late() ?? this.#memory(look, running) ?? (running ? this.#skipped() : null);
  }

  #late(): string | null {
    const [first, last] = [this.#looks[0], this.#looks.at(-1)];
    if (first === undefined || last === undefined) return null;
    const ticks = (last.ticks - first.ticks) | 0;
    const late = (last.lateTicks - first.lateTicks) | 0;
    // A worker that was started anew counts on; less than a window is judged as soon as it has enough ticks.
    if (ticks < LEAST_TICKS || late * 1000 <= ticks * this.#limits.lateTicksPerMille) return null;
    return `${late} of the last ${ticks} voice ticks began late`;
  }

  #memory({ room }: Look, running: boolean): string | null {
    const wanted = running ? this.#limits.leastRoomBytes : this.#limits.startRoomBytes;
    if (room === null || room >= wanted) return null;
    return `${Math.round(room / 1e6)} MB of memory are left, ${Math.round(wanted / 1e6)} are wanted`;
  }

  #skipped(): string | null {
    const [before, last] = this.#looks.slice(-2);
    const skipped = ((last?.skipped ?? 0) - (before?.skipped ?? 0)) | 0;
    return skipped <= 0 ? null : "it could not keep up with the voice path";
  }
}
