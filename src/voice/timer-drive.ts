import type { DriveName } from "./contract.ts";
import { Pace } from "./pace.ts";
import type { Timepiece } from "./timepiece.ts";

/** A turn begins. */
export interface Beginning {
  readonly lateMs: number;
  /** Frame times that the turn stands for. */
  readonly periods: number;
  /** How long ago the turn was due by the clock that all streams and devices share; negative: it is early. */
  readonly behindMs: number;
}

/** What says when the next turn begins. */
export interface Drive {
  readonly name: DriveName;
  /** How much before or after it is due a turn may begin. */
  readonly windowMs: number;
  /** Ends when it is time. */
  wait(): void | Promise<void>;
  /** What is returned is only good until the next turn. */
  begin(): Beginning;
  /** The turn's packets are in: so many, the first of this stream (-1 = none). */
  drained(packets: number, stream: number): void;
}

/** A turn every frame time by the clock. */
export class TimerDrive implements Drive {
  readonly name = "timer";
  readonly windowMs = 0;
  readonly #time: Timepiece;
  readonly #frameMs: number;
  readonly #pace: Pace;
  readonly #beginning = { lateMs: 0, periods: 1, behindMs: 0 };

  constructor(frameMs: number, time: Timepiece) {
    this.#frameMs = frameMs;
    this.#time = time;
    this.#pace = new Pace(time.now(), frameMs);
  }

  wait(): void {
    this.#time.sleep(this.#pace.untilNext(this.#time.now()));
  }

  begin(): Beginning {
    const { lateMs, periods } = this.#pace.begin(this.#time.now());
    this.#beginning.lateMs = lateMs;
    this.#beginning.periods = periods;
    this.#beginning.behindMs = lateMs % this.#frameMs;
    return this.#beginning;
  }

  drained(): void {}
}
