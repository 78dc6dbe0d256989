import type { Post } from "../../message/event.ts";
import type { TimerCommand, TimerId } from "../../message/timer.ts";
import type { Cancel, Clock } from "./clock.ts";

/** Timers of the upper half on a real (or virtual) clock: each one that runs out posts its `expired`. */
export class Timers {
  readonly #clock: Clock;
  readonly #post: Post;
  readonly #running = new Map<TimerId, Cancel>();

  constructor(clock: Clock, post: Post) {
    this.#clock = clock;
    this.#post = post;
  }

  perform(command: TimerCommand): void {
    const { timer } = command;
    this.#stop(timer);
    if (command.kind === "cancel") return;
    const cancel = this.#clock.after(command.afterMs, () => {
      this.#running.delete(timer);
      this.#post({ world: "timer", kind: "expired", timer, at: this.#clock.now() });
    });
    this.#running.set(timer, cancel);
  }

  close(): void {
    for (const timer of this.#running.keys()) this.#stop(timer);
  }

  #stop(timer: TimerId): void {
    this.#running.get(timer)?.();
    this.#running.delete(timer);
  }
}
